"""A photo as its file has it: upright, and in its own colours, profile and resolution, so that a copy of it can keep them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, JpegImagePlugin, TiffImagePlugin

from editor.errors import PhotoError
from editor.photos.bands import convert_in_bands
from editor.photos.codings import coding_of
from editor.photos.colours import leads_to_srgb, means_srgb, to_srgb
from editor.photos.decoding import FORMATS, check_size, load
from editor.photos.depth import to_eight_bits
from editor.photos.files import FileSource, printable_name, read_file
from editor.photos.orientation import ON_ITS_SIDE, orientation_of, upright
from editor.photos.own_colours import OwnColours
from editor.photos.stored import Stored, stored_picture

MODES = ("RGB", "RGBA", "L", "LA")
"""What a photo is edited and saved in."""
PALETTES = {"P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "1": "L", "RGBX": "RGB"}
"""Modes whose colours are the same in another one."""
X_RESOLUTION, Y_RESOLUTION = 282, 283
"""Tags of a TIFF."""
HALF_THE_COLUMNS = 1
"""Pillow's number of 4:2:2."""
SIXTEEN_BITS = "This photo has more than 8 bits for each colour; an edited copy has 8."
CONVERTED = "The colours of this photo are of a kind that an edited copy cannot keep; the copy is in sRGB."
OPAQUE = "Transparent parts of this photo are white in an edited copy."
MOVING = "This file has several pictures; an edited copy has the first."


@dataclass(frozen=True, eq=False)
class JpegCoding:
    """How a JPEG was compressed, so that an upright copy of it can be compressed in the same way.

    Attributes:
        tables: quantization tables, number -> 64 values, row by row.
        subsampling: Pillow's number of the chroma subsampling, 0 to 2; -1: of another kind.
    """

    tables: Mapping[int, Sequence[int]]
    subsampling: int


@dataclass(frozen=True, eq=False)
class Original:
    """A photo in its own numbers.

    Attributes:
        image: upright, of mode RGB, RGBA, L or LA, in the photo's own colours, without metadata.
        icc_profile: which colours these are; None: sRGB.
        format: Pillow's name of the file's format, such as "JPEG"; empty for a picture that came from no file.
        dpi: pixels per inch, across and down; None: the file does not say.
        jpeg: how a JPEG was compressed.
        notes: sentences about what a copy does not keep.
    """

    image: Image.Image
    icc_profile: bytes | None = field(default=None, repr=False)
    format: str = ""
    dpi: tuple[float, float] | None = None
    jpeg: JpegCoding | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()

    @property
    def colours(self) -> OwnColours:
        """What converts to sRGB and back.

        >>> Original(Image.new("RGB", (8, 8))).colours
        OwnColours(to_srgb=None, back=None)
        """
        return OwnColours.of(self.image.mode, self.icc_profile) or OwnColours()


def read_original(source: FileSource | Path | str | bytes | Image.Image, name: str = "") -> Original:
    """Read a photo upright, with its own colours, profile and resolution.

    Args:
        source: a file that was read before, a path, the bytes of a file, or a picture.
        name: what errors call the photo; by default the name of its file, without the folder.

    Raises:
        PhotoError: it is not a picture this can read, it is damaged, too small or too large, or it has changed.

    >>> original = read_original(Image.new("LA", (80, 64)))
    >>> original.image.mode, original.icc_profile, original.notes
    ('LA', None, ())
    >>> read_original(Image.new("CMYK", (80, 64))).notes
    ('The colours of this photo are of a kind that an edited copy cannot keep; the copy is in sRGB.',)
    """
    if isinstance(source, Image.Image):
        return _of_picture(source, name or "The photo")
    if isinstance(source, FileSource):
        name, content = printable_name(source.path), source.read()
    elif isinstance(source, bytes):
        name, content = name or "The photo", source
    else:
        name = name or printable_name(Path(source))
        content = read_file(Path(source), name)
    try:
        return _of_content(content, name)
    except MemoryError as error:
        raise PhotoError(f"{name} is too large for this machine's memory. Save a smaller copy of it.") from error


def format_in(content: bytes) -> str:
    """Pillow's name of the format of a file, as `Original.format`; empty for what is no picture. No pixels are decoded.

    >>> format_in(b"not a picture")
    ''
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as header:
            return header.format or ""
    except MemoryError:
        raise
    except Exception:  # hostile bytes can bring a decoder to raise anything
        return ""


def _of_picture(picture: Image.Image, name: str) -> Original:
    check_size(picture, name)
    load(picture, name)
    is_deep = to_eight_bits(picture) is not picture
    return _original(Stored(to_eight_bits(picture), coding_of(picture), orientation_of(picture), is_deep), picture)


def _of_content(content: bytes, name: str) -> Original:
    stored = stored_picture(content, name)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as header:
            return _original(stored, header)
    except MemoryError:
        raise
    except Exception:  # metadata that the decoder refuses, and without which the picture was read
        return _original(stored, Image.Image())


def _original(stored: Stored, header: Image.Image) -> Original:
    """An original of what is stored.

    Args:
        header: the opened file, which says how it was compressed; its pixels are not looked at.
    """
    image, profile = _own_colours(stored)
    notes = [SIXTEEN_BITS] if stored.is_deep else []
    if image is None:
        image, profile = to_srgb(stored.picture, stored.coding), None
        notes += [CONVERTED, OPAQUE] if stored.picture.has_transparency_data else [CONVERTED]
    if _has_more(header):
        notes.append(MOVING)
    dpi, jpeg = _dpi(header), _jpeg(header)
    if stored.orientation in ON_ITS_SIDE:
        dpi, jpeg = dpi and (dpi[1], dpi[0]), jpeg and _turned(jpeg)
    return Original(upright(image, stored.orientation), profile, header.format or "", dpi, jpeg, tuple(notes))


def _own_colours(stored: Stored) -> tuple[Image.Image | None, bytes | None]:
    """The picture in its own colours and their profile; None where they cannot be kept."""
    picture, profile = stored.picture, stored.picture.info.get("icc_profile")
    mode = PALETTES.get(picture.mode, picture.mode)
    if picture.has_transparency_data and mode in ("RGB", "L"):
        mode += "A"
    if mode not in MODES:
        return None, None
    if profile is not None and OwnColours.of(mode, profile) is None:
        if leads_to_srgb(mode, profile):
            return None, None
        profile = None  # one that makes no sense is passed over
    if profile is None and stored.coding and not means_srgb(stored.coding):
        return None, None
    return (picture if picture.mode == mode else convert_in_bands(picture, mode, lambda band: band.convert(mode))), profile


def _has_more(header: Image.Image) -> bool:
    """Whether there are pictures besides the first, and not only smaller ones of the same, as TIFF, MPO and HEIF may have."""
    if getattr(header, "n_frames", 1) == 1 or header.format in ("MPO", "HEIF"):
        return False
    if header.format != "TIFF":
        return True
    size = header.size
    try:
        header.seek(1)
        return header.size == size
    except Exception:  # a page that cannot be read is none
        return False
    finally:
        header.seek(0)


def _dpi(header: Image.Image) -> tuple[float, float] | None:
    if isinstance(header, TiffImagePlugin.TiffImageFile) and not {X_RESOLUTION, Y_RESOLUTION} <= header.tag_v2.keys():
        return None  # Pillow says 1 where a TIFF says nothing
    try:
        across, down = (float(number) for number in header.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e5 and 0 < down < 1e5 else None


def _jpeg(header: Image.Image) -> JpegCoding | None:
    tables = getattr(header, "quantization", None)
    if not tables or not isinstance(header, JpegImagePlugin.JpegImageFile):
        return None
    return JpegCoding({number: list(table) for number, table in tables.items()}, JpegImagePlugin.get_sampling(header))


def _turned(jpeg: JpegCoding) -> JpegCoding:
    """For a picture whose rows became columns: a coefficient of a block is where its frequencies across and down say.

    Colours with half the columns become colours with half the rows, which Pillow does not write; it writes all of them then.
    """
    tables = {number: [table[8 * (at % 8) + at // 8] for at in range(64)] for number, table in jpeg.tables.items()}
    return JpegCoding(tables, 0 if jpeg.subsampling == HALF_THE_COLUMNS else jpeg.subsampling)
