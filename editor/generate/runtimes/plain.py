"""What a runtime is, and the plainest: the module itself."""

from typing import Protocol

import torch

from editor.generate.placed import Codes
from editor.generate.trunk import Delta, Generator


class Runtime(Protocol):
    """Something that draws codes."""

    @property
    def name(self) -> str:
        """How and where."""
        ...

    def __call__(self, codes: Codes, delta: Delta | None = None) -> torch.Tensor:
        """B codes, or as many times several and their places -> [B, 3, R, R] in about [-1, 1], float32, where it was drawn."""
        ...


class TorchRuntime:
    """The module itself, without gradients."""

    def __init__(self, generator: Generator, device: torch.device):
        self.name = f"torch {device.type}"
        self._generator = generator.to(device)
        self._device = device

    def __call__(self, codes: Codes, delta: Delta | None = None) -> torch.Tensor:
        with torch.inference_mode():
            return self._generator(codes.to(self._device), delta).float()
