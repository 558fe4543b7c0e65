"""The nodes of the picture in `editor/__init__.py`: the spaces a face passes through on its way to an image.

W+ is StyleGAN2's extended latent space: one 512-vector for each of the generator's 18 style inputs
(Abdal et al., "Image2StyleGAN", 2019). W* is what a trained flow T makes of it (Shukor et al., ICIP 2022).
Both are [B, 18, 512] float tensors; the types keep one from being handed where the other is meant.

A generator draws one code a picture, or several: each picture's codes then share it by masks (`editor.generate.masked`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NewType

import torch
import torch.nn.functional as F

Space = Literal["w_plus", "w_star"]
SPACES: tuple[Space, Space] = ("w_plus", "w_star")
LAYERS = 18
CHANNELS = 512

WPlus = NewType("WPlus", torch.Tensor)
"""Codes the generator understands, [B, 18, 512]."""

WStar = NewType("WStar", torch.Tensor)
"""Codes in the unfolded space, [B, 18, 512]."""


def broadcast_w(w: torch.Tensor) -> WPlus:
    """Lift [B, 512] codes of W to W+ by giving every layer the same vector."""
    return WPlus(w[:, None, :].expand(-1, LAYERS, -1).contiguous())


@dataclass(frozen=True, eq=False)
class MaskedCodes:
    """What each of B pictures is drawn from.

    Attributes:
        codes: [B, K, 18, 512]; of one layer [B, K, 512].
        masks: [B, K, S, S], summing to 1 over K; S a power of two.
    """

    codes: torch.Tensor
    masks: torch.Tensor

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: tuple[slice, int]) -> "MaskedCodes":
        """What a layer reads: `masked[:, layer]`, as of plain codes."""
        every, layer = at
        return MaskedCodes(self.codes[every, :, layer], self.masks[every])

    def to(self, device: torch.device) -> "MaskedCodes":
        """The same on a device."""
        return MaskedCodes(self.codes.to(device), self.masks.to(device))

    def masks_at(self, side: int) -> torch.Tensor:
        """The masks at a resolution, [B, K, side, side]."""
        kept = self.masks.shape[-1]
        if side <= kept:
            return F.avg_pool2d(self.masks, kept // side)
        return F.interpolate(self.masks, size=(side, side), mode="bilinear", align_corners=False)


Codes = WPlus | MaskedCodes
"""What a generator draws."""


def one_by_one(codes: Codes, count: int = 1) -> Sequence[Codes]:
    """Each picture's; or those of `count` at a time."""
    if not isinstance(codes, MaskedCodes):
        return [WPlus(piece) for piece in codes.split(count)]
    return [MaskedCodes(*pair) for pair in zip(codes.codes.split(count), codes.masks.split(count), strict=True)]


def masked_edit(before: WPlus, after: WPlus, masks: torch.Tensor) -> MaskedCodes:
    """Pictures of one edit each: codes [B, 18, 512] before and after it, and where each has what share, [2, S, S]."""
    return MaskedCodes(torch.stack([before.to(after), after], 1), masks.expand(len(after), -1, -1, -1))


def together(parts: Sequence[Codes]) -> Codes:
    """Pictures of as many codes each, in one batch.

    Raises:
        ValueError: some have regions and some have none.
    """
    masked = [part for part in parts if isinstance(part, MaskedCodes)]
    plain: list[torch.Tensor] = [part for part in parts if not isinstance(part, MaskedCodes)]
    if masked and plain:
        raise ValueError("Codes with regions and codes without are drawn apart.")
    if plain:
        return WPlus(torch.cat(plain))
    return MaskedCodes(torch.cat([part.codes for part in masked]), torch.cat([part.masks for part in masked]))
