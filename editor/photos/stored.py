"""bytes -> the picture as it is stored: in 8 bits and its own colours, not turned yet."""

import re
from dataclasses import dataclass

from PIL import Image

from editor.photos.codings import Coding, coding_of
from editor.photos.decoding import check_size, decode
from editor.photos.depth import WIDE_MODES, to_eight_bits
from editor.photos.metadata import Essence, without_metadata
from editor.photos.orientation import orientation_of
from editor.photos.png import PNG_SIGNATURE
from editor.photos.samples import to_colours

PNG_DEPTH = 24
"""Where a PNG file says how many bits its samples have."""
PIXEL_BITS = re.compile(rb"pixi\0\0\0\0[\x01-\x04](.)", re.DOTALL)
"""Where HEIF and AVIF say it."""


@dataclass(frozen=True, eq=False)
class Stored:
    """A decoded picture.

    Attributes:
        picture: in a mode of 8 bits.
        coding: the colours that its numbers stand for; None: an ICC profile in `picture.info` says, or nothing does.
        orientation: how it is turned, 1 to 8 as in EXIF.
        is_deep: whether the file has more than 8 bits for a sample.
        notes: what a person should know of how it was read.
    """

    picture: Image.Image
    coding: Coding | None
    orientation: int
    is_deep: bool
    notes: tuple[str, ...] = ()


def stored_picture(content: bytes, name: str) -> Stored:
    """Decode the bytes of a file.

    Args:
        name: what errors call the photo.

    Raises:
        PhotoError: it is not a picture this can read, or it is damaged, too small or too large.

    >>> import io
    >>> stream = io.BytesIO()
    >>> Image.new("RGB", (80, 64)).save(stream, "PNG")
    >>> stored = stored_picture(stream.getvalue(), "black.png")
    >>> stored.picture.size, stored.orientation, stored.is_deep
    ((80, 64), 1, False)
    """
    essence = without_metadata(content)
    picture, notes = decode(essence.content, name)
    is_deep = _is_deep(content, essence, picture)
    if essence.samples:
        picture = to_colours(picture, essence.samples)
        check_size(picture, name)
    coding = coding_of(picture, essence.coding)
    orientation = essence.orientation or orientation_of(picture)
    return Stored(to_eight_bits(picture, essence.white, essence.negative), coding, orientation, is_deep, notes)


def _is_deep(content: bytes, essence: Essence, picture: Image.Image) -> bool:
    if content.startswith(PNG_SIGNATURE):
        return content[PNG_DEPTH] > 8
    if content[4:8] == b"ftyp":
        bits = PIXEL_BITS.search(content)
        return bits is not None and bits[1] > b"\x08"
    return bool(essence.samples) or picture.mode in WIDE_MODES
