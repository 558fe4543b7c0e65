"""The bytes of a file -> its picture in 8 bits, not turned and not converted, with what is known of it."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from editor.errors import PhotoError
from editor.photos.stored import stored_picture
from tests.photos.files import chunk, colour_tiff, directory, encoded, gradient, jpeg_with_exif, png_with
from tests.photos.test_metadata import ORIENTED

SIXTEEN = np.random.default_rng(0).integers(0, 65536, (90, 120, 3), dtype=np.uint16)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_the_pixels_are_those_of_the_file(kind):
    stored = stored_picture(encoded(gradient(), kind), "photo")
    assert stored.picture.tobytes() == gradient().tobytes()
    assert (stored.orientation, stored.is_deep, stored.coding) == (1, False, None)


def test_a_turned_photo_is_not_turned_yet():
    stored = stored_picture(jpeg_with_exif(gradient(), directory(ORIENTED)), "photo")
    assert (stored.picture.size, stored.orientation) == (gradient().size, 6)


def test_the_coding_is_told_and_not_applied():
    stored = stored_picture(png_with(encoded(gradient(), "PNG"), chunk(b"cICP", bytes([12, 13, 0, 1]))), "photo")
    assert stored.coding is not None and stored.coding.primaries[0] == (0.68, 0.32)
    assert stored.picture.tobytes() == gradient().tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGB;16"])
def test_depth_of_heif(mode):
    values = SIXTEEN.astype("<u2") if mode == "RGB;16" else np.asarray(gradient())
    buffer = io.BytesIO()
    pillow_heif.from_bytes(mode, gradient().size, values.tobytes()).save(buffer, quality=90)
    assert stored_picture(buffer.getvalue(), "photo").is_deep == (mode == "RGB;16")


def test_depth_of_tiff_and_png():
    assert stored_picture(colour_tiff(SIXTEEN), "photo").is_deep
    assert stored_picture(encoded(Image.fromarray(SIXTEEN[..., 0]), "PNG"), "photo").is_deep
    assert not stored_picture(encoded(gradient().convert("1"), "PNG"), "photo").is_deep


def test_what_is_too_small_or_no_picture_is_named():
    for content in (b"", b"nothing", encoded(Image.new("RGB", (2, 2)), "PNG")):
        with pytest.raises(PhotoError, match=r"^holiday\.jpg "):
            stored_picture(content, "holiday.jpg")
