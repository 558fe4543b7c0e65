"""One training of the preview, from its options to the written file."""

from dataclasses import replace
from pathlib import Path

import torch

from editor.data.generated import w_statistics
from editor.generate.mobile import read_mapping, read_synthesis
from editor.generate.preview import read_slim, write_slim
from editor.generate.runtimes import best_runtime
from editor.generate.trunk import whole_generator
from editor.train.history import Run
from editor.train.preview.training import PreviewConfig, PreviewTrainer, render_pairs
from editor.weights import WeightStore, sha256_of


def train_preview(
    config: PreviewConfig, folder: Path, renders: Path, device: torch.device, start: Path | None = None, compiled: bool = False
) -> Path:
    """Render the faces to learn from, train, and write the blocks.

    Args:
        folder: of the run.
        renders: cache folder of renders.
        start: blocks to begin with; None: the generator's own, thinned.
        compiled: whether the drawing is compiled.

    Returns:
        The file that was written.
    """
    if start:
        config = replace(config, start=sha256_of(start))
    generator = WeightStore().path("mobilestylegan-ffhq")
    mapping, synthesis = read_mapping(generator), read_synthesis(generator)
    run = Run(folder, config)
    full = best_runtime(whole_generator(synthesis), device)
    codes, pictures = render_pairs(full, mapping, w_statistics(mapping).mean, config, renders)
    trainer = PreviewTrainer(synthesis, codes, pictures, device, read_slim(start) if start else None, compiled)
    slim, path = trainer.train(config, run), folder / "preview.safetensors"
    write_slim(slim, path)
    return path
