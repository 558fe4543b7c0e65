"""Pieces of a long measurement, each kept as soon as it is there: a stopped one goes on where it was, with the same result."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


class Kept:
    """A folder of pieces that were measured with the same models."""

    def __init__(self, folder: Path | None, about: str = ""):
        """
        Args:
            folder: None: nothing is kept.
            about: what all pieces depend on; with another, none of those that are there is used.
        """
        self._folder = folder and folder / hashlib.sha256(about.encode()).hexdigest()[:12]
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def piece(self, of: torch.Tensor, by: str, measure: Callable[[], Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """What was measured `by` a name on a tensor; measured now where it is not there yet."""
        if self._folder is None:
            return dict(measure())
        digest = hashlib.sha256(of.float().numpy().tobytes()).hexdigest()[:16]
        path = self._folder / f"{digest}-{by}.safetensors"
        if not path.exists():
            part = path.with_suffix(".part")
            save_file({name: value.contiguous() for name, value in measure().items()}, part)
            part.replace(path)
        return load_file(path)
