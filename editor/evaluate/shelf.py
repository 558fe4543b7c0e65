"""A cache of single results, so that a stopped measurement goes on where it was, with the same result."""

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
            folder: None: nothing is cached.
            about: names what all results depend on. Results of another `about` are not used.
        """
        self._folder = folder and folder / hashlib.sha256(about.encode()).hexdigest()[:12]
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    def piece(self, of: torch.Tensor, by: str, measure: Callable[[], Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
        """The cached result for a tensor and a name; measured and written first if there is none.

        Args:
            of: the tensor, such as a code [1, 18, 512].
            by: the name of what measures, such as a method.
        """
        if self._folder is None:
            return dict(measure())
        digest = hashlib.sha256(of.float().numpy().tobytes()).hexdigest()[:16]
        return kept_tensors(self._folder / f"{digest}-{by}.safetensors", measure)


def cached_values(path: Path | None, measure: Callable[[], Any]) -> Any:
    """Values of a JSON file; measured and written first if there is no file. Tensors become lists.

    Args:
        path: None: nothing is cached.

    >>> cached_values(folder / "accuracy.json", lambda: {"accuracy": torch.tensor([0.5, 1.0])})
    {'accuracy': [0.5, 1.0]}
    >>> cached_values(folder / "accuracy.json", lambda: 1 / 0)  # read, not measured again
    {'accuracy': [0.5, 1.0]}
    """
    if path and path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(measure(), default=torch.Tensor.tolist)
    if path:
        write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))
    return json.loads(text)
