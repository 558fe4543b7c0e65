"""Which way up a picture is stored, as EXIF numbers it (CIPA DC-008, tag 274)."""

from PIL import Image

ORIENTATION = 274
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Orientation -> what makes the picture upright; 1 is upright."""
ON_ITS_SIDE = (5, 6, 7, 8)
"""Orientations whose rows become columns."""


def orientation_of(picture: Image.Image) -> int:
    """The orientation of a decoded picture, 1 to 8; 1 where it cannot be read.

    >>> picture = Image.new("RGB", (8, 8))
    >>> picture.getexif()[ORIENTATION] = 6
    >>> orientation_of(picture), orientation_of(Image.new("RGB", (8, 8)))
    (6, 1)
    """
    if picture.format == "HEIF":  # its decoder has turned the picture, whatever EXIF says
        return 1
    try:
        orientation = picture.getexif().get(ORIENTATION, 1)
    except MemoryError:
        raise
    except Exception:  # metadata that nobody will see must not decide whether the photo can be opened
        return 1
    return orientation if orientation in UPRIGHT else 1


def upright(picture: Image.Image, orientation: int) -> Image.Image:
    """The picture upright and without metadata. Pixels that lie upright already are not copied.

    Args:
        orientation: how it is stored, 1 to 8.

    >>> upright(Image.new("RGB", (8, 6)), orientation=6).size
    (6, 8)
    """
    if orientation in UPRIGHT:
        picture = picture.transpose(UPRIGHT[orientation])
    return Image.Image()._new(picture.im)  # a decoder's picture is more than its pixels: it holds its file and its metadata
