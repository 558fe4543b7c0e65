"""bytes -> bytes without metadata, and which way up the picture is.

A photo carries much that is not needed to draw it: camera settings, previews, comments. Decoders parse these, and refuse a
good picture when one of them is malformed. So they are removed first, and only the orientation is read. A file whose
structure is not understood is left as it is, for its decoder to judge.

References: ITU-T T.81 annex B (JPEG), W3C PNG 3rd edition, TIFF 6.0, ISO/IEC 14496-12 (HEIF, AVIF), CIPA DC-008 (EXIF).
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from editor.photos.codings import Coding, numbered_coding
from editor.photos.png import PNG_SIGNATURE, chunks, for_eight_bits, is_drawing_chunk
from editor.photos.samples import Samples
from editor.photos.tiff import only_largest_page, orientation_of_exif

JPEG_START, JPEG_SCAN = b"\xff\xd8", 0xDA
JPEG_LENGTHS = {b"ICC_PROFILE\0": 15, b"JFIF": 14, b"Adobe": 12}
"""How a segment that a decoder uses begins, and its least length. The JPEG library passes over shorter ones."""
EXIF_ITEM = re.compile(rb"(infe[\x02\x03]...(?:..|....)..)Exif", re.DOTALL)
NCLX = re.compile(rb"colrnclx(..)(..)", re.DOTALL)


@dataclass(frozen=True)
class Essence:
    """What is needed to draw a picture.

    Attributes:
        content: bytes that a decoder can read.
        orientation: how the picture is stored, 1 to 8 as in EXIF; None: the decoder says.
        coding: colour primaries and transfer function; None: the file does not say.
        white: the value of white in the samples; None: the file does not say.
        negative: whether the value 0 is white.
        samples: how the picture's colours lie in the one channel that the decoder finds; None: it finds the colours.
    """

    content: bytes
    orientation: int | None = None
    coding: Coding | None = None
    white: int | None = None
    negative: bool = False
    samples: Samples | None = None


def without_metadata(content: bytes) -> Essence:
    """Separate what draws the picture from what does not.

    Args:
        content: the bytes of a file. Those of kinds that are not known here are returned as they are.

    >>> import io
    >>> from PIL import Image
    >>> stream, exif = io.BytesIO(), Image.Exif()
    >>> exif[274], exif[271] = 6, "The camera's maker"
    >>> Image.new("RGB", (8, 8)).save(stream, "JPEG", exif=exif)
    >>> essence = without_metadata(stream.getvalue())
    >>> essence.orientation, b"maker" in stream.getvalue(), b"maker" in essence.content
    (6, True, False)
    """
    try:
        if content.startswith(JPEG_START):
            return _jpeg(content)
        if content.startswith(PNG_SIGNATURE):
            return _png(content)
        if content[:2] in (b"II", b"MM"):
            return _tiff(content)
        if content[4:8] == b"ftyp":
            return _iso_media(content)
    except (struct.error, IndexError, ValueError):  # the structure is not that of the format, or ends too early
        return Essence(content)
    return Essence(content)


def _jpeg(content: bytes) -> Essence:
    kept, orientation = [JPEG_START], 1
    rest = 2
    for marker, start, end in _jpeg_segments(content):
        body = content[start + 4 : end]
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = orientation_of_exif(body[6:])
        if _is_drawing_segment(marker, body):
            kept.append(content[start:end])
        rest = end
    return Essence(b"".join([*kept, content[rest:]]), orientation)


def _is_drawing_segment(marker: int, body: bytes) -> bool:
    """Whether the segment is needed to draw the picture, and long enough for what it claims to be."""
    if any(body.startswith(name) and len(body) < length for name, length in JPEG_LENGTHS.items()):
        return not (0xE0 <= marker <= 0xEF)
    metadata = 0xE1 <= marker <= 0xED or marker == 0xFE  # APP1 to APP13, and comments; APP14 says how colours are stored
    return not metadata or (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0"))


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the first scan. It stops early where there is no marker."""
    start = 2
    while content[start] == 0xFF:
        marker = content[start + 1]
        if marker == 0xFF:  # a fill byte
            start += 1
            continue
        if marker == JPEG_SCAN or marker < 0xC0 or 0xD0 <= marker <= 0xD9:
            return
        end = start + 2 + int.from_bytes(content[start + 2 : start + 4], "big")
        yield marker, start, end
        start = end


def _png(content: bytes) -> Essence:
    parts = list(chunks(content))
    header = parts[0][1] if parts else b""
    kept = [part for part in parts if is_drawing_chunk(*part, header)]
    coding = next((numbered_coding(body[0], body[1]) for kind, body, _ in kept if kind == b"cICP"), None)
    dropped = {b"cICP", b"iCCP"} if coding else {b"cICP"}  # numbers override a profile
    drawing = [for_eight_bits(*part, header) for part in kept if part[0] not in dropped]
    orientation = next((orientation_of_exif(body) for kind, body, _ in parts if kind == b"eXIf"), 1)
    return Essence(b"".join([PNG_SIGNATURE, *drawing]), orientation, coding)


def _tiff(content: bytes) -> Essence:
    page = only_largest_page(content)
    return Essence(page.content, page.orientation, None, page.white, page.negative, page.samples)


def _iso_media(content: bytes) -> Essence:
    """HEIF and AVIF. Their decoders turn the picture by its `irot` and `imir` properties, which override EXIF."""
    nclx = NCLX.search(content)
    coding = numbered_coding(int.from_bytes(nclx[1], "big"), int.from_bytes(nclx[2], "big")) if nclx else None
    return Essence(EXIF_ITEM.sub(rb"\1free", content), None, coding)
