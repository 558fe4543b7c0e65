"""A picture in each format: what it keeps, and what never leaves."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, JpegImagePlugin

from editor.errors import EditorError, SettingError
from editor.photos.original import JpegCoding
from editor.saving.formats import FORMATS, HIGH, content_of, format_of, lost_in, own_format

MODES = ("RGB", "RGBA", "L", "LA")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SECRET = b"of the camera"


def noise(mode: str = "RGB", size: tuple[int, int] = (72, 64)) -> Image.Image:
    bands = [Image.fromarray(np.random.default_rng(seed).integers(0, 256, size[::-1], np.uint8)) for seed in range(len(mode))]
    return bands[0] if mode == "L" else Image.merge(mode, bands)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("mode", MODES)
def test_what_a_format_can_hold_it_keeps(format, mode):
    into, picture = FORMATS[format], noise(mode)
    profile = PROFILE if mode.startswith("RGB") else None
    saved = opened(content_of(picture, format, icc_profile=profile, dpi=(300, 150)))
    assert saved.format == into.pillow and saved.size == picture.size
    assert saved.info.get("icc_profile") == profile
    assert not into.dots or saved.info["dpi"] == pytest.approx((300, 150), abs=0.02)
    assert saved.has_transparency_data == (into.alpha and mode.endswith("A"))
    if into.lossless:
        assert saved.convert(mode).tobytes() == picture.tobytes()
    if into.alpha and mode.endswith("A"):
        assert np.abs(np.asarray(saved.getchannel("A"), int) - np.asarray(picture.getchannel("A"))).max() < 40


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_the_camera_leaves(format):
    picture, exif = noise(), Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET.decode(), 6
    hidden = {"exif": exif.tobytes(), "comment": SECRET, "icc_profile": SECRET, "xmp": SECRET, "photoshop": {1: SECRET}}
    picture.info = dict(hidden)
    content = content_of(picture, format)
    kept = {0x010F, 0x0112, 0x8769, 0x8825, 0x927C} & set(opened(content).getexif())
    assert SECRET not in content and b"Exif" not in content and b"eXIf" not in content and not kept
    assert picture.info == hidden, "the caller's picture stays as it is"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_a_jpeg_cannot_hold_lies_on_white_and_is_told(mode):
    picture = Image.new(mode, (64, 64))
    assert opened(content_of(picture, "jpeg")).convert("RGB").getpixel((9, 9)) == (255, 255, 255)
    assert "white" in lost_in(picture, "jpeg")[0] and lost_in(picture, "png") == ()
    assert lost_in(Image.new("RGBA", (64, 64), "red"), "jpeg") == (), "nothing is seen through it"


def test_dots_and_greys_that_cannot_be_kept_are_told():
    assert len(lost_in(noise("L"), "webp", PROFILE, (72, 72))) == 2
    assert lost_in(noise("L"), "tiff", PROFILE, (72, 72)) == ()


def test_greys_of_a_profile_are_converted_where_a_file_has_no_greys():
    """The profile is one of colours, so the numbers stay; that of greys would not fit the file's colours."""
    saved = opened(content_of(noise("L"), "webp-lossless", icc_profile=PROFILE))
    assert "icc_profile" not in saved.info and saved.getchannel("G").tobytes() == noise("L").tobytes()


@pytest.mark.parametrize("format", ["jpeg", "webp", "avif"])
def test_a_higher_quality_is_a_larger_file(format):
    sizes = [len(content_of(noise(), format, quality=quality)) for quality in (1, 50, HIGH, 100)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_keep_compresses_as_the_photo_was(subsampling):
    stream = io.BytesIO()
    noise().save(stream, "JPEG", quality=71, subsampling=subsampling)
    photo = opened(stream.getvalue())
    coding = JpegCoding(photo.quantization, JpegImagePlugin.get_sampling(photo))
    again = opened(content_of(photo, "jpeg", quality="keep", jpeg=coding))
    assert again.quantization == photo.quantization and JpegImagePlugin.get_sampling(again) == subsampling
    without = opened(content_of(photo, "jpeg", quality="keep"))
    assert without.quantization == opened(content_of(photo, "jpeg", quality=HIGH)).quantization


@pytest.mark.parametrize("format", ["png", "webp", "avif", "tiff"])
def test_keep_is_no_error_in_other_formats(format):
    assert opened(content_of(noise(), format, quality="keep")).size == (72, 64)


@pytest.mark.parametrize("format", FORMATS)
def test_lossless_is_kept_or_refused(format):
    if format in ("jpeg", "avif"):
        with pytest.raises(SettingError, match="PNG"):
            content_of(noise(), format, quality="lossless")
    else:
        assert opened(content_of(noise(), format, quality="lossless")).tobytes() == noise().tobytes()


@pytest.mark.parametrize("quality", [0, 101, 1.5, "high", None])
def test_a_quality_that_is_none_is_told(quality):
    with pytest.raises(SettingError, match="1 to 100"):
        content_of(noise(), "jpeg", quality=quality)


def test_a_format_that_is_none_is_told():
    with pytest.raises(SettingError, match="jpeg"):
        content_of(noise(), "jpg")


def test_a_picture_too_long_for_a_format_is_told():
    with pytest.raises(SettingError, match="16383 pixels"):
        content_of(Image.new("L", (16384, 1)), "webp")


@pytest.mark.parametrize("error", [MemoryError(), ValueError("encoding error 1: out of memory")])
def test_an_encoder_that_fails_is_told(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(EditorError, match="memory"):
        content_of(noise(), "avif")


@pytest.mark.parametrize("name", FORMATS)
def test_every_ending_leads_to_its_format(folder_name, name):
    for ending in FORMATS[name].endings:
        assert format_of(folder_name / f"an.na{ending}") == format_of(folder_name / f"ANNA{ending.upper()}") == name


@pytest.fixture
def folder_name(tmp_path):
    return tmp_path / "photos.png"


@pytest.mark.parametrize("name", ["anna", "anna.", "anna.heic", "anna.jpg.exe", ".png", "a\n.b"])
def test_an_ending_that_is_none_is_told_in_one_line(folder_name, name):
    with pytest.raises(SettingError, match=r"\.png, \.jpg") as told:
        format_of(folder_name / name)
    assert str(told.value).isprintable()


def test_a_photo_has_a_format_of_its_own():
    assert [own_format(name) for name in ("JPEG", "MPO", "HEIF", "PNG", "BMP", "", None)] == [*["jpeg"] * 3, *["png"] * 4]
