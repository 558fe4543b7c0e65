"""What a runtime is, and the plainest: the module itself."""

from typing import Protocol

import torch

from editor.devices.memory import moved
from editor.generate.trunk import Generator, Trunk
from editor.spaces import Codes


class Runtime(Protocol):
    """Something that draws codes. May be called by several threads at once; none of them changes what another one draws."""

    @property
    def name(self) -> str:
        """How and where."""
        ...

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        """Draw W+ codes [B, 18, 512], or `MaskedCodes` of B images: [B, 3, R, R] in about [-1, 1], float32, on this device.

        Args:
            trunk: draws the features in place of the generator's own trunk, for a photo that was fitted.
        """
        ...


class TorchRuntime:
    """The module itself, without gradients.

    >>> from editor.generate.mobile import Synthesis
    >>> from editor.generate.trunk import whole_generator
    >>> draw = TorchRuntime(whole_generator(Synthesis((4, 4)), source=4), torch.device("cpu"))
    >>> draw(torch.zeros(2, 18, 512)).shape
    torch.Size([2, 3, 16, 16])
    """

    def __init__(self, generator: Generator, device: torch.device):
        self.name = f"torch {device.type}"
        self._generator = moved(generator, device)
        self._device = device

    @property
    def trunk(self) -> Trunk:
        """The generator's own, on this device."""
        return self._generator.trunk

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        with torch.inference_mode():
            return self._generator.with_trunk(trunk)(codes.to(self._device)).float()
