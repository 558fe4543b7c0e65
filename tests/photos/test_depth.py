"""Pictures of many numbers a channel are opened as bright as they are."""

import io

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from editor.images import open_photo
from tests.photos.files import encoded, png_of_sixteen_bits, tiff

RAMP = np.linspace(0, 1, 100 * 100, dtype=np.float32).reshape(100, 100)
UNSIGNED = b"\x53\x01\x03\x00\x01\x00\x00\x00\x01"
"""The entry SampleFormat, little-endian."""


def off(photo: Image.Image, shares: np.ndarray) -> float:
    """Largest difference from shares of white, in levels."""
    return float(np.abs(np.asarray(photo)[..., 0] - shares * 255).max())


@pytest.mark.parametrize("white", [1, 255, 65535])
def test_floating_point(white):
    assert off(open_photo(tiff(RAMP * white)), RAMP) <= 1


def test_floating_point_a_little_above_white_is_white():
    assert off(open_photo(tiff(RAMP * 1.1)), (RAMP * 1.1).clip(0, 1)) <= 1


def test_what_is_no_number_is_black():
    values = RAMP.copy()
    values[0, :3] = np.nan, np.inf, -np.inf
    photo = np.asarray(open_photo(tiff(values)))
    assert (photo[0, :3] == 0).all() and photo[-1, -1, 0] == 255


def test_single_pixels_far_above_white_do_not_darken_floating_point():
    values = RAMP.copy()
    values[50, ::10] = 20
    photo = np.asarray(open_photo(tiff(values)))
    assert (photo[50, ::10] == 255).all()
    assert np.abs(np.delete(photo[..., 0], 50, 0) - np.delete(RAMP, 50, 0) * 255).max() <= 1


@pytest.mark.parametrize("white", [1023, 4095, 16383, 32767, 65535])
def test_fewer_bits_than_the_samples_have(white):
    assert off(open_photo(tiff((RAMP * white).astype(np.uint16))), RAMP) <= 1


def test_a_stated_white_decides():
    values = (RAMP * 2000).astype(np.uint16)
    assert off(open_photo(tiff(values, tag_281=16383)), RAMP * 2000 / 16383) <= 1


def test_samples_of_twelve_bits():
    """Packed, two samples in three bytes, which the tag BitsPerSample says."""
    values = (RAMP * 2000).astype(np.uint16)
    first, second = values[:, ::2], values[:, 1::2]
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], -1).astype(np.uint8).tobytes()
    content = encoded(Image.fromarray((RAMP * 255).astype(np.uint8)), "TIFF")
    start = content.index(b"\x02\x01\x03\x00\x01\x00\x00\x00")
    content = content[: start + 8] + b"\x0c\0\0\0" + content[start + 12 :]
    offset = int.from_bytes(content[(at := content.index(b"\x11\x01\x04\x00\x01\x00\x00\x00")) + 8 : at + 12], "little")
    content = content[:offset] + packed
    assert off(open_photo(content), RAMP * 2000 / 4095) <= 1


def test_sixteen_bits_that_are_nearly_black_stay_so():
    values = (RAMP * 200).astype(np.uint16)
    for kind in ("TIFF", "PNG"):
        assert np.asarray(open_photo(encoded(Image.fromarray(values), kind))).max() == 1


def test_a_png_uses_its_full_range_whatever_its_maximum():
    values = (RAMP * 4000).astype(np.uint16)
    assert off(open_photo(encoded(Image.fromarray(values), "PNG")), RAMP * 4000 / 65535) <= 1


def test_samples_of_which_zero_is_white():
    values = (RAMP * 65535).astype(np.uint16)
    assert off(open_photo(tiff(values, tag_262=0)), 1 - RAMP) <= 1


@pytest.mark.parametrize("white", [255, 65535])
def test_wide_integers(white):
    assert off(open_photo(tiff((RAMP * white).astype(np.int32))), RAMP) <= 1


def test_signed_samples_of_sixteen_bits():
    content = tiff((RAMP * 32767).astype(np.uint16), tag_339=2)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.mode == "I"
    assert off(open_photo(content), RAMP) <= 1


@pytest.mark.parametrize("white", [4095, 65535, 2**32 - 1])
def test_unsigned_integers_of_thirty_two_bits(white):
    values = (RAMP.astype(np.float64) * white).astype(np.uint32)
    content = tiff(values.view(np.int32)).replace(UNSIGNED.replace(b"\1\0\0\0\1", b"\1\0\0\0\2"), UNSIGNED)
    with Image.open(io.BytesIO(content)) as picture:
        assert isinstance(picture, TiffImagePlugin.TiffImageFile) and picture.tag_v2[339] == (1,)
        assert off(open_photo(picture), RAMP) <= 1
    assert off(open_photo(content), RAMP) <= 1


def test_integers_of_thirty_two_bits_with_sign():
    assert off(open_photo(tiff((RAMP.astype(np.float64) * (2**31 - 1)).astype(np.int32))), RAMP) <= 1


def test_the_clear_number_of_a_png_of_sixteen_bits_is_white():
    values = (RAMP * 65535).astype(np.uint16)
    values[values == 4660] += 1
    values[10:20] = 4660
    photo = np.asarray(open_photo(png_of_sixteen_bits(values, (4660,))))[..., 0]
    assert (photo[10:20] == 255).all()
    assert np.abs(np.delete(photo, range(10, 20), 0) - np.delete(RAMP, range(10, 20), 0) * 255).max() <= 1


def test_the_clear_colour_of_a_png_of_sixteen_bits_is_white():
    values = np.full((80, 80, 3), 30000, dtype=np.uint16)
    values[10:20] = colour = (0x1234, 0x5678, 0x9ABC)
    photo = np.asarray(open_photo(png_of_sixteen_bits(values, colour)))
    assert (photo[10:20] == 255).all() and (photo[20:] == 117).all()
