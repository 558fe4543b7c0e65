"""Whether a reconstruction keeps the colours of a photo: differences in CIELAB at places of an FFHQ frame.

lightness      drawn minus photo, from -100 to 100
green_red      the same along a: above 0 is redder
blue_yellow    the same along b: above 0 is yellower
distance       length of the difference in a and b, from 0; about 2 is just seen when pictures are side by side

Places are fixed and small, so that they lie on what they are named for on nearly every aligned face. The mean over them is
taken before the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageCms

SIDE = 256
"""Side in pixels at which pictures are compared."""
PLACES: dict[str, tuple[tuple[int, int, int], ...]] = {
    "irises": ((120, 97, 3), (120, 160, 3)),
    "cheeks": ((158, 88, 9), (158, 168, 9)),
    "forehead": ((82, 128, 10),),
    "mouth": ((187, 128, 4),),
    "hair": ((22, 128, 10), (35, 85, 6), (35, 171, 6)),
    "frame": ((128, 128, 110),),
}
"""Squares: row and column of the middle, and pixels from there to each edge."""
LAB = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")


@dataclass(frozen=True)
class ColourDifference:
    """The measures of one place over the faces. Each `*_ci95` is half the width of a 95 % confidence interval.

    Attributes:
        n: how many faces there are.
        lightness, green_red, blue_yellow: mean difference, drawn minus photo.
        distance: mean length of the difference in a and b.
    """

    n: int
    lightness: float
    lightness_ci95: float
    green_red: float
    green_red_ci95: float
    blue_yellow: float
    blue_yellow_ci95: float
    distance: float
    distance_ci95: float


def colours(picture: Image.Image) -> np.ndarray:
    """The mean L, a and b of each place, [6, 3], of a square picture that is framed as FFHQ frames faces.

    >>> colours(Image.new("RGB", (64, 64), (119, 119, 119))).round()[0]
    array([50.,  0.,  0.])
    """
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    values = np.asarray(ImageCms.applyTransform(small, LAB))
    lightness, opponents = values[..., :1] * (100 / 255), values[..., 1:].astype(np.uint8).view(np.int8)
    lab = np.concatenate([lightness, opponents.astype(float)], -1)
    return np.stack([np.concatenate([_square(lab, *square) for square in squares]).mean(0) for squares in PLACES.values()])


def _square(lab: np.ndarray, row: int, column: int, reach: int) -> np.ndarray:
    return lab[row - reach : row + reach + 1, column - reach : column + reach + 1].reshape(-1, 3)


def colour_differences(pairs: Sequence[tuple[Image.Image, Image.Image]]) -> dict[str, ColourDifference]:
    """Place -> the measures over pairs of (photo, drawing), squares of any size that are framed alike.

    >>> grey, red = (Image.new("RGB", (64, 64), colour) for colour in ("grey", "red"))
    >>> found = colour_differences([(grey, red), (grey, grey)])
    >>> found["hair"].n, found["hair"].green_red > 30, colour_differences([(red, red)] * 2)["mouth"].distance
    (2, True, 0.0)
    """
    found = np.array([colours(drawing) - colours(photo) for photo, drawing in pairs])
    lengths = np.linalg.norm(found[..., 1:], axis=-1, keepdims=True)
    values = np.concatenate([found, lengths], -1)  # [N, places, 4]
    half = 1.96 * values.std(0, ddof=1) / len(values) ** 0.5 if len(values) > 1 else np.full(values.shape[1:], np.nan)
    both = np.stack([values.mean(0), half], -1).reshape(len(PLACES), -1)
    return {place: ColourDifference(len(values), *map(float, row)) for place, row in zip(PLACES, both, strict=True)}
