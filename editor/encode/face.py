"""An aligned face -> its code, for whoever reads many faces or one."""

import torch
from torch import nn

from editor.devices.memory import CpuFallback
from editor.devices.narrow import widening
from editor.spaces import WPlus


class FaceEncoder:
    """Encodes aligned faces on a device, and on the CPU once its memory runs out. May be shared by threads.

    >>> class Mean(nn.Module):
    ...     def forward(self, face):
    ...         return face.mean().expand(len(face), 18, 512)
    >>> FaceEncoder(Mean(), torch.device("cpu"))(torch.ones(1, 3, 256, 256)).shape
    torch.Size([1, 18, 512])
    """

    def __init__(self, encoder: nn.Module, device: torch.device):
        """Args:
        encoder: faces [B, 3, R, R] in [-1, 1] -> codes [B, 18, 512], on `device`; may be narrowed (`editor.devices.narrow`).
        """
        self._encoder = CpuFallback(widening(encoder))
        self._device = device

    @property
    def notice(self) -> str | None:
        """What a person should know of where the encoder runs; None when all is well."""
        return self._encoder.notice

    def __call__(self, face: torch.Tensor) -> WPlus:
        """The code, [1, 18, 512] on the CPU, of an aligned face, [1, 3, R, R] in [-1, 1]."""
        with torch.inference_mode():
            return WPlus(self._encoder(face.to(self._device)).cpu())
