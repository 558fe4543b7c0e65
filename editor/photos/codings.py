"""Which colours a file's numbers stand for, where it has no ICC profile.

HEIF, AVIF and the PNG chunk cICP name primaries and transfer function by numbers of ITU-T H.273. The PNG chunks cHRM and
gAMA give chromaticities and an exponent. In PNG, cICP overrides iCCP, which overrides sRGB, which overrides cHRM and gAMA.

References: ITU-T H.273, W3C PNG 3rd edition (clause 4.3).
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from PIL import Image

Point: TypeAlias = tuple[float, float]
"""A chromaticity, x and y."""
D65 = (0.3127, 0.3290)
BT709, P3 = 1, 12
PRIMARIES = {
    BT709: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), D65),  # sRGB's too
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), D65),  # BT.2020
    P3: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65),  # Display P3
}
"""H.273's number -> chromaticities of red, green, blue and white."""
GAMMA_22, GAMMA_28, LINEAR, SRGB, PQ, HLG = 4, 5, 8, 13, 16, 18
"""H.273's numbers of transfer functions."""
EXPONENTS = {GAMMA_22: 2.2, GAMMA_28: 2.8, LINEAR: 1.0}
SRGB_GAMMA = 0.45455
"""What PNG's gAMA holds in a file whose curve is that of sRGB."""
LEAST_GAMMA, GREATEST_GAMMA = 0.1, 10


@dataclass(frozen=True)
class Coding:
    """Primaries and transfer function.

    Attributes:
        primaries: chromaticities of red, green, blue and white.
        transfer: H.273's number. Unknown ones are taken as that of sRGB.
        exponent: light is the signal to this power, in place of `transfer`; None: `transfer` says.
    """

    primaries: tuple[Point, Point, Point, Point]
    transfer: int = SRGB
    exponent: float | None = None


def numbered_coding(primaries: int, transfer: int) -> Coding | None:
    """The coding that H.273's numbers name; None where the primaries are unknown.

    Args:
        primaries: 1 for BT.709 and sRGB, 9 for BT.2020, 12 for Display P3.
        transfer: an unknown one counts as that of sRGB.

    >>> numbered_coding(P3, SRGB).primaries[0]
    (0.68, 0.32)
    >>> numbered_coding(2, SRGB) is None  # 2 stands for "unspecified"
    True
    """
    points = PRIMARIES.get(primaries)
    return Coding(points, transfer, EXPONENTS.get(transfer)) if points else None


def coding_of(picture: Image.Image, stated: Coding | None = None) -> Coding | None:
    """The coding of a decoded picture; None where it is not known.

    Args:
        picture: as its decoder gave it.
        stated: what the file says by H.273's numbers, where the decoder does not hand them on.

    >>> picture = Image.new("RGB", (1, 1))
    >>> coding_of(picture) is None
    True
    >>> picture.info["nclx_profile"] = {"color_primaries": P3, "transfer_characteristics": LINEAR}
    >>> coding_of(picture).exponent
    1.0
    """
    nclx = picture.info.get("nclx_profile")
    if nclx:
        return numbered_coding(int(nclx["color_primaries"]), int(nclx["transfer_characteristics"]))
    return stated or _coding_of_chunks(picture)


def _coding_of_chunks(picture: Image.Image) -> Coding | None:
    """What the PNG chunks cHRM and gAMA say. Values that no display could have are passed over."""
    if picture.format != "PNG" or "srgb" in picture.info:
        return None
    primaries = _primaries(picture.info.get("chromaticity", ()))
    gamma = picture.info.get("gamma", SRGB_GAMMA)
    is_srgb = abs(gamma - SRGB_GAMMA) < 0.00002 or not LEAST_GAMMA <= gamma <= GREATEST_GAMMA
    if primaries is None and is_srgb:
        return None
    return Coding(primaries or PRIMARIES[BT709], SRGB, None if is_srgb else 1 / gamma)


def _primaries(numbers: tuple[float, ...]) -> tuple[Point, Point, Point, Point] | None:
    """Eight numbers, white's first -> primaries; None where white is not a mixture of the three colours."""
    if len(numbers) != 8:
        return None
    white, red, green, blue = zip(numbers[::2], numbers[1::2], strict=True)
    if min(numbers[1::2]) <= 0:
        return None
    try:
        shares = mixture(red, green, blue, white)
    except np.linalg.LinAlgError:  # the three lie on a line
        return None
    return (red, green, blue, white) if shares.min() > 0 else None


def to_xyz(primaries: tuple[Point, Point, Point, Point]) -> np.ndarray:
    """The matrix from linear RGB to XYZ, [3, 3], in which white has the Y of 1.

    >>> white = to_xyz(PRIMARIES[BT709]) @ np.ones(3)
    >>> white.round(4).tolist()
    [0.9505, 1.0, 1.0891]
    """
    return np.stack([_xyz(point) for point in primaries[:3]], 1) * mixture(*primaries)


def mixture(red: Point, green: Point, blue: Point, white: Point) -> np.ndarray:
    """How much of each primary is in white, [3], by luminance: the Y of red, green and blue, which add up to that of white, 1.

    Raises:
        numpy.linalg.LinAlgError: the primaries lie on a line.

    >>> mixture(*PRIMARIES[BT709]).round(4).tolist()
    [0.2126, 0.7152, 0.0722]
    """
    return np.linalg.solve(np.stack([_xyz(point) for point in (red, green, blue)], 1), _xyz(white))


def _xyz(point: Point) -> np.ndarray:
    """XYZ of a chromaticity, [3], with the Y of 1."""
    x, y = point
    return np.array([x / y, 1, (1 - x - y) / y])
