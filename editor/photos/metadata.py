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

from editor.photos.tiff import only_largest_page, orientation_of_exif

JPEG_START, JPEG_SCAN = b"\xff\xd8", 0xDA
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"IDAT", b"IEND"}
EXIF_ITEM = re.compile(rb"(infe[\x02\x03]...(?:..|....)..)Exif", re.DOTALL)
NCLX = re.compile(rb"colrnclx(..)(..)", re.DOTALL)


@dataclass(frozen=True)
class Essence:
    """What is needed to draw a picture.

    Attributes:
        content: bytes that a decoder can read.
        orientation: how the picture is stored, 1 to 8 as in EXIF; None: the decoder says.
        coding: colour primaries and transfer function, numbered as in ITU-T H.273; None: the file does not say.
        white: the value of white in the samples; None: the file does not say.
        negative: whether the value 0 is white.
    """

    content: bytes
    orientation: int | None = None
    coding: tuple[int, int] | None = None
    white: int | None = None
    negative: bool = False


def without_metadata(content: bytes) -> Essence:
    """Separate what draws the picture from what does not. Files of other kinds are returned as they are."""
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
        metadata = 0xE1 <= marker <= 0xED or marker == 0xFE  # APP1 to APP13, and comments; APP14 says how colours are stored
        if not metadata or body.startswith(b"ICC_PROFILE\0"):
            kept.append(content[start:end])
        rest = end
    return Essence(b"".join([*kept, content[rest:]]), orientation)


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
    kept, orientation, coding = [PNG_SIGNATURE], 1, None
    start = len(PNG_SIGNATURE)
    while start + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, start)
        end = start + 12 + length
        body = content[start + 8 : end - 4]
        if kind == b"eXIf":
            orientation = orientation_of_exif(body)
        if kind == b"cICP" and len(body) == 4:
            coding = (body[0], body[1])
        if kind in PNG_CHUNKS:
            kept.append(content[start:end])
        start = end
    return Essence(b"".join(kept), orientation, coding)


def _tiff(content: bytes) -> Essence:
    page = only_largest_page(content)
    return Essence(page.content, page.orientation, None, page.white, page.negative)


def _iso_media(content: bytes) -> Essence:
    """HEIF and AVIF. Their decoders turn the picture by its `irot` and `imir` properties, which override EXIF."""
    nclx = NCLX.search(content)
    coding = (int.from_bytes(nclx[1], "big"), int.from_bytes(nclx[2], "big")) if nclx else None
    return Essence(EXIF_ITEM.sub(rb"\1free", content), None, coding)
