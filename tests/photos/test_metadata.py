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
from tests.photos.files import chunk, directory, encoded, gradient, jpeg_with_exif, png_with

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


@pytest.mark.parametrize("block", ODD.values(), ids=ODD.keys())
def test_odd_exif_neither_stops_a_photo_nor_its_turning(block):
    expected = gradient().transpose(TURNED)
    assert difference(open_photo(jpeg_with_exif(gradient(), block)), expected) < 4
    assert difference(open_photo(png_with(encoded(gradient(), "PNG"), chunk(b"eXIf", block))), expected) == 0


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


MALFORMED_CHUNKS = {
    "sRGB": chunk(b"sRGB", b""),
    "gAMA": chunk(b"gAMA", b""),
    "gAMA of 3": chunk(b"gAMA", b"abc"),
    "cHRM": chunk(b"cHRM", b"a"),
    "tRNS": chunk(b"tRNS", b"a"),
    "cICP": chunk(b"cICP", b"abc"),
    "iCCP": chunk(b"iCCP", b""),
    "iCCP without an end of its name": chunk(b"iCCP", b"x" * 90),
    "iCCP of another method": chunk(b"iCCP", b"x\0\7abc"),
    "iCCP that is not packed": chunk(b"iCCP", b"x\0\0abc"),
    "iCCP of 20 MB": chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(20_000_000))),
    "wrong checksum": chunk(b"gAMA", struct.pack(">I", 100_000))[:-1] + b"!",
    "wrong checksum of a profile": chunk(b"iCCP", b"x\0\0" + zlib.compress(b"abc"))[:-1] + b"!",
}
SHORT_SEGMENTS = {
    "profile without a number": (0xE2, b"ICC_PROFILE\0"),
    "profile with half a number": (0xE2, b"ICC_PROFILE\0\1"),
    "JFIF": (0xE0, b"JFIF\0"),
    "JFIF of four bytes": (0xE0, b"JFIF"),
    "Adobe": (0xEE, b"Adobe"),
    "Adobe without a transform": (0xEE, b"Adobe\0d"),
}


@pytest.mark.parametrize("part", MALFORMED_CHUNKS.values(), ids=MALFORMED_CHUNKS.keys())
def test_a_malformed_chunk_does_not_stop_a_png(part):
    for picture in (gradient(), gradient().convert("L")):
        expected = picture.convert("RGB")
        assert difference(open_photo(png_with(encoded(picture, "PNG"), part)), expected) == 0


@pytest.mark.parametrize("marker, body", SHORT_SEGMENTS.values(), ids=SHORT_SEGMENTS.keys())
def test_a_short_segment_does_not_stop_a_jpeg(marker, body):
    content = encoded(gradient(), "JPEG", quality=95)
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body
    assert difference(open_photo(content[:2] + segment + content[2:]), gradient()) < 4


def test_well_formed_chunks_and_segments_are_kept():
    clear = encoded(gradient(), "PNG", transparency=(0, 0, 255))
    assert open_photo(clear).getpixel((0, 0)) == (255, 255, 255)
    inks = Image.new("CMYK", (80, 80), (0, 255, 255, 0))  # the segment Adobe says that they are stored inverted
    assert np.abs(np.array(open_photo(encoded(inks, "JPEG")).getpixel((5, 5)), dtype=int) - (254, 0, 0)).max() <= 4
