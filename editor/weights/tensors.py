"""Files of this project's own weights: safetensors, in half precision where it holds."""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

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
