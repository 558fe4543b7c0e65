"""Numbers of any size -> 8 bits.

A decoder gives 16-bit, 32-bit and floating-point pictures as they are stored, and only some files say what number is white.
"""

from functools import partial

import numpy as np
from PIL import Image

from editor.photos.bands import bands_of, convert_in_bands

WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
WHITES = (
    *((16, 1), (256, 255), (1024, 1023), (4096, 4095), (16384, 16383), (32768, 32767), (65536, 65535)),
    *((2**31, 2**31 - 1), (2**32, 2**32 - 1)),
)
"""(limit, white): a picture whose maximum is below the limit, and not below the limit before, has this white.

The numbers of cameras and scanners are of 10, 12, 14, 15 or 16 bits. A photo has some pixels near white, so the smallest
range that holds its numbers is taken. A dark photo of a larger range becomes brighter by this, and is still seen well.
"""
BITS, SAMPLE_FORMAT = 258, 339
"""Tags of TIFF."""
BRIGHT_PERCENT = 99
"""Of floating-point numbers this percentile stands for the maximum, because lamps and defects are far brighter than white."""
MEASURED = 1_000_000
"""About how many pixels the percentile is taken of."""


def to_eight_bits(picture: Image.Image, white: float | None = None, negative: bool = False) -> Image.Image:
    """A picture of one channel of numbers -> mode L, or LA where one of its numbers means transparent.

    Pictures that have 8 bits already are returned as they are.

    Args:
        picture: in any mode.
        white: the number that is white; None: it is told from the format and from the picture's greatest number.
        negative: whether 0 is white and `white` is black.

    >>> picture = Image.new("I;16", (1, 1), 1023)
    >>> to_eight_bits(picture, white=1023).getpixel((0, 0)), to_eight_bits(picture, 1023, negative=True).getpixel((0, 0))
    (255, 0)
    """
    if picture.mode not in WIDE_MODES:
        return picture
    unsigned = _is_unsigned(picture)
    top = white or white_of(picture.mode, picture.format, _maximum(picture, unsigned))
    clear = picture.info.get("transparency")
    clear = clear if isinstance(clear, int) else None
    convert = partial(_eight_bits, white=top, negative=negative, unsigned=unsigned, clear=clear)
    grey = convert_in_bands(picture, "L" if clear is None else "LA", convert)
    grey.info = {key: value for key, value in picture.info.items() if key == "icc_profile"}
    return grey


def white_of(mode: str, kind: str | None, maximum: float) -> float:
    """The number that is white in a file that does not say so.

    PNG and PPM pictures always use their full range; the numbers of TIFF files may be of fewer bits than their samples.
    A 16-bit picture with a maximum of at most 255 stays one of 16 bits, because 8-bit numbers are stored in 8 bits.
    Larger numbers than those of 16 bits are measured by the greatest, unless they come near the end of 32 bits.

    Args:
        mode: Pillow's.
        kind: the file's format; None: not from a file.
        maximum: the greatest number in the picture; for floating point, one that few exceed.

    >>> white_of("I;16", "PNG", maximum=1000), white_of("I;16", "TIFF", maximum=1000)  # the second is of 10 bits
    (65535, 1023)
    """
    if kind in ("PNG", "PPM") and mode != "F":
        return 65535
    if mode.startswith("I;16") and (kind != "TIFF" or maximum < 256):
        return 65535
    if (mode == "F" and maximum >= 65536) or 65536 <= maximum < 2**24:
        return maximum
    least = 1 if mode == "F" else 255
    return next((white for limit, white in WHITES if maximum < limit and white >= least), maximum)


def _is_unsigned(picture: Image.Image) -> bool:
    """Whether numbers of 32 bits that Pillow took as signed are unsigned."""
    tags = getattr(picture, "tag_v2", {})  # a TIFF file's; those asked for here were read when it was opened
    return picture.mode == "I" and tags.get(BITS) == (32,) and tags.get(SAMPLE_FORMAT, (1,)) == (1,)


def _numbers(band: Image.Image, unsigned: bool) -> np.ndarray:
    """The numbers of a band, [H, W]; those that are not finite are 0."""
    numbers = np.asarray(band)
    if numbers.dtype.kind == "f":
        return np.nan_to_num(numbers, nan=0.0, posinf=0.0, neginf=0.0)
    return numbers.view(np.uint32) if unsigned else numbers


def _maximum(picture: Image.Image, unsigned: bool) -> float:
    if picture.mode != "F":
        return max(float(_numbers(band, unsigned).max()) for _, band in bands_of(picture))
    step = 1 + picture.width * picture.height // MEASURED
    measured = [_numbers(band, unsigned).ravel()[::step].copy() for _, band in bands_of(picture)]
    return float(np.percentile(np.concatenate(measured), BRIGHT_PERCENT))


def _eight_bits(band: Image.Image, white: float, negative: bool, unsigned: bool, clear: int | None) -> Image.Image:
    numbers = _numbers(band, unsigned)
    levels = numbers.astype(np.float32)
    levels *= 255 / white
    levels = levels.clip(0, 255, out=levels).round(out=levels).astype(np.uint8)
    grey = Image.fromarray(255 - levels if negative else levels)
    if clear is not None:
        grey.putalpha(Image.fromarray(np.where(numbers == clear, 0, 255).astype(np.uint8)))
    return grey
