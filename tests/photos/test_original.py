"""A photo is kept as its file has it: upright, in its own colours; and what a copy will not keep is told."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from editor.errors import PhotoError
from editor.images import open_photo
from editor.photos.colours import to_srgb
from editor.photos.files import FileSource
from editor.photos.orientation import UPRIGHT
from editor.photos.original import CONVERTED, MOVING, OPAQUE, SIXTEEN_BITS, Original, read_original
from tests.photos.files import (
    ADOBE_ON_D50,
    P3_ON_D50,
    chunk,
    colour_tiff,
    encoded,
    gradient,
    matrix_profile,
    noise,
    png_of_sixteen_bits,
    png_with,
    swapped_profile,
    tiff,
)

PROFILES = {"Display P3": matrix_profile(P3_ON_D50), "Adobe RGB": matrix_profile(ADOBE_ON_D50, 563 / 256)}
LOSSLESS = {"PNG": {}, "TIFF": {}, "WEBP": {"lossless": True, "exact": True}}


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.mode == other.mode and one.size == other.size and one.tobytes() == other.tobytes()


@pytest.mark.parametrize("kind", LOSSLESS)
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_photo_with_a_profile_keeps_its_numbers_and_its_profile(kind, profile):
    original = read_original(encoded(gradient(), kind, icc_profile=profile, **LOSSLESS[kind]))
    assert same(original.image, gradient())
    assert (original.icc_profile, original.format, original.notes) == (profile, kind, ())
    assert not original.image.info
    assert same(original.colours.srgb(original.image), to_srgb(_with(gradient(), profile)))


def _with(picture: Image.Image, profile: bytes) -> Image.Image:
    picture = picture.copy()
    picture.info["icc_profile"] = profile
    return picture


def test_a_profile_that_makes_no_sense_is_passed_over():
    for profile in (b"no profile", swapped_profile()[:200], Image.new("L", (1, 1)).tobytes()):
        original = read_original(encoded(gradient(), "PNG", icc_profile=profile))
        assert (original.icc_profile, original.notes) == (None, ())
        assert same(original.image, gradient())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_modes_that_are_edited_stay(mode):
    picture = gradient().convert(mode)
    if "A" in mode:
        picture.putalpha(gradient().getchannel("R"))
    assert same(read_original(encoded(picture, "PNG")).image, picture)


@pytest.mark.parametrize("mode", ["P", "1", "PA"])
def test_modes_of_the_same_colours_become_one_that_is_edited(mode):
    picture = gradient().quantize(64) if mode != "1" else gradient().convert("1")
    picture = picture.convert("PA") if mode == "PA" else picture
    expected = {"P": "RGB", "1": "L", "PA": "RGBA"}[mode]
    original = read_original(picture)
    assert same(original.image, picture.convert(expected))
    assert original.notes == ()


def test_a_clear_colour_of_a_palette_becomes_transparency():
    picture = gradient().quantize(64)
    content = encoded(picture, "PNG", transparency=3)
    image = read_original(content).image
    assert image.mode == "RGBA"
    assert ((np.asarray(image)[..., 3] == 0) == (np.asarray(picture) == 3)).all()
    assert (np.asarray(image)[..., :3] == np.asarray(picture.convert("RGB"))).all()


SIXTEEN = np.random.default_rng(0).integers(0, 65536, (90, 120, 3), dtype=np.uint16)
DEEP = {
    "PNG, colour": png_of_sixteen_bits(SIXTEEN, (1, 2, 3)),
    "PNG, grey": png_of_sixteen_bits(SIXTEEN[..., 0], (1,)),
    "TIFF, colour": colour_tiff(SIXTEEN),
    "TIFF, grey": tiff(SIXTEEN[..., 0]),
    "TIFF, floating point": tiff(SIXTEEN[..., 0] / np.float32(65535)),
}


@pytest.mark.parametrize("content", DEEP.values(), ids=DEEP)
def test_more_than_eight_bits_are_told_and_made_eight(content):
    original = read_original(content)
    assert original.notes == (SIXTEEN_BITS,)
    assert original.image.mode in ("RGB", "RGBA", "L", "LA")
    wanted = SIXTEEN if original.image.mode.startswith("RGB") else SIXTEEN[..., :1]
    shown = np.asarray(original.image.convert("RGB"), dtype=float)[..., : wanted.shape[-1]]
    assert np.abs(shown - wanted / 257).max() <= 1


def test_ink_is_told_and_becomes_what_is_seen():
    original = read_original(encoded(gradient().convert("CMYK"), "JPEG", quality=95))
    assert original.notes == (CONVERTED,)
    assert same(original.image, open_photo(encoded(gradient().convert("CMYK"), "JPEG", quality=95)))
    assert original.format == "JPEG"


def test_colours_that_only_a_coding_names_are_told():
    """PNG's cICP chunk: Display P3's primaries with sRGB's curve, and no profile that a copy could have."""
    content = png_with(encoded(gradient(), "PNG"), chunk(b"cICP", bytes([12, 13, 0, 1])))
    original = read_original(content)
    assert original.notes == (CONVERTED,)
    assert same(original.image, open_photo(content))
    clear = png_with(encoded(gradient().convert("RGBA"), "PNG"), chunk(b"cICP", bytes([12, 13, 0, 1])))
    assert read_original(clear).notes == (CONVERTED, OPAQUE)
    srgb = read_original(png_with(encoded(gradient(), "PNG"), chunk(b"cICP", bytes([1, 13, 0, 1]))))
    assert srgb.notes == () and same(srgb.image, gradient())


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_a_moving_picture_gives_its_first_and_says_so(kind):
    frames = [gradient().quantize(64), gradient().transpose(Image.Transpose.ROTATE_180).quantize(64)]
    frames = frames if kind == "GIF" else [frame.convert("RGB") for frame in frames]
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    original = read_original(content)
    assert original.notes == (MOVING,)
    assert same(original.image.convert("RGB"), frames[0].convert("RGB"))


@pytest.mark.parametrize(("second", "notes"), [((120, 90), (MOVING,)), ((60, 45), ())])
def test_pages_of_a_tiff_are_told_and_smaller_versions_are_not(second, notes):
    page = gradient().resize(second)
    assert read_original(encoded(gradient(), "TIFF", save_all=True, append_images=[page])).notes == notes


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_the_resolution_is_kept(kind):
    across, down = read_original(encoded(gradient(), kind, dpi=(300, 240))).dpi or (0, 0)
    assert (across, down) == pytest.approx((300, 240), abs=0.1)
    for silent in ("WEBP", "TIFF"):
        assert read_original(encoded(gradient(), silent)).dpi is None


@pytest.mark.parametrize("dpi", [(0, 0), (1e9, 1e9), (float("nan"), 72), ("a", "b"), 72, None])
def test_a_resolution_that_makes_no_sense_is_none(dpi):
    picture = gradient()
    picture.info["dpi"] = dpi
    assert read_original(picture).dpi is None


def test_how_a_jpeg_was_compressed_is_known():
    for subsampling in (0, 1, 2):
        content = encoded(noise(), "JPEG", quality=83, subsampling=subsampling)
        jpeg = read_original(content).jpeg
        assert jpeg is not None and jpeg.subsampling == subsampling
        again = encoded(noise(), "JPEG", qtables=dict(jpeg.tables), subsampling=jpeg.subsampling)
        copied = read_original(again).jpeg
        assert copied is not None and (copied.tables, copied.subsampling) == (jpeg.tables, jpeg.subsampling)
    assert read_original(encoded(gradient(), "PNG")).jpeg is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_gives_the_same_upright_photo(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    turned = gradient()
    if orientation in UPRIGHT:
        turned = next(
            candidate
            for method in Image.Transpose
            if same((candidate := gradient().transpose(method)).transpose(UPRIGHT[orientation]), gradient())
        )
    original = read_original(encoded(turned, "PNG", exif=exif))
    assert same(original.image, gradient())
    assert not original.image.getexif()


def test_path_bytes_and_picture_give_the_same(tmp_path):
    content = encoded(gradient(), "PNG", dpi=(300, 300), icc_profile=PROFILES["Display P3"])
    path = tmp_path / "photo.png"
    path.write_bytes(content)
    sources = (path, str(path), content, FileSource.of(path, content), Image.open(path))
    originals = [read_original(source) for source in sources]
    for original in originals:
        assert same(original.image, gradient())
        assert (original.icc_profile, original.format) == (PROFILES["Display P3"], "PNG")
        assert original.dpi == pytest.approx((300, 300), abs=0.1)


def test_a_picture_that_comes_from_no_file_has_no_format():
    assert read_original(gradient()).format == ""


def test_what_is_no_photo_is_one_sentence(tmp_path):
    for source in (b"", b"no picture", tmp_path / "nothing.jpg", tmp_path):
        with pytest.raises(PhotoError):
            read_original(source)
    with pytest.raises(PhotoError, match="too few to show a face"):
        read_original(Image.new("RGB", (3, 3)))


def test_a_file_that_changed_or_went_is_refused(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(gradient(), "PNG"))
    source = FileSource.of(path, path.read_bytes())
    assert same(read_original(source).image, gradient())
    path.write_bytes(encoded(noise(), "PNG"))
    with pytest.raises(PhotoError, match=r"photo\.png has changed since it was opened"):
        read_original(source)
    path.unlink()
    with pytest.raises(PhotoError, match=r"photo\.png cannot be read") as caught:
        read_original(source)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_is_found_again_from_another_folder(tmp_path, monkeypatch):
    (tmp_path / "photo.png").write_bytes(encoded(gradient(), "PNG"))
    monkeypatch.chdir(tmp_path)
    source = FileSource.of(Path("photo.png"), Path("photo.png").read_bytes())
    monkeypatch.chdir("/")
    assert same(read_original(source).image, gradient())


def test_originals_show_no_bytes_when_they_are_printed():
    text = repr(read_original(encoded(gradient(), "JPEG", icc_profile=PROFILES["Adobe RGB"])))
    assert len(text) < 300 and isinstance(Original(gradient()), Original)
