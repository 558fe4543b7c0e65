"""Which tiles to draw of a picture, where only some places have to be drawn.

Tiles lie anywhere and may overlap. All have the same size, since what draws them is compiled for one.
"""

import torch
import torch.nn.functional as F

Corner = tuple[int, int]
"""Of a tile: its first row and column."""
STEPS = 8
"""Of the fade at tiles' borders, in a place."""
REACH = 3
"""Steps until the new drawing is all that shows."""


def cover(needed: torch.Tensor, side: int) -> list[Corner]:
    """Few tiles that have every needed place in them: bands from the top, and in each of them tiles from the left.

    Args:
        needed: bool [n, n].
        side: of a tile, at most n.

    >>> needed = torch.zeros(8, 8, dtype=torch.bool)
    >>> needed[2:5, 0] = needed[2, 7] = True
    >>> cover(needed, 4)
    [(2, 0), (2, 4)]
    >>> cover(torch.ones(8, 8, dtype=torch.bool), 4)
    [(0, 0), (0, 4), (4, 0), (4, 4)]
    """
    corners = []
    for top, bottom in _bands(needed.any(1), side):
        for left, _ in _bands(needed[top:bottom].any(0), side):
            corners.append((top, left))
    return corners


def _bands(needed: torch.Tensor, side: int) -> list[tuple[int, int]]:
    """Intervals of `side` places that have every needed one of [n] in them."""
    places, bands = needed.nonzero().flatten().tolist(), []
    for place in places:
        if not bands or place >= bands[-1][1]:
            first = min(place, len(needed) - side)
            bands.append((first, first + side))
    return bands


def faded(corners: list[Corner], side: int, whole: int, scale: int) -> torch.Tensor | None:
    """How much of a new drawing shows, [n, n] in [0, 1]: at the border of its tiles none, a little inside all; None: all.

    The border of the picture is no border.

    Args:
        corners, side: of the tiles.
        whole: side of what they lie in.
        scale: n, in units of `whole`.

    >>> faded([(0, 2)], 6, 8, 8)[0, 15:21]
    tensor([0.0000, 0.1429, 0.4286, 0.7143, 1.0000, 1.0000])
    >>> faded([(0, 0)], 8, 8, 8) is None
    True
    """
    drawn = torch.zeros(1, 1, whole, whole)
    for top, left in corners:
        drawn[..., top : top + side, left : left + side] = 1
    if drawn.min() == 1:
        return None
    fine = min(STEPS, scale)
    drawn = F.interpolate(drawn, scale_factor=fine)
    around = F.pad(drawn, (REACH,) * 4, mode="replicate")
    share = (2 * F.avg_pool2d(around, 2 * REACH + 1, 1) - 1).clamp_min(0)
    return F.interpolate(share, scale_factor=scale // fine, mode="bilinear", align_corners=False)[0, 0]
