"""Two drawings of a face and the face itself -> what an edit adds to it.

With the face F, the drawing G of its code and the drawing G' of the edited code, D = G' - G is the change, and R = F - G
is what the generator does not know of the face: pores, light, a scar. The edited face is

    F + c (D - m R_fine)

where c in [0, 1] says where anything changed, and m in [0, 1] where shapes did. Where the change is smooth, such as in
paler skin, m is 0 and the photo keeps its pores. Where a mouth opened, m is 1: what was fine in R belongs to the old
mouth, and would stay behind as a ghost. What is coarse in R, the light and the white balance of the photo, stays
everywhere. Where R is larger than D, as at a hand or an earring that the drawing has not, c is 0: D is the change of
something that the photo does not show. Numbers are in levels, 0 to 255.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image

from editor.images import HALF_RANGE, shrink, to_tensor

MAP_SIDE = 256
"""Side in pixels at which it is found where something changed."""
NOISE, CHANGED = 1.0, 4.0
"""Levels: smaller changes, averaged over a few pixels, count for nothing, and larger ones in full."""
BESIDE = 3.0
"""So many times as large a change it takes far from the head: the generator never leaves a background quite as it was."""
TIMES, USUAL = 1.25, 8.0
"""A photo shows something else where R is larger than so many times D and as much again as R is in the median over the head,
or this many levels if that is less. A code that is near the face has a small R, and one that is not must still be edited."""
BROAD, AROUND = 1 / 6, 1 / 32
"""Of the side: what of R is coarser than the first is light, and shows nothing else; the rest counts over the second."""
SMOOTH, RESHAPED = 2.0, 7.0
"""Levels of fine structure in the change: less keeps the photo's own detail, more replaces it."""
COARSE = 1 / 48
"""Of the side: what is coarser than this standard deviation in the photo's own light stays."""
FINE = 1 / 96
"""Of the side: structure of a change that is finer than this standard deviation shows that shapes changed."""
SPREAD = 1 / 96
"""Of the side: the standard deviation by which maps are blurred, so that no border shows."""
FADE = 0.06
"""Of the side, along each border of the frame: there the change fades to nothing."""


@dataclass(frozen=True, eq=False)
class Change:
    """What an edit adds to an aligned face, of R x R pixels.

    Attributes:
        added: [3, R, R] levels.
        replaced: [1, R, R] in [0, 1]: the share of the photo's finest detail, finer than the aligned face shows, that goes.
    """

    added: torch.Tensor
    replaced: torch.Tensor

    @property
    def is_nothing(self) -> bool:
        """Whether no pixel changes.

        >>> Change(torch.zeros(3, 8, 8), torch.zeros(1, 8, 8)).is_nothing
        True
        """
        return not bool((self.added.abs() >= 0.5).any())


def change_between(face: Image.Image, before: Image.Image, after: Image.Image, bounds: torch.Tensor | None = None) -> Change:
    """What an edit adds to a face.

    Args:
        face: the aligned face, RGB.
        before: what the generator draws of its code, of the same size.
        after: what it draws of the edited code.
        bounds: where the edit may change anything, [S, S] in [0, 1]; None: everywhere.

    >>> face = Image.new("RGB", (256, 256), "gray")
    >>> change_between(face, face, face).is_nothing
    True
    """
    known, drawn, edited = (to_tensor(picture)[0] * HALF_RANGE for picture in (face, before, after))
    difference, residual = edited - drawn, known - drawn
    side = min(MAP_SIDE, difference.shape[-1])
    beside = _beside(side)
    changed = _share(_energy(difference, side) / (1 + (BESIDE - 1) * beside), NOISE, CHANGED)
    unknown = _energy(residual - _blurred(residual, BROAD), side, AROUND)
    usual = unknown[beside == 0].median().clamp_min(USUAL)
    changed = changed * (1 - _share((unknown - TIMES * _energy(difference, side, AROUND)) / usual, 1, 2))
    structure = difference - _blurred(difference, FINE)
    replaced = _share(_energy(structure, side), SMOOTH, RESHAPED)
    weight = changed * _fade(side)
    if bounds is not None:
        weight = weight * _resized(bounds[None], side).clamp(0, 1)
    weight, replaced = (_resized(each, difference.shape[-1]).clamp(0, 1) for each in (weight, replaced))
    fine = residual - _blurred(residual, COARSE)
    return Change(weight * (difference - replaced * fine), weight * replaced)


def _energy(values: torch.Tensor, side: int, around: float = SPREAD) -> torch.Tensor:
    """The root of the mean square over channels and some pixels around each, [3, R, R] -> [1, side, side].

    Args:
        around: the standard deviation by which it is blurred, in sides.
    """
    squares = shrink(values.square().mean(0, keepdim=True)[None], side)[0]
    return _blurred(squares, around).clamp_min(0).sqrt()


def _share(values: torch.Tensor, low: float, high: float) -> torch.Tensor:
    """0 below `low`, 1 above `high`, smooth between, and blurred: [1, S, S]."""
    share = ((values - low) / (high - low)).clamp(0, 1)
    return _blurred(share * share * (3 - 2 * share), SPREAD)


def _beside(side: int) -> torch.Tensor:
    """0 in an ellipse around the head, rising to 1 in the corners of the frame and at its upper sides, [1, side, side]."""
    at = (torch.arange(side) + 0.5) / side
    distance = torch.hypot((at[None] - 0.5) / 0.42, (at[:, None] - 0.55) / 0.58)
    return ((distance - 0.9) / 0.2).clamp(0, 1)[None]


def _fade(side: int) -> torch.Tensor:
    """1 inside the frame, falling to 0 at its border, [1, side, side]."""
    at = (torch.arange(side) + 0.5) / side
    rise = (torch.minimum(at, 1 - at) / FADE).clamp(0, 1)
    rise = rise * rise * (3 - 2 * rise)
    return (rise[:, None] * rise[None])[None]


def _resized(values: torch.Tensor, side: int) -> torch.Tensor:
    """[C, S, S] -> [C, side, side]."""
    return F.interpolate(values[None], size=(side, side), mode="bilinear", align_corners=False)[0]


def _blurred(values: torch.Tensor, deviation: float) -> torch.Tensor:
    """A Gaussian blur of [C, R, R]; its standard deviation is in sides. A strong one is made of a smaller picture."""
    side = values.shape[-1]
    small = side
    while small * deviation >= 8 and small % 2 == 0:
        small //= 2
    width = max(1, round(small * deviation * 3))
    at = torch.arange(-width, width + 1, dtype=values.dtype)
    kernel = torch.exp(-at.square() / (2 * (small * deviation) ** 2))
    kernel = (kernel / kernel.sum()).expand(len(values), 1, 1, -1)
    blurred = shrink(values[None], small)
    for turned in (kernel, kernel.transpose(-1, -2)):
        pad = (width, width, 0, 0) if turned.shape[-1] > 1 else (0, 0, width, width)
        blurred = F.conv2d(F.pad(blurred, pad, mode="replicate"), turned, groups=len(values))
    return _resized(blurred[0], side) if small != side else blurred[0]
