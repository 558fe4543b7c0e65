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
class PlacedCodes:
    """What each of B pictures is drawn from.

    Attributes:
        codes: [B, K, 18, 512]; of one layer [B, K, 512].
        shares: [B, K, S, S], summing to 1 over K; S a power of two.
    """

    codes: torch.Tensor
    shares: torch.Tensor

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: tuple[slice, int]) -> "PlacedCodes":
        """What a layer reads: `placed[:, layer]`, as of plain codes."""
        every, layer = at
        return PlacedCodes(self.codes[every, :, layer], self.shares[every])

    def to(self, device: torch.device) -> "PlacedCodes":
        """The same on a device."""
        return PlacedCodes(self.codes.to(device), self.shares.to(device))

    def shares_at(self, side: int) -> torch.Tensor:
        """The shares at a resolution, [B, K, side, side]."""
        kept = self.shares.shape[-1]
        if side <= kept:
            return F.avg_pool2d(self.shares, kept // side)
        return F.interpolate(self.shares, size=(side, side), mode="bilinear", align_corners=False)


Codes = WPlus | PlacedCodes
"""What a generator draws: one code a picture, or several and their places."""
Style = torch.Tensor | PlacedCodes
"""What one of its layers reads of them: [B, 512], or several."""


def by_place(value: Callable[[torch.Tensor], torch.Tensor], w: Style, side: int) -> torch.Tensor:
    """What a style amounts to for a feature map of `side` pixels: [B, C, 1, 1], or [B, C, side, side] by place.

    Args:
        value: styles [..., 512] -> [..., C].
    """
    if not isinstance(w, PlacedCodes):
        return value(w)[:, :, None, None]
    shares = w.shares_at(side)
    return (value(w.codes).transpose(1, 2) @ shares.flatten(2)).unflatten(2, shares.shape[2:])


def one_by_one(codes: Codes, count: int = 1) -> Sequence[Codes]:
    """Each picture's; or those of `count` at a time."""
    if not isinstance(codes, PlacedCodes):
        return [WPlus(piece) for piece in codes.split(count)]
    return [PlacedCodes(*pair) for pair in zip(codes.codes.split(count), codes.shares.split(count), strict=True)]


def in_its_place(before: WPlus, after: WPlus, shares: torch.Tensor) -> PlacedCodes:
    """Pictures of one edit each: codes [B, 18, 512] before and after it, and where each has what share, [2, S, S]."""
    return PlacedCodes(torch.stack([before.to(after), after], 1), shares.expand(len(after), -1, -1, -1))


def together(parts: Sequence[Codes]) -> Codes:
    """Pictures of as many codes each, in one batch.

    Raises:
        ValueError: some have places and some have none.
    """
    placed = [part for part in parts if isinstance(part, PlacedCodes)]
    plain: list[torch.Tensor] = [part for part in parts if not isinstance(part, PlacedCodes)]
    if placed and plain:
        raise ValueError("Codes with places and codes without are drawn apart.")
    if plain:
        return WPlus(torch.cat(plain))
    return PlacedCodes(torch.cat([part.codes for part in placed]), torch.cat([part.shares for part in placed]))
