"""Files of this project's own weights: safetensors, in half precision where it holds."""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from editor.errors import WeightsError


def read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors (halves widened to float32) and the metadata of a safetensors file.

    Raises:
        WeightsError: the file is not safetensors.
    """
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
            metadata = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a readable safetensors file: {error}") from error
    return {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}, metadata


def kept_tensor(path: Path, name: str, make: Callable[[], torch.Tensor]) -> torch.Tensor:
    """A tensor that is in a file of its own, or is made and written there.

    Args:
        path: the file; folders that are missing are made.
        name: what the tensor is called in it.
        make: makes the tensor; not called where the file is there.

    Raises:
        WeightsError: the file is there and is not safetensors.

    >>> kept_tensor(folder / "ones.safetensors", "ones", lambda: torch.ones(2))
    tensor([1., 1.])
    >>> kept_tensor(folder / "ones.safetensors", "ones", lambda: torch.zeros(2))  # read back, not made again
    tensor([1., 1.])
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        save_file({name: make().contiguous()}, part)
        part.replace(path)
    return read_tensors(path)[0][name]
