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
TITLES: dict[Space, str] = {"w_plus": "W+", "w_star": "W*"}
"""The spaces as the paper writes them."""
LAYERS = 18
CHANNELS = 512

WPlus = NewType("WPlus", torch.Tensor)
"""Codes the generator understands, [B, 18, 512]."""

WStar = NewType("WStar", torch.Tensor)
"""Codes in the unfolded space, [B, 18, 512]."""


def broadcast_w(w: torch.Tensor) -> WPlus:
    """Lift codes of W, [B, 512], to W+, [B, 18, 512], by giving every layer the same vector.

    >>> w = torch.randn(2, 512)
    >>> w_plus = broadcast_w(w)
    >>> w_plus.shape, torch.equal(w_plus[:, 0], w), torch.equal(w_plus[:, 17], w)
    (torch.Size([2, 18, 512]), True, True)
    """
    return WPlus(w[:, None, :].expand(-1, LAYERS, -1).contiguous())


@dataclass(frozen=True, eq=False)
class MaskedCodes:
    """What each of B pictures is drawn from.

    Attributes:
        codes: [B, K, 18, 512]; of one layer [B, K, 512].
        masks: [B, K, S, S], summing to 1 over K; S a power of two.

    >>> masked = MaskedCodes(torch.zeros(3, 2, 18, 512), torch.full((3, 2, 32, 32), 0.5))
    >>> len(masked), masked[:, 4].codes.shape
    (3, torch.Size([3, 2, 512]))
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
        """Codes and masks on a device."""
        return MaskedCodes(self.codes.to(device), self.masks.to(device))

    def masks_at(self, side: int) -> torch.Tensor:
        """The masks at a resolution, [B, K, side, side]; they still sum to 1 over K.

        Args:
            side: in pixels, a power of two.

        >>> left = torch.zeros(1, 1, 4, 4)
        >>> left[..., :2] = 1
        >>> MaskedCodes(torch.zeros(1, 2, 18, 512), torch.cat([left, 1 - left], 1)).masks_at(2)[0, 0]
        tensor([[1., 0.],
                [1., 0.]])
        """
        kept = self.masks.shape[-1]
        if side <= kept:
            return F.avg_pool2d(self.masks, kept // side)
        return F.interpolate(self.masks, size=(side, side), mode="bilinear", align_corners=False)


Codes = WPlus | MaskedCodes
"""What a generator draws."""


def one_by_one(codes: Codes, count: int = 1) -> Sequence[Codes]:
    """The codes of each picture, as batches of one; or of `count` pictures at a time, and fewer in the last batch.

    >>> [piece.shape[0] for piece in one_by_one(WPlus(torch.zeros(3, 18, 512)), 2)]
    [2, 1]
    """
    if not isinstance(codes, MaskedCodes):
        return [WPlus(piece) for piece in codes.split(count)]
    return [MaskedCodes(*pair) for pair in zip(codes.codes.split(count), codes.masks.split(count), strict=True)]


def masked_edit(before: WPlus, after: WPlus, masks: torch.Tensor) -> MaskedCodes:
    """Pictures of one edit each.

    Args:
        before, after: codes without and with the edit, [B, 18, 512] each.
        masks: share of the code before and of the code after at each place, [2, S, S], summing to 1.

    >>> half = torch.full((2, 8, 8), 0.5)
    >>> masked = masked_edit(WPlus(torch.zeros(3, 18, 512)), WPlus(torch.ones(3, 18, 512)), half)
    >>> masked.codes.shape, masked.masks.shape
    (torch.Size([3, 2, 18, 512]), torch.Size([3, 2, 8, 8]))
    """
    return MaskedCodes(torch.stack([before.to(after), after], 1), masks.expand(len(after), -1, -1, -1))


def together(parts: Sequence[Codes]) -> Codes:
    """Pictures of as many codes each, in one batch.

    Raises:
        ValueError: some have regions and some have none.

    >>> together([WPlus(torch.zeros(1, 18, 512)), WPlus(torch.zeros(2, 18, 512))]).shape
    torch.Size([3, 18, 512])
    """
    masked = [part for part in parts if isinstance(part, MaskedCodes)]
    plain: list[torch.Tensor] = [part for part in parts if not isinstance(part, MaskedCodes)]
    if masked and plain:
        raise ValueError("Codes with regions and codes without are drawn apart.")
    if plain:
        return WPlus(torch.cat(plain))
    return MaskedCodes(torch.cat([part.codes for part in masked]), torch.cat([part.masks for part in masked]))


def edited(codes: Codes) -> WPlus:
    """The codes after all of an edit, local or not, [B, 18, 512].

    >>> masked = MaskedCodes(torch.stack([torch.zeros(1, 18, 512), torch.ones(1, 18, 512)], 1), torch.full((1, 2, 8, 8), 0.5))
    >>> edited(masked).unique()
    tensor([1.])
    """
    return WPlus(codes.codes[:, -1]) if isinstance(codes, MaskedCodes) else codes


def distance_to_w(codes: WPlus) -> torch.Tensor:
    """How far the layers' codes lie from their mean, relative to its size, [B]; 0 in W.

    >>> distance_to_w(broadcast_w(torch.ones(1, 512)))
    tensor([0.])
    """
    mean = codes.mean(1, keepdim=True)
    return (codes - mean).flatten(1).norm(dim=1) / (mean.norm(dim=2)[:, 0] * codes.shape[1] ** 0.5)


def mean_norm(codes: torch.Tensor) -> torch.Tensor:
    """Mean over the layers of their codes' norm, [B, 18, 512] -> [B].

    >>> mean_norm(torch.ones(1, 18, 4))
    tensor([2.])
    """
    return codes.norm(dim=2).mean(1)
