"""Pictures of a sweep -> a moving picture: MP4, animated WebP or GIF, with the mark that AI edited it.

PyAV's wheels bring FFmpeg's libraries with an encoder for H.264, so no program has to be installed. FFmpeg has no option for
an XMP packet in an MP4, and Pillow none in a GIF; both formats take one at a place of its own, where it is put here.

References: ISO 16684-3 (XMP in files), GIF89a.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import GifImagePlugin, Image, WebPImagePlugin  # noqa: F401  to import a plugin is to register it

from editor.errors import EditorError, SettingError
from editor.files.temporary import temporary_folder
from editor.saving.formats import bare

ENCODERS = ("libx264", "libopenh264", "h264")
"""Of H.264, the first that FFmpeg has here."""
MP4_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""The identifier of the box that holds an XMP packet."""
GIF_XMP = b"\x21\xff\x0bXMP DataXMP"
GIF_XMP_END = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
"""A GIF's reader takes the packet for blocks whose length is their first byte; these bytes lead it to the end from any of
them."""
BT709 = 1
"""The number that ITU-T H.273 has for BT.709's primaries, transfer function and matrix."""
SMOOTHNESS = Fraction(1, 25)
"""Seconds that a picture of a sweep is shown."""
MOST_PICTURES = 1000


@dataclass(frozen=True)
class MovieFormat:
    """A format for moving pictures.

    Attributes:
        title: as a person knows it.
        ending: of file names, in lower case.
        media_type: as in a header of HTTP.
        longest: pixels a side at most.
    """

    title: str
    ending: str
    media_type: str
    longest: int


MOVIES = {
    "mp4": MovieFormat("MP4", ".mp4", "video/mp4", 4096),
    "webp": MovieFormat("WebP", ".webp", "image/webp", 16383),
    "gif": MovieFormat("GIF", ".gif", "image/gif", 65535),
}


def movie_format_of(path: Path) -> str:
    """The format that the ending of a file's name asks for.

    Raises:
        SettingError: no format has that ending.

    >>> movie_format_of(Path("smile.MP4"))
    'mp4'
    """
    for name, each in MOVIES.items():
        if path.suffix.lower() == each.ending:
            return name
    raise SettingError(f"{ascii(path.name)[:60]} has no ending of a moving picture. Use .mp4, .webp or .gif.")


def sweep_values(strength: float, count: int) -> tuple[float, ...]:
    """Strengths from -strength to +strength, at equal distances.

    Args:
        count: how many, at least 2; an odd number has 0 among them.

    Raises:
        SettingError: there are too few or too many, or the strength is not above 0.

    >>> sweep_values(2, 5)
    (-2.0, -1.0, 0.0, 1.0, 2.0)
    """
    if not 2 <= count <= MOST_PICTURES:
        raise SettingError(f"A sweep has 2 to {MOST_PICTURES} pictures.")
    if not strength > 0:
        raise SettingError("A sweep goes from minus a strength to plus that strength, which is above 0.")
    return tuple(float(strength) * (2 * number / (count - 1) - 1) for number in range(count))


def movie_of(
    pictures: Sequence[Image.Image],
    format: str,
    *,
    quality: int = 90,
    once: bool = False,
    xmp: bytes | None = None,
    seconds: Fraction = SMOOTHNESS,
) -> bytes:
    """A moving picture as a file. WebP and GIF play again and again; whether an MP4 does, its player decides.

    Args:
        pictures: of one size, from the lowest strength to the highest, in sRGB; what is transparent in them lies on white.
        format: one of `MOVIES`.
        quality: 1 to 100, of MP4 and WebP; a GIF has 256 colours a picture.
        once: stop at the last picture, instead of going back through all of them to the first.
        xmp: a packet (`editor.saving.marks`).
        seconds: that each picture is shown.

    Raises:
        SettingError: there is no such format or quality, there are no pictures or too many, they differ in size or are too
            large, or the packages do not bring an encoder here.

    >>> pictures = [Image.new("RGB", (64, 64), (level, 0, 0)) for level in (0, 128, 255)]
    >>> Image.open(io.BytesIO(movie_of(pictures, "webp"))).n_frames
    4
    """
    _check(pictures, format, quality)
    shown = [_plain(picture) for picture in pictures]
    if not once:
        shown += shown[-2:0:-1]  # the ends are not shown twice
    if format == "mp4":
        content = _mp4(shown, quality, seconds)
        return content + _mp4_box(xmp) if xmp else content
    options: dict[str, Any] = {"save_all": True, "append_images": shown[1:], "duration": round(1000 * seconds), "loop": 0}
    if format == "webp":
        options |= {"quality": quality, "method": 3, "xmp": xmp or b""}
    stream = io.BytesIO()
    shown[0].save(stream, MOVIES[format].title, **options)
    content = stream.getvalue()
    return content[:-1] + GIF_XMP + xmp + GIF_XMP_END + content[-1:] if format == "gif" and xmp else content


def _check(pictures: Sequence[Image.Image], format: str, quality: int) -> None:
    if format not in MOVIES:
        raise SettingError(f"There is no moving picture {ascii(format)[:40]}. There are: {', '.join(MOVIES)}.")
    if not isinstance(quality, int) or not 1 <= quality <= 100:
        raise SettingError("The quality of a moving picture is a whole number from 1 to 100.")
    if not 1 <= len(pictures) <= MOST_PICTURES or len({picture.size for picture in pictures}) > 1:
        raise SettingError(f"A moving picture is made of 1 to {MOST_PICTURES} pictures of one size.")
    into = MOVIES[format]
    if max(pictures[0].size) > into.longest:
        raise SettingError(f"{into.title} holds {into.longest} pixels a side at most. Make the pictures smaller.")


def _plain(picture: Image.Image) -> Image.Image:
    """RGB, without `info`."""
    if picture.has_transparency_data:
        page = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(page, picture.convert("RGBA"))
    return bare(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _mp4(pictures: Sequence[Image.Image], quality: int, seconds: Fraction) -> bytes:
    """H.264 in 4:2:0, which every browser and telephone plays; for that the sides are even, by a row or column repeated."""
    try:
        with temporary_folder("face-editor-movie-") as folder:
            return _mp4_in(folder, pictures, quality, seconds)
    except OSError as error:
        raise EditorError(f"The movie cannot be written to {error.filename}: {error.strerror}.") from error


def _mp4_in(folder: Path, pictures: Sequence[Image.Image], quality: int, seconds: Fraction) -> bytes:
    """The same, by way of a file in a folder."""
    import av  # FFmpeg's libraries are large
    from av.video.reformatter import ColorRange, Colorspace

    encoder = _encoder()
    file = folder / "movie.mp4"  # FFmpeg opens it again by name, to put the index before the pictures
    with av.open(file, "w", format="mp4", options={"movflags": "+faststart"}) as movie:
        # x264's quality is a constant rate factor, from 51, the worst, to 0
        options = {"crf": str(round(40 - 0.28 * quality)), "preset": "medium"} if encoder == "libx264" else {}
        video: Any = movie.add_stream(encoder, rate=1 / seconds, options=options)
        width, height = pictures[0].size
        video.width, video.height, video.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        if not options:
            video.bit_rate = round(video.width * video.height / seconds * quality / 300)
        video.colorspace = video.color_primaries = video.color_trc = BT709  # what players expect of large pictures
        video.color_range = ColorRange.MPEG
        for picture in pictures:
            frame = av.VideoFrame.from_image(_even(picture))
            movie.mux(video.encode(frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)))
        movie.mux(video.encode(None))
    return file.read_bytes()


def _encoder() -> str:
    """The name of an encoder for H.264.

    Raises:
        SettingError: FFmpeg has none here.
    """
    import av

    found = next((name for name in ENCODERS if name in av.codecs_available), None)
    if found is None:
        raise SettingError("The package av has no encoder for MP4 here. Choose WebP or GIF, or install av from its wheel.")
    return found


def _even(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width % 2 == height % 2 == 0:
        return picture
    page = Image.new("RGB", (width + width % 2, height + height % 2))
    for place in ((width % 2, height % 2), (0, height % 2), (width % 2, 0), (0, 0)):
        page.paste(picture, place)
    return page


def _mp4_box(xmp: bytes) -> bytes:
    return (len(xmp) + 24).to_bytes(4, "big") + b"uuid" + MP4_XMP + xmp
