"""Several codes in one picture, each where it belongs.

A style scales the channels of a feature map, x_c(p) -> s_c x_c(p). Nothing asks that it be the same at every place p, so with
K codes and a share of each at every place, which sum to one,

    s_c(p) = sum_k share_k(p) s_kc

and the convolutions join what meets at a border. That the face stays the first code's outside the place an edit is meant for
is decided while it is drawn, at every resolution: no seam, no ghost, as there are between two pictures laid over each other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from editor.spaces import WPlus


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
"""What a generator draws: one code a picture, or several and their regions."""
Style = torch.Tensor | MaskedCodes
"""What one of its layers reads of them: [B, 512], or several."""


def by_mask(value: Callable[[torch.Tensor], torch.Tensor], w: Style, side: int) -> torch.Tensor:
    """What a style amounts to for a feature map of `side` pixels: [B, C, 1, 1], or [B, C, side, side] by place.

    Args:
        value: styles [..., 512] -> [..., C].
    """
    if not isinstance(w, MaskedCodes):
        return value(w)[:, :, None, None]
    masks = w.masks_at(side)
    return (value(w.codes).transpose(1, 2) @ masks.flatten(2)).unflatten(2, masks.shape[2:])


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
