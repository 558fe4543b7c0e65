"""Picture -> bytes of a file: which formats there are, what each can hold, and how a picture is encoded in it.

A file holds the pixels, the photo's own colour profile and its dots per inch where the format has a place for them, and the
XMP packet and the recipe that are handed in. EXIF is never written. So orientation, which is applied already, location,
thumbnails and maker notes never leave.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from editor.errors import EditorError, SettingError
from editor.photos.original import JpegCoding
from editor.recipe import Recipe

RECIPE_KEY = "semantic-face-editor recipe"
"""The keyword of PNG's text that holds a recipe."""
XMP_KEY = "XML:com.adobe.xmp"
XMP_TAG, PREDICTOR_TAG = 700, 317
"""Of TIFF. With the predictor 2, differences to the pixel on the left are compressed, which are small in photos."""
Quality: TypeAlias = int | Literal["keep", "lossless"]
"""1 to 100; as the photo was compressed, if it was a JPEG; or without any loss, which WebP alone can choose."""
MANY_PIXELS = 16_000_000
"""From here on a PNG takes seconds, and a lower level of compression saves two fifths of them for an eighth more bytes."""
HIGH = 95
"""The quality where none is asked for and none is to be kept."""


@dataclass(frozen=True)
class Format:
    """A format that pictures can be saved in.

    Attributes:
        title: as a person knows it.
        pillow: Pillow's name.
        endings: of file names, in lower case; the first is the usual one. Empty: another format has the ending.
        media_type: as in a header of HTTP.
        lossless: whether the pixels are kept bit for bit.
        alpha: whether it holds transparency.
        grey: whether it holds pictures of one channel.
        dots: whether it holds dots per inch.
        longest: pixels a side at most.
    """

    title: str
    pillow: str
    endings: tuple[str, ...]
    media_type: str
    lossless: bool
    alpha: bool = True
    grey: bool = True
    dots: bool = True
    longest: int = 2**31 - 1


_WEBP: dict[str, Any] = {"pillow": "WEBP", "media_type": "image/webp", "grey": False, "dots": False, "longest": 16383}
FORMATS = {
    "png": Format("PNG", "PNG", (".png",), "image/png", lossless=True),
    "jpeg": Format("JPEG", "JPEG", (".jpg", ".jpeg"), "image/jpeg", lossless=False, alpha=False, longest=65535),
    "webp": Format("WebP", endings=(".webp",), lossless=False, **_WEBP),
    "webp-lossless": Format("lossless WebP", endings=(), lossless=True, **_WEBP),
    "avif": Format("AVIF", "AVIF", (".avif",), "image/avif", lossless=False, grey=False, dots=False, longest=65535),
    "tiff": Format("TIFF", "TIFF", (".tif", ".tiff"), "image/tiff", lossless=True),
}
OWN_FORMATS = {"PNG": "png", "JPEG": "jpeg", "MPO": "jpeg", "WEBP": "webp", "AVIF": "avif", "TIFF": "tiff", "HEIF": "jpeg"}
"""Pillow's name of a photo's format -> the format that a copy has. What is not named becomes a PNG, which loses nothing."""


def format_of(path: Path) -> str:
    """The format that the ending of a file's name asks for.

    Raises:
        SettingError: no format has that ending.

    >>> format_of(Path("Anna.JPG"))
    'jpeg'
    >>> format_of(Path("anna.heic"))
    Traceback (most recent call last):
    editor.errors.SettingError: 'anna.heic' has an ending that cannot be saved. Use .png, .jpg, .webp, .avif or .tif.
    """
    for name, each in FORMATS.items():
        if path.suffix.lower() in each.endings:
            return name
    *some, last = [each.endings[0] for each in FORMATS.values() if each.endings]
    what = "has an ending that cannot be saved" if path.suffix else "has no ending that says the format"
    raise SettingError(f"{ascii(path.name)[:60]} {what}. Use {', '.join(some)} or {last}.")


def own_format(pillow: str | None) -> str:
    """The format in which a copy of a photo is saved unless another is asked for.

    Args:
        pillow: Pillow's name of the photo's format; None: it has none.

    >>> own_format("MPO"), own_format("GIF")
    ('jpeg', 'png')
    """
    return OWN_FORMATS.get(pillow or "", "png")


def lost_in(
    image: Image.Image, format: str, icc_profile: bytes | None = None, dpi: tuple[float, float] | None = None
) -> tuple[str, ...]:
    """What a format cannot hold of a picture, in sentences for its owner.

    >>> lost_in(Image.new("RGBA", (8, 8), (255, 0, 0, 128)), "jpeg")
    ('JPEG has no transparency, so what is transparent lies on white.',)
    """
    into = FORMATS[format]
    lost = []
    if not into.alpha and _is_seen_through(image):
        lost.append(f"{into.title} has no transparency, so what is transparent lies on white.")
    if dpi and not into.dots:
        lost.append(f"{into.title} has no place for dots per inch, so they are not in the file.")
    if icc_profile and image.mode in ("L", "LA") and not into.grey:
        lost.append(f"{into.title} has no grey pictures, so the greys of the photo's profile became those of sRGB.")
    return tuple(lost)


def content_of(
    image: Image.Image,
    format: str,
    *,
    quality: Quality = HIGH,
    icc_profile: bytes | None = None,
    dpi: tuple[float, float] | None = None,
    jpeg: JpegCoding | None = None,
    xmp: bytes | None = None,
    recipe: Recipe | None = None,
) -> bytes:
    """A picture as a file.

    Args:
        image: upright, in mode RGB, RGBA, L or LA. What its `info` says is not written.
        format: one of `FORMATS`.
        quality: 1 to 100, of formats that are not lossless; "keep": as `jpeg` says if the file is a JPEG, else `HIGH`;
            "lossless": of WebP, and of formats that are.
        icc_profile: of the picture's colours; None: they are sRGB.
        dpi: dots per inch, across and down.
        jpeg: how the JPEG was encoded that the picture comes from.
        xmp: a packet (`editor.saving.marks`).
        recipe: for PNG's own text; other formats hold it in the packet.

    Raises:
        SettingError: there is no such format or quality, or the picture is larger than the format can hold.
        EditorError: its encoder failed, as for want of memory.

    >>> content = content_of(Image.new("RGB", (64, 64), "red"), "webp-lossless")
    >>> Image.open(io.BytesIO(content)).getpixel((0, 0))
    (255, 0, 0)
    """
    if format not in FORMATS:
        raise SettingError(f"There is no format {ascii(format)[:40]}. There are: {', '.join(FORMATS)}.")
    if quality == "lossless" and format == "webp":
        format = "webp-lossless"
    into = FORMATS[format]
    if max(image.size) > into.longest:
        raise SettingError(f"{into.title} holds {into.longest} pixels a side at most. Save the photo as PNG or TIFF.")
    picture, icc_profile = fitted(image, format, icc_profile)
    options = _options(format, picture, quality, jpeg) | _metadata(format, icc_profile, dpi, xmp, recipe)
    stream = io.BytesIO()
    try:
        picture.save(stream, into.pillow, **options)
    except (MemoryError, OSError, ValueError) as error:  # encoders say in any of these that memory does not suffice
        why = str(error).rstrip(".") or "there is not enough memory"
        raise EditorError(f"The photo cannot be saved as {into.title}: {why}. Choose JPEG or PNG, which need less.") from error
    return stream.getvalue()


def fitted(image: Image.Image, format: str, icc_profile: bytes | None) -> tuple[Image.Image, bytes | None]:
    """A picture in a mode that a format holds, without `info`, and the profile of its colours then.

    >>> fitted(Image.new("LA", (8, 8)), "jpeg", None)[0].mode
    'L'
    """
    into = FORMATS[format]
    picture = bare(image)
    if picture.has_transparency_data and not into.alpha:
        picture = _on_white(picture)
    if picture.mode in ("L", "LA") and not into.grey:
        picture, icc_profile = _coloured(picture, icc_profile), None
    return picture, icc_profile


def bare(picture: Image.Image) -> Image.Image:
    """The picture alone: Pillow writes what `info` says into files, such as comments and profiles.

    >>> picture = Image.new("RGB", (8, 8))
    >>> picture.info["comment"] = "of the camera"
    >>> bare(picture).info, bare(bare(picture)).size
    ({}, (8, 8))
    """
    if not picture.info:
        return picture
    copy = picture.copy()
    copy.info = {}
    return copy


def _on_white(picture: Image.Image) -> Image.Image:
    """White is the highest number of each channel, whatever the profile."""
    colours = picture.convert("L" if picture.mode == "LA" else "RGB")
    white = Image.new(colours.mode, colours.size, "white")
    return Image.composite(colours, white, picture.getchannel("A"))


def _coloured(picture: Image.Image, icc_profile: bytes | None) -> Image.Image:
    """Greys -> RGB or RGBA in sRGB."""
    grey = picture.getchannel("L")
    colours = grey.convert("RGB")
    if icc_profile:
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
            colours = ImageCms.profileToProfile(grey, profile, ImageCms.createProfile("sRGB"), outputMode="RGB") or colours
        except (ImageCms.PyCMSError, OSError):  # no profile of greys, so the numbers are all there is
            pass
    if picture.mode == "LA":
        colours.putalpha(picture.getchannel("A"))
    return colours


def _is_seen_through(image: Image.Image) -> bool:
    return image.has_transparency_data and image.getchannel("A").getextrema()[0] != 255


def _options(format: str, picture: Image.Image, quality: Quality, jpeg: JpegCoding | None) -> dict[str, Any]:
    """How a picture is encoded: fast, since slower settings make photos smaller by 10 % at most."""
    if quality == "lossless" and not FORMATS[format].lossless:
        raise SettingError(f"{FORMATS[format].title} always loses something. Save the photo as PNG, TIFF or WebP.")
    if quality not in ("keep", "lossless") and not (isinstance(quality, int) and 1 <= quality <= 100):
        raise SettingError("The quality of a picture is a whole number from 1 to 100, keep or lossless.")
    number = quality if isinstance(quality, int) else HIGH
    if format == "jpeg":
        if quality == "keep" and jpeg and jpeg.tables:
            tables = [list(table) for _, table in sorted(jpeg.tables.items())]
            return {"qtables": tables, "subsampling": jpeg.subsampling if jpeg.subsampling in (0, 1, 2) else 0}
        return {"quality": number, "subsampling": 0}
    return {
        "png": {"compress_level": 4 if picture.width * picture.height < MANY_PIXELS else 1},
        "webp": {"quality": number, "method": 2, "exact": True},
        "webp-lossless": {"lossless": True, "quality": 20, "method": 1, "exact": True},
        "avif": {"quality": number, "subsampling": "4:4:4", "speed": 9},
        "tiff": {"compression": "tiff_lzw"},
    }[format]


def _metadata(
    format: str, icc_profile: bytes | None, dpi: tuple[float, float] | None, xmp: bytes | None, recipe: Recipe | None
) -> dict[str, Any]:
    """What is written beside the pixels."""
    options: dict[str, Any] = {"icc_profile": icc_profile} if icc_profile else {}
    if dpi and FORMATS[format].dots:
        options["dpi"] = dpi
    if format == "png":
        options["pnginfo"] = PngInfo()
        if xmp:
            options["pnginfo"].add_itxt(XMP_KEY, xmp.decode())
        if recipe:
            options["pnginfo"].add_itxt(RECIPE_KEY, recipe.to_json())
    elif format == "tiff":
        options["tiffinfo"] = {PREDICTOR_TAG: 2} | ({XMP_TAG: xmp} if xmp else {})
    elif xmp:
        options["xmp"] = xmp
    return options
