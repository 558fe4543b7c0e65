"""Results of a long measurement, each kept as soon as it is there: a stopped one goes on where it was, with the same result."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from editor.files.writing import write_atomically
from editor.weights.tensors import kept_tensors


class Shelf:
    """A folder of results that were measured with the same models."""

    def __init__(self, folder: Path | None, about: str = ""):
        """
        Args:
            folder: None: nothing is kept.
            about: what all results depend on; with another, none of those that are there is used.
        """
        self._folder = folder and folder / hashlib.sha256(about.encode()).hexdigest()[:12]
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def piece(self, of: torch.Tensor, by: str, measure: Callable[[], Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """What was measured `by` a name on a tensor; measured now where it is not there yet."""
        if self._folder is None:
            return dict(measure())
        digest = hashlib.sha256(of.float().numpy().tobytes()).hexdigest()[:16]
        return kept_tensors(self._folder / f"{digest}-{by}.safetensors", measure)


def kept_values(path: Path | None, measure: Callable[[], Any]) -> Any:
    """Plain values and tensors, the latter as lists: of a JSON file, or measured now and written there.

    Args:
        path: None: nothing is kept.
    """
    if path and path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(measure(), default=torch.Tensor.tolist)
    if path:
        write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))
    return json.loads(text)
