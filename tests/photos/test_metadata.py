"""Metadata says which way up the picture is, and never whether it can be opened."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from editor.images import open_photo, read_photo
from editor.photos.metadata import without_metadata
from editor.photos.orientation import UPRIGHT
from tests.conftest import difference
from tests.photos.files import directory, encoded, gradient, jpeg_with_exif

ORIENTED = (274, 3, 1, struct.pack("<HH", 6, 0))
TURNED = Image.Transpose.ROTATE_270  # what orientation 6 asks for
ODD = {
    "negative rational": directory(ORIENTED, (282, 10, 1, struct.pack("<I", 38)), extra=struct.pack("<ii", -1, 72)),
    "rational of nothing": directory(ORIENTED, (282, 5, 1, struct.pack("<I", 38)), extra=struct.pack("<II", 1, 0)),
    "negative in an unsigned tag": directory(ORIENTED, (282, 10, 1, struct.pack("<I", 38)), extra=struct.pack("<ii", 5, -7)),
    "text for a number": directory(ORIENTED, (282, 2, 4, b"abc\0"), (296, 2, 4, b"cm\0\0")),
    "number for a text": directory(ORIENTED, (271, 4, 1, struct.pack("<I", 7)), (306, 12, 1, b"\0\0\0\0")),
    "endless value": directory(ORIENTED, (37510, 7, 0xFFFFFFFF, b"\xff\xff\xff\xff")),
    "camera settings at -1": directory(ORIENTED, (34665, 4, 1, b"\xff\xff\xff\xff")),
    "camera settings of text": directory(ORIENTED, (34665, 2, 4, b"abc\0")),
    "place at itself": directory(ORIENTED, (34853, 4, 1, struct.pack("<I", 8))),
    "unknown type": directory(ORIENTED, (282, 99, 1, b"\0\0\0\0")),
    "cut short": directory(ORIENTED, (282, 5, 1, struct.pack("<I", 38)))[:24],
}


def png_with_chunk(picture: Image.Image, kind: bytes, body: bytes) -> bytes:
    content = encoded(picture, "PNG")
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return content[:33] + chunk + content[33:]


@pytest.mark.parametrize("block", ODD.values(), ids=ODD.keys())
def test_odd_exif_neither_stops_a_photo_nor_its_turning(block):
    expected = gradient().transpose(TURNED)
    assert difference(open_photo(jpeg_with_exif(gradient(), block)), expected) < 4
    assert difference(open_photo(png_with_chunk(gradient(), b"eXIf", block)), expected) == 0


@pytest.mark.parametrize("kind", ["WEBP", "JPEG", "PNG"])
def test_odd_exif_of_an_encoder_does_not_stop_a_photo(kind):
    for block in ODD.values():
        photo = open_photo(encoded(gradient(), kind, exif=b"Exif\0\0" + block))
        assert sorted(photo.size) == sorted(gradient().size)


def test_odd_exif_of_a_turned_avif_does_not_stop_it():
    """Pillow merges the EXIF block with the turning that the file states elsewhere, and writes it anew."""
    exif = Image.Exif()
    exif[274], exif[282] = 6, 72.0
    content = encoded(gradient(), "AVIF", quality=95, exif=exif)
    for right, wrong in ((b"\0\0\0H\0\0\0\1", b"\xff\xff\xff\xff\0\0\0\0"), (b"MM\0*\0\0\0\x08", b"MM\0*\xff\xff\xff\xff")):
        assert content.count(right) == 1
        assert difference(open_photo(content.replace(right, wrong)), gradient().transpose(TURNED)) < 6


def test_random_exif_never_stops_a_photo():
    random = np.random.default_rng(0)
    for _ in range(300):
        block = bytearray(
            directory(ORIENTED, (282, 5, 1, struct.pack("<I", 50)), (34665, 4, 1, struct.pack("<I", 8)), extra=bytes(20))
        )
        for place in random.integers(0, len(block), 6):
            block[place] = random.integers(256)
        assert sorted(open_photo(jpeg_with_exif(gradient(), bytes(block))).size) == [90, 120]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_a_stored_orientation_is_undone_once(kind, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    options = {"exif": exif} if kind != "TIFF" else {"tiffinfo": {274: orientation}}
    expected = gradient().transpose(UPRIGHT[orientation]) if orientation > 1 else gradient()
    photo = open_photo(encoded(gradient(), kind, **options))
    assert photo.size == expected.size and difference(photo, expected) < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_heif_is_turned_once(orientation):
    """Its encoder stores the orientation as a property of the picture, which its decoder applies."""
    exif = Image.Exif()
    exif[274] = orientation
    expected = gradient().transpose(UPRIGHT[orientation]) if orientation > 1 else gradient()
    photo = open_photo(encoded(gradient(), "HEIF", quality=95, exif=exif.tobytes()))
    assert photo.size == expected.size and difference(photo, expected) < 6


@pytest.mark.parametrize("value", [0, 9, 600])
def test_an_orientation_that_does_not_exist_is_upright(value):
    block = directory((274, 3, 1, struct.pack("<HH", value, 0)))
    assert difference(open_photo(jpeg_with_exif(gradient(), block)), gradient()) < 4


def test_nothing_of_the_metadata_comes_along():
    exif = Image.Exif()
    exif[271] = "camera"
    for kind in ("JPEG", "PNG", "WEBP", "TIFF"):
        photo = read_photo(encoded(gradient(), kind, exif=exif)).image
        assert not photo.info and not photo.getexif()
        assert b"camera" not in encoded(photo, "PNG")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_no_decoder_sees_the_metadata(kind):
    exif = Image.Exif()
    exif[271] = "camera"
    content = encoded(gradient(), kind, exif=exif)
    assert b"camera" in content
    with Image.open(io.BytesIO(without_metadata(content).content)) as picture:
        assert 271 not in picture.getexif()


def test_a_picture_of_the_caller_is_not_changed():
    picture = gradient()
    picture.info["comment"] = "mine"
    photo = open_photo(picture)
    assert photo is not picture and picture.info == {"comment": "mine"} and not photo.info


def test_an_open_tiff_is_turned_once():
    with Image.open(io.BytesIO(encoded(gradient(), "TIFF", tiffinfo={274: 6}))) as picture:
        assert difference(open_photo(picture), gradient().transpose(TURNED)) == 0
