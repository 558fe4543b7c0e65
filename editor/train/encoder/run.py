"""One training of the encoder, from its options to the written file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from editor.data.generated import w_statistics
from editor.data.labelled_faces import load_faces, read_labelled_faces
from editor.data.sources import shipped_preview
from editor.encode import read_encoder, write_encoder
from editor.generate.mobile import read_mapping
from editor.judge.likeness import read_likeness
from editor.train.encoder.config import EncoderConfig
from editor.train.encoder.training import EncoderTrainer
from editor.train.history import Run
from editor.weights import WeightStore, sha256_of

VALIDATION = 0.04
"""Share of the training people that the encoder is validated on."""
VALIDATION_PHOTOS = 64


def train_encoder(
    config: EncoderConfig,
    folder: Path,
    device: torch.device,
    data: Path | None = None,
    start: Path | None = None,
    compiled: bool = False,
    stop_at: int | None = None,
) -> Path:
    """Train, then write the averaged weights beside the checkpoint.

    Args:
        folder: of the run.
        data: labelled faces; None: generated faces only.
        start: weights to start from; None: fresh ones.
        compiled: whether the losses are compiled.
        stop_at: pause after this step.

    Returns:
        The file that was written.
    """
    if start:
        config = replace(config, start=sha256_of(start))
    store, resolution = WeightStore(), config.model.resolution
    photos, validation = _photos(data, resolution, config.seed)
    mapping = read_mapping(store.path("mobilestylegan-ffhq"))
    trainer = EncoderTrainer(
        mapping=mapping.to(device),
        statistics=w_statistics(mapping).to(device),
        preview=shipped_preview(store, resolution).to(memory_format=torch.channels_last).to(device),
        likeness=read_likeness(store.path("likeness")).to(memory_format=torch.channels_last).to(device),
        photos=photos,
        validation=validation,
        device=device,
        start=read_encoder(start) if start else None,
        compiled=compiled,
        workers=min(12, os.cpu_count() or 1) if device.type == "cuda" else 0,
    )
    run, path = Run(folder, config), folder / "encoder.safetensors"
    with threads(1 if trainer.workers else torch.get_num_threads()):  # with workers, each of them is a thread
        write_encoder(trainer.train(config, run, stop_at=stop_at), path)
    return path


def _photos(data: Path | None, resolution: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Photos to train on and to validate on, each uint8 [N, 3, R, R]."""
    if not data:
        none = torch.empty(0, 3, resolution, resolution, dtype=torch.uint8)
        return none, none
    inside, validation = read_labelled_faces(data, "train").by_person(VALIDATION, seed)
    return load_faces(inside, resolution), load_faces(validation.sample(VALIDATION_PHOTOS, seed), resolution)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let PyTorch use this many threads, and afterwards as many as before.

    >>> before = torch.get_num_threads()
    >>> with threads(1):
    ...     torch.get_num_threads()
    1
    >>> torch.get_num_threads() == before
    True
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
