"""What is accepted as a photo, and that only its pixels come through."""

import io

import numpy as np
import pillow_heif
import pytest
import torch
from PIL import Image, ImageOps

from editor.errors import PhotoError
from editor.images import open_photo, preview_of, psnr, read_photo, to_bytes, to_picture, to_signed, to_tensor
from tests.conftest import difference


def encoded(picture: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture
def gradient() -> Image.Image:
    x, y = np.meshgrid(np.arange(120), np.arange(90))
    return Image.fromarray(np.stack([x * 2, y * 2, 255 - x], -1).astype(np.uint8))


def test_bytes_survive_the_round_trip():
    pixels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_bytes(to_signed(pixels)), pixels)


def test_a_picture_survives_the_round_trip(gradient):
    assert difference(to_picture(to_tensor(gradient)), gradient) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(gradient, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    stored = Image.open(io.BytesIO(encoded(gradient, "PNG", exif=exif)))
    assert difference(open_photo(encoded(gradient, "PNG", exif=exif)), ImageOps.exif_transpose(stored)) == 0


def test_gps_does_not_survive(gradient):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[271] = "camera"
    photo = open_photo(encoded(gradient, "JPEG", exif=exif))
    assert not photo.info and not photo.getexif()
    assert b"camera" not in encoded(photo, "PNG")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "AVIF"])
def test_common_formats(gradient, kind):
    photo = open_photo(encoded(gradient, kind))
    assert photo.mode == "RGB" and difference(photo, gradient) < 6


def test_heic(gradient):
    pillow_heif.register_heif_opener()
    assert difference(open_photo(encoded(gradient, "HEIF", quality=95)), gradient) < 6


def test_cmyk(gradient):
    photo = open_photo(encoded(gradient.convert("CMYK"), "JPEG", quality=95))
    assert photo.mode == "RGB" and difference(photo, gradient) < 12


def test_sixteen_bits_keep_their_brightness():
    levels = np.linspace(0, 65535, 100 * 100).reshape(100, 100).astype(np.uint16)
    photo = np.asarray(open_photo(encoded(Image.fromarray(levels), "PNG")))
    assert np.abs(photo[..., 0] - levels / 257.0).max() <= 1


def test_alpha_is_laid_on_white():
    clear = Image.new("RGBA", (80, 80), (255, 0, 0, 0))
    assert open_photo(encoded(clear, "PNG")).getpixel((5, 5)) == (255, 255, 255)


def test_an_animation_gives_its_first_frame():
    first, second = Image.new("RGB", (80, 80), "red"), Image.new("RGB", (80, 80), "blue")
    animation = encoded(first, "GIF", save_all=True, append_images=[second])
    assert open_photo(animation).getpixel((5, 5)) == (255, 0, 0)


def huge() -> bytes:
    """A PNG whose header declares 40,000 x 40,000 pixels."""
    content = bytearray(encoded(Image.new("L", (64, 64)), "PNG"))
    content[16:24] = (40_000).to_bytes(4, "big") * 2
    return bytes(content)


BAD = {
    "empty": lambda: b"",
    "text": lambda: b"hello, this is not a picture",
    "pdf named jpg": lambda: b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"/>',
    "truncated": lambda: encoded(Image.effect_noise((300, 300), 50).convert("RGB"), "JPEG")[:3000],
    "1x1": lambda: encoded(Image.new("RGB", (1, 1)), "PNG"),
    "40000x40000": huge,
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD.keys())
def test_what_is_no_photo_is_refused_in_words(make):
    with pytest.raises(PhotoError) as caught:
        open_photo(make())
    assert len(str(caught.value)) > 20 and "Error" not in str(caught.value)


def test_notes_come_with_the_photo_and_errors_carry_the_name(gradient):
    assert read_photo(encoded(gradient, "JPEG")).notes == ()
    assert read_photo(encoded(gradient, "JPEG")[:-3]).notes != ()
    with pytest.raises(PhotoError, match=r"^holiday\.jpg "):
        read_photo(b"nothing", "holiday.jpg")


def test_photos_can_be_compared_and_hashed(gradient):
    one, other = read_photo(gradient), read_photo(gradient)
    assert one != other and len({one, other, one}) == 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PhotoError, match=r"nothing\.jpg"):
        open_photo(tmp_path / "nothing.jpg")


def test_psnr_by_hand_for_each_image():
    wanted = torch.zeros(2, 3, 4, 4)
    images = wanted + torch.tensor([0.2, 0.02]).view(2, 1, 1, 1)
    assert psnr(images, wanted).tolist() == pytest.approx([20.0, 40.0], abs=1e-4)  # the range is 2: 20 log10(2 / error)


SHOWN = {
    "JPEG": lambda photo: encoded(photo, "JPEG", quality=95),
    "CMYK": lambda photo: encoded(photo.convert("CMYK"), "JPEG", quality=95),
    "alpha": lambda photo: encoded(photo.convert("RGBA"), "PNG"),
    "16 bits": lambda photo: encoded(Image.fromarray(np.asarray(photo.convert("L")).astype(np.uint16) * 257), "PNG"),
    "AVIF": lambda photo: encoded(photo, "AVIF", quality=90),
    "HEIC": lambda photo: encoded(photo, "HEIF", quality=90),
}


@pytest.mark.parametrize("make", SHOWN.values(), ids=SHOWN.keys())
def test_a_preview_shows_the_photo_as_it_is_used(gradient, make):
    content = make(gradient.resize((240, 180)))
    photo = open_photo(content)
    preview = preview_of(content, 100)
    assert preview.mode == "RGB" and preview.size == (100, 75) and not preview.info
    assert difference(preview, photo.resize((100, 75), Image.Resampling.BICUBIC)) < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_preview_is_upright(gradient, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    content = encoded(gradient.resize((240, 180)), "JPEG", quality=95, exif=exif)
    small = open_photo(content).resize((100, 75) if orientation < 5 else (75, 100), Image.Resampling.BICUBIC)
    assert difference(preview_of(content, 100), small) < 1


def test_a_photo_is_shown_and_opened_after_one_reading(gradient, monkeypatch):
    photo = read_photo(encoded(gradient, "PNG"))
    monkeypatch.setattr("editor.images.stored_picture", lambda *_: pytest.fail("decoded again"))
    assert read_photo(photo) is photo and preview_of(photo, 60).size == (60, 45) and preview_of(photo) is photo.image


def test_the_longest_photo_has_a_preview():
    assert preview_of(Image.new("RGB", (20_000, 64)), 100).size == (100, 1)


@pytest.mark.parametrize("orientation", [None, 6])
def test_a_picture_that_was_handed_over_stays_as_it_is(gradient, orientation):
    if orientation:
        gradient.getexif()[274] = orientation
    before = gradient.tobytes()
    open_photo(gradient).paste("white", (0, 0, 60, 60))
    assert gradient.tobytes() == before


def test_pixels_of_a_file_are_not_copied(gradient, monkeypatch):
    monkeypatch.setattr(Image.Image, "copy", lambda _: pytest.fail("copied"))
    photo = open_photo(encoded(gradient, "JPEG"))
    assert type(photo) is Image.Image and not photo.getexif()
