"""Of a TIFF file's pages the photo is opened, in either byte order and both widths."""

import numpy as np
import pytest
from PIL import Image

from editor.images import open_photo
from tests.conftest import difference
from tests.photos.files import encoded, gradient

SMALL = Image.new("RGB", (64, 64), "red")


def test_a_thumbnail_before_the_photo_is_passed_over():
    content = encoded(SMALL, "TIFF", save_all=True, append_images=[gradient()])
    assert difference(open_photo(content), gradient()) == 0


def test_a_page_marked_as_reduced_is_passed_over_though_it_is_larger():
    large = Image.new("RGB", (300, 300), "blue")
    content = encoded(large, "TIFF", save_all=True, append_images=[gradient()], tiffinfo={254: 1})
    with_marks = content.replace(b"\xfe\x00\x04\x00\x01\x00\x00\x00\x01", b"\xfe\x00\x04\x00\x01\x00\x00\x00\x00")
    marked = content[: len(content) // 2] + with_marks[len(content) // 2 :]  # only the first page stays marked
    assert open_photo(marked).size == gradient().size


def test_of_equal_pages_the_first_is_opened():
    other = Image.new("RGB", gradient().size, "red")
    content = encoded(gradient(), "TIFF", save_all=True, append_images=[other])
    assert difference(open_photo(content), gradient()) == 0


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate", "jpeg", "packbits"])
@pytest.mark.parametrize("big", [False, True])
def test_compressed_pages_after_a_thumbnail(compression, big):
    options = {"compression": compression} if compression else {}
    content = encoded(SMALL, "TIFF", save_all=True, append_images=[gradient()], big_tiff=big, **options)
    assert difference(open_photo(content), gradient()) < 6


def test_big_endian_files():
    picture = Image.fromarray(np.linspace(0, 65535, 80 * 80).reshape(80, 80).astype(">u2"))
    content = encoded(picture, "TIFF")
    assert content[:2] == b"MM"
    assert np.abs(np.asarray(open_photo(content))[..., 0] - np.linspace(0, 255, 80 * 80).reshape(80, 80)).max() <= 1


def test_pages_that_lead_in_a_circle_end():
    content = bytearray(encoded(gradient(), "TIFF"))
    start = int.from_bytes(content[4:8], "little")
    end = start + 2 + 12 * int.from_bytes(content[start : start + 2], "little")
    content[end : end + 4] = content[4:8]
    assert difference(open_photo(bytes(content)), gradient()) == 0
