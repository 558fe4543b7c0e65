"""Numbers of any size -> 8 bits.

A decoder gives 16-bit, 32-bit and floating-point pictures as they are stored, and only some files say what number is white.
"""

import numpy as np
from PIL import Image

WIDE_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
WHITES = ((16, 1), (256, 255), (1024, 1023), (4096, 4095), (65536, 65535))
"""(limit, white): a picture whose maximum is below the limit, and not below the limit before, has this white.

The limits of numbers of 10, 12 and 16 bits are a sixteenth of a white or less apart: if the next larger white were meant, the
brightest pixel would be darker than a sixteenth of white, and no face could be seen. So the smaller one is.
"""


def to_eight_bits(picture: Image.Image, white: float | None = None, negative: bool = False) -> Image.Image:
    """A picture of one channel of numbers -> mode L; pictures that have 8 bits already are returned as they are.

    Args:
        picture: in any mode.
        white: the number that is white; None: see `white_of`.
        negative: whether 0 is white and `white` is black.
    """
    if picture.mode not in WIDE_MODES:
        return picture
    values = np.nan_to_num(np.asarray(picture).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    top = white or white_of(picture.mode, picture.format, float(values.max(initial=0)))
    shares = (values / top).clip(0, 1)
    if negative:
        shares = 1 - shares
    grey = Image.fromarray((shares * 255).round().astype(np.uint8))
    grey.info = {key: value for key, value in picture.info.items() if key == "icc_profile"}
    return grey


def white_of(mode: str, kind: str | None, maximum: float) -> float:
    """The number that is white in a file that does not say so.

    PNG and PPM pictures always use their full range; the numbers of TIFF files may be of fewer bits than their samples.
    A 16-bit picture with a maximum of at most 255 stays one of 16 bits, because 8-bit numbers are stored in 8 bits.

    Args:
        mode: Pillow's.
        kind: the file's format; None: not from a file.
        maximum: the greatest number in the picture.
    """
    if kind in ("PNG", "PPM") and mode != "F":
        return 65535
    if mode.startswith("I;16") and (kind != "TIFF" or maximum < 256):
        return 65535
    least = 1 if mode == "F" else 255
    return next((white for limit, white in WHITES if maximum < limit and white >= least), maximum)
