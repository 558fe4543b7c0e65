"""Photos to open: of several people, in formats that a browser does not know, turned, and of nobody."""

import base64
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from tests.conftest import ROOT

EXAMPLES = sorted((ROOT / "assets" / "examples").glob("*.jpg"))
ORIENTATIONS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""Value of EXIF's Orientation -> how an upright picture is turned before it is stored with that value."""
ORIENTATION = 0x0112


def person(index: int, side: int = 300) -> Image.Image:
    """One of the examples' people, none of whom exists."""
    picture = Image.open(EXAMPLES[index % len(EXAMPLES)]).convert("RGB")
    picture.thumbnail((side, side))
    return ImageOps.mirror(picture) if index >= len(EXAMPLES) else picture


def crowd(count: int = 5, side: int = 300) -> Image.Image:
    """Several people beside one another, each a little smaller than the one before."""
    photo = Image.new("RGB", (count * side, side + 40), (120, 130, 140))
    for index in range(count):
        one = person(index, side - 14 * index)
        photo.paste(one, (index * side + (side - one.width) // 2, 20))
    return photo


def nobody() -> Image.Image:
    """A photo without a face."""
    photo = Image.linear_gradient("L").resize((480, 360)).convert("RGB")
    ImageDraw.Draw(photo).polygon([(60, 300), (200, 80), (380, 320)], fill=(90, 120, 70))
    return photo


def turned(picture: Image.Image, orientation: int, path: Path) -> Path:
    """Stored as a camera held this way stores it."""
    how = ORIENTATIONS[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    (picture.transpose(how) if how is not None else picture).save(path, quality=95, exif=exif)
    return path


def heic(picture: Image.Image, path: Path) -> Path:
    """As telephones store it."""
    import pillow_heif

    pillow_heif.from_pillow(picture).save(path, quality=90)
    return path


def motion_jpeg(picture: Image.Image, path: Path) -> Path:
    """A film of one picture, which Chromium takes for a camera."""
    frame = io.BytesIO()
    picture.save(frame, "JPEG", quality=95)
    path.write_bytes(frame.getvalue() * 2)
    return path


SHOWN = """() => {
  const photo = document.querySelector("img.photo");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [photo.naturalWidth, photo.naturalHeight];
  canvas.getContext("2d").drawImage(photo, 0, 0);
  return canvas.toDataURL();
}"""


def shown(page) -> Image.Image:
    """The photo as the browser shows it, in the size that it was sent in."""
    page.wait_for_function("() => document.querySelector('img.photo')?.naturalWidth > 0")
    return Image.open(io.BytesIO(base64.b64decode(page.evaluate(SHOWN).split(",")[1]))).convert("RGB")
