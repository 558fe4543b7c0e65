"""One measurement of the preview, from its options to its numbers."""

from pathlib import Path

import torch

from editor.data.generated import unseen_codes, w_statistics
from editor.evaluate.product.preview import PreviewQuality, measure_preview
from editor.generate.mobile import read_mapping, read_synthesis
from editor.generate.preview import read_preview
from editor.generate.runtimes import best_runtime
from editor.generate.trunk import whole_generator
from editor.models import model_set
from editor.weights import WeightStore


def evaluate_preview(weights: Path | None, resolution: int, codes: int, seed: int) -> PreviewQuality:
    """Compare a preview with the full generator, on the CPU.

    Args:
        weights: None: the shipped preview.
        resolution: side in pixels.
        codes: how many are drawn.
    """
    store, entries, device = WeightStore(), model_set("embedded"), torch.device("cpu")
    folder = store.path(entries.generator)
    synthesis, mapping = read_synthesis(folder), read_mapping(folder)
    preview = read_preview(weights or store.path(entries.preview), synthesis, resolution)
    generated = unseen_codes(mapping, w_statistics(mapping).mean, codes, seed)
    full = best_runtime(whole_generator(synthesis), device)
    return measure_preview(full, best_runtime(preview, device, beside=full), generated)
