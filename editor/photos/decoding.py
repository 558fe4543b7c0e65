"""bytes -> pixels: run Pillow's decoders on content that may be hostile, damaged or cut short.

Each decoder raises errors of its own, some of any type at all. Here, and only around the calls into the decoders, all of
them become a `PhotoError`.
"""

import io
import math
import re
import warnings
import zlib

import numpy as np
import pillow_heif
from PIL import (
    AvifImagePlugin,  # noqa: F401  to import a plugin is to register it
    BmpImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    IcoImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    Jpeg2KImagePlugin,  # noqa: F401
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from editor.errors import PhotoError
from editor.photos.bands import bands_of

MAX_PIXELS = 120_000_000
MIN_SIDE = 64
MISSING_SHARE = 0.05
MISSING_ROWS = 16
"""A picture of which no more rows are missing than this share of it, or than this many, is opened."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM", "ICO")
CUT_SHORT = "The end of the file is missing; the last rows may be grey."
JPEG_END = b"\xff\xd9"
JPEG_SCAN = re.compile(rb"\xff\xda..([\x01-\x04])", re.DOTALL)
JPEG_PROGRESSIVE = re.compile(rb"\xff\xc2\0.\x08")
GREY = 128
EXPANSION = {
    ("PNG", None): 1032,  # Deflate makes of two bits a run of 258 bytes
    ("TIFF", "tiff_deflate"): 1032,
    ("TIFF", "tiff_adobe_deflate"): 1032,
    ("TIFF", "tiff_lzw"): 2731,  # a code of 12 bits is a run of at most 4096 bytes
    ("JPEG", None): 1536,  # a block of 64 pixels takes at least one bit
}
"""Format and compression -> bytes of pixels that one byte of the file can hold at most."""
LEAST_SHARE = 0.5
"""A file that can hold no more than this share of its pixels is not decoded at all."""
PPM_HEADER = re.compile(rb"P[1-6](?:(?:\s|#[^\n\r]*[\n\r])+\d+){2,3}\s")
MAX_PPM_HEADER = 100_000
"""Bytes. Pillow reads a comment byte by byte, so a long one would take minutes."""

# Once, where the import lock keeps threads apart. Registering is Pillow's way to know a format, and the limit below is
# this project's own, so Pillow's warning about large pictures says nothing.
pillow_heif.register_heif_opener()
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def decode(content: bytes, name: str) -> tuple[Image.Image, tuple[str, ...]]:
    """The first picture of a file, in whatever mode it is stored, and what is to be said about it.

    Where the last few rows are missing the others are shown, as browsers do.

    Args:
        content: the bytes of a file.
        name: what an error calls the photo.

    Raises:
        PhotoError: it is no picture of the known formats, it is damaged, too small or too large.

    >>> stream = io.BytesIO()
    >>> Image.new("RGB", (80, 64), "red").save(stream, "PNG")
    >>> picture, notes = decode(stream.getvalue(), "red.png")
    >>> picture.size, notes
    ((80, 64), ())
    """
    picture = _decode_whole(content, name)
    return (picture, ()) if picture else (_decode_rest(content, name), (CUT_SHORT,))


def _decode_whole(content: bytes, name: str) -> Image.Image | None:
    """The picture; None where its end is missing. A function, so that what was decoded is given up when it returns."""
    try:
        with _opened(content, name) as picture:
            _load(picture, name)
            check_size(picture, name)  # some formats state one size and hold another
            return picture
    except _CutShortError:
        return None


def load(picture: Image.Image, name: str) -> None:
    """Read the pixels of a picture that somebody else opened.

    Raises:
        PhotoError: it cannot be decoded.

    >>> load(Image.new("RGB", (80, 64)), "red.png")  # its pixels are there already
    """
    try:
        _load(picture, name)
    except _CutShortError as error:
        raise _refusal(error, name) from error


def check_size(picture: Image.Image, name: str) -> None:
    """Refuse what is too large to be handled, over `MAX_PIXELS`, or too small to show a face, under `MIN_SIDE` a side.

    Raises:
        PhotoError: it is.

    >>> check_size(Image.new("RGB", (80, 20)), "stripe.png")
    Traceback (most recent call last):
    editor.errors.PhotoError: stripe.png has 80 x 20 pixels, too few to show a face. 64 a side is the least.
    """
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PhotoError(
            f"{name} has {width} x {height} pixels. At most {MAX_PIXELS / 1e6:.0f} megapixels are accepted. "
            "Save a smaller copy of it."
        )
    if min(width, height) < MIN_SIDE:
        raise PhotoError(f"{name} has {width} x {height} pixels, too few to show a face. {MIN_SIDE} a side is the least.")


class _CutShortError(Exception):
    """The decoder wants more bytes, or does not understand the ones it has."""


def _refusal(error: Exception, name: str) -> PhotoError:
    if isinstance(error, Image.DecompressionBombError):
        return PhotoError(
            f"{name} is too large. At most {MAX_PIXELS / 1e6:.0f} megapixels are accepted. Save a smaller copy of it."
        )
    return PhotoError(
        f"{name} cannot be decoded: it is damaged, incomplete or of an unusual kind. "
        "Save or download it again as JPEG or PNG, or choose another."
    )


def _opened(content: bytes, name: str) -> ImageFile.ImageFile:
    """The file's header read and its size checked; its pixels are not decoded yet."""
    if content[:1] == b"P" and content[1:2] in b"123456" and not PPM_HEADER.match(content[:MAX_PPM_HEADER]):
        raise _refusal(ValueError("no header"), name)
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except MemoryError:
        raise
    except UnidentifiedImageError as error:
        if _has_known_start(content):
            raise _refusal(error, name) from error
        raise PhotoError(
            f"{name} is not a photo that can be read. Use JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP or GIF."
        ) from error
    except Exception as error:  # hostile bytes can bring a library to raise anything
        raise _refusal(error, name) from error
    check_size(picture, name)
    if len(content) * EXPANSION.get((picture.format, picture.info.get("compression")), math.inf) < _least_bytes(picture):
        raise _refusal(ValueError("far too few bytes"), name)
    return picture


def _least_bytes(picture: Image.Image) -> float:
    """Bytes that `LEAST_SHARE` of the pixels need at least. One channel may be stored with one bit for each pixel."""
    bands = len(picture.getbands())
    return picture.width * picture.height * (bands if bands > 1 else 1 / 8) * LEAST_SHARE


def _has_known_start(content: bytes) -> bool:
    """Whether the content begins as a picture does, so that it is a damaged one and not something else."""
    accepts = (Image.OPEN[kind][1] for kind in FORMATS)
    return any(accept is not None and accept(content[:16]) is True for accept in accepts)


def _load(picture: Image.Image, name: str) -> None:
    try:
        picture.load()
    except MemoryError:
        raise
    except OSError as error:  # what Pillow raises where the bytes end too early
        raise _CutShortError from error
    except Exception as error:  # as above
        raise _refusal(error, name) from error


def _decode_rest(content: bytes, name: str) -> Image.Image:
    """The picture with the rows that are missing grey.

    Pillow has a switch for this, but it is one for the whole process. Instead the picture is decoded twice, onto grey and
    onto white: a row that the decoder does not reach differs between the two.

    Raises:
        PhotoError: too much is missing, or the format is not decoded row by row.
    """
    is_jpeg = content.startswith(b"\xff\xd8")
    if is_jpeg:
        content += JPEG_END  # with which the decoder makes the missing rows grey itself
    try:
        white = _checksums(_decode_onto(content, name, 255))  # of the one picture only these, to hold no two at once
        picture = _decode_onto(content, name, GREY)
    except _CutShortError as error:
        raise _refusal(error, name) from error
    missing = _checksums(picture) != white
    if is_jpeg:
        missing |= np.flip(np.logical_and.accumulate(np.flip(_grey_rows(picture))))  # as far up as all rows below are grey
    if missing.sum() > max(MISSING_SHARE * picture.height, MISSING_ROWS) or (is_jpeg and not _has_all_frequencies(content)):
        raise _refusal(ValueError(f"{missing.sum()} rows are missing"), name)
    return picture


def _checksums(picture: Image.Image) -> np.ndarray:
    """A checksum of each row, [H]."""
    return np.array([zlib.crc32(row.tobytes()) for _, band in bands_of(picture) for row in np.asarray(band)])


def _grey_rows(picture: Image.Image) -> np.ndarray:
    """Which rows are of the grey with which a JPEG decoder fills what is missing, [H] booleans."""
    rows = [np.asarray(band).reshape(band.height, -1) for _, band in bands_of(picture)]
    return np.concatenate([((band == GREY) | (band == GREY - 1)).all(1) for band in rows])


def _decode_onto(content: bytes, name: str, level: int) -> Image.Image:
    """The picture as far as it can be decoded, onto a picture that holds `level` everywhere."""
    with _opened(content, name) as picture:
        picture.im = Image.new(picture.mode, picture.size, (level,) * len(picture.getbands())).im
        try:
            _load(picture, name)
        except _CutShortError:
            picture.tile = []  # what is decoded is enough
            _load(picture, name)
        return picture


def _has_all_frequencies(content: bytes) -> bool:
    """Whether a JPEG shows all its detail: a progressive one sends it in scans, of which the last may be cut short.

    Each scan says which coefficients of which components it brings, and how many of their bits are still to come.
    """
    if not JPEG_PROGRESSIVE.search(content):
        return True
    missing: set[tuple[int, int]] | None = None
    for scan in JPEG_SCAN.finditer(content):
        count = scan[1][0]
        header = content[scan.end() : scan.end() + 2 * count + 3]
        if len(header) < 2 * count + 3:
            break
        components = header[0 : 2 * count : 2]
        if missing is None:  # the first scan names all components
            missing = {(component, frequency) for component in components for frequency in range(64)}
        first, last, bits = header[2 * count :]
        if bits % 16 == 0:
            missing -= {(component, frequency) for component in components for frequency in range(first, last + 1)}
    return missing == set()
