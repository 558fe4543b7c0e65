"""Whatever a decoder does with hostile bytes, the person is told in words; what browsers show is opened."""

import io
import threading
import time
import warnings

import numpy as np
import pytest
from PIL import Image, ImageFile

from editor.errors import PhotoError
from editor.images import open_photo, read_photo
from editor.photos import decoding
from tests.conftest import difference
from tests.photos.files import encoded, gradient, noise

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF", "JPEG2000", "PPM", "ICO"]
CUT = {
    "JPEG": {"quality": 90},
    "progressive": {"quality": 90, "progressive": True},
    "PNG": {},
    "GIF": {},
    "BMP": {},
    "PPM": {},
    "TIFF": {},
}
MISSING = "The end of the file is missing; the last rows may be grey."


def cut_photo(kind: str) -> bytes:
    return encoded(noise(), "JPEG" if kind == "progressive" else kind, **CUT[kind])


@pytest.mark.parametrize("kind", ["JPEG2000", "PPM", "ICO"])
def test_rarer_formats_are_opened(kind):
    picture = gradient(128, 128)
    options = {"sizes": [(128, 128)]} if kind == "ICO" else {}
    assert difference(open_photo(encoded(picture, kind, **options)), picture) < 6


@pytest.mark.parametrize("kind", KINDS)
def test_damage_of_any_kind_is_told_in_words_or_shown(kind):
    picture = gradient(128, 128)
    whole = encoded(picture, kind, **({"sizes": [(128, 128)]} if kind == "ICO" else {}))
    random = np.random.default_rng(0)
    for _ in range(40):
        content = bytearray(whole)
        start = random.integers(0, len(content))
        content[start : start + 64] = bytes(len(content[start : start + 64]))
        try:
            assert open_photo(bytes(content)).mode == "RGB"
        except PhotoError as error:
            assert str(error).startswith("The photo ") and "." in str(error)


def test_an_avif_whose_picture_is_damaged_is_called_so():
    content = bytearray(encoded(noise(), "AVIF"))
    start = content.index(b"mdat") + 4
    content[start : start + 64] = bytes(64)
    with pytest.raises(PhotoError, match=r"^holiday\.avif cannot be decoded: it is damaged"):
        read_photo(bytes(content), "holiday.avif")


def test_a_file_that_only_begins_as_a_picture_is_called_damaged():
    with pytest.raises(PhotoError, match="damaged"):
        open_photo(encoded(noise(), "AVIF")[:400])
    with pytest.raises(PhotoError, match="not a photo that can be read"):
        open_photo(b"hello, this is not a picture")


@pytest.mark.parametrize("error", [RuntimeError, AttributeError, TypeError, KeyError, ZeroDivisionError, AssertionError])
def test_any_error_of_a_decoder_becomes_a_sentence(error):
    """A picture whose pixels cannot be decoded, opened by somebody else."""

    class Broken(ImageFile.ImageFile):
        def _open(self):
            self._size, self._mode = (100, 100), "RGB"

        def load(self):
            raise error("whatever")

    with pytest.raises(PhotoError, match="The photo cannot be decoded"):
        open_photo(Broken(io.BytesIO()))


def test_too_little_memory_is_called_so():
    class Huge(ImageFile.ImageFile):
        def _open(self):
            self._size, self._mode = (100, 100), "RGB"

        def load(self):
            raise MemoryError

    with pytest.raises(PhotoError, match="too large for this machine's memory"):
        open_photo(Huge(io.BytesIO()))


def test_an_error_of_our_own_is_not_hidden(monkeypatch):
    def broken(*_):
        raise TypeError("a bug")

    monkeypatch.setattr("editor.images.to_srgb", broken)
    with pytest.raises(TypeError, match="a bug"):
        open_photo(encoded(gradient(), "PNG"))


def test_a_whole_photo_has_no_notes():
    for kind in KINDS:
        options = {"sizes": [(128, 128)]} if kind == "ICO" else {}
        assert read_photo(encoded(gradient(128, 128), kind, **options)).notes == ()


@pytest.mark.parametrize("kind", CUT)
def test_a_few_missing_bytes_do_not_stop_a_photo(kind):
    content = cut_photo(kind)
    whole = np.asarray(open_photo(content), dtype=float)
    for missing in (1, 2, 5, 10):
        photo = read_photo(content[:-missing])
        rows = np.abs(np.asarray(photo.image, dtype=float) - whole).max((1, 2)) > 0
        assert rows.sum() <= 20, "a BMP's last rows are the upper ones"
        assert photo.notes == ((MISSING,) if rows.any() or kind in ("JPEG", "progressive") else ())


@pytest.mark.parametrize("kind", CUT)
def test_with_half_of_it_missing_a_photo_is_refused(kind):
    content = cut_photo(kind)
    with pytest.raises(PhotoError, match="damaged, incomplete"):
        open_photo(content[: len(content) // 2])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "PPM"])
@pytest.mark.parametrize("level", [0, 255])
def test_missing_rows_are_told_from_black_and_white_ones(kind, level):
    """A picture with a black or white lower half, of which the last byte is missing."""
    picture = noise()
    picture.paste((level,) * 3, (0, 150, 300, 300))
    content = encoded(picture, kind)
    cut = content[: content.rindex(b"\xff\xd9") if kind == "JPEG" else -15 if kind == "PNG" else -5 * 900]
    assert difference(open_photo(cut), open_photo(content)) < 3
    with pytest.raises(PhotoError):
        open_photo(content[: len(content) // 3])


def test_what_pillow_does_with_others_files_is_left_alone():
    read_photo(cut_photo("JPEG")[:-5])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_many_threads_read_alike():
    content, cut = encoded(noise(), "HEIF"), cut_photo("PNG")[:-60]
    expected = open_photo(content), open_photo(cut)
    wrong: list[object] = []

    def read():
        for _ in range(3):
            if difference(open_photo(content), expected[0]) or difference(open_photo(cut), expected[1]):
                wrong.append(1)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_reading_changes_neither_warnings_nor_the_known_formats():
    open_photo(encoded(gradient(), "PNG"))
    filters, formats = list(warnings.filters), dict(Image.OPEN)
    open_photo(encoded(gradient(), "HEIF"))
    assert warnings.filters == filters and formats == Image.OPEN


def test_only_the_first_frame_of_an_animation_is_decoded(monkeypatch):
    frames = [Image.new("RGB", (80, 80), (0, 0, 5 * index)) for index in range(40)]
    content = encoded(Image.new("RGB", (80, 80), "red"), "WEBP", save_all=True, append_images=frames, lossless=True)
    decoded: list[int] = []
    plugin = decoding.WebPImagePlugin.WebPImageFile
    following = plugin._get_next
    monkeypatch.setattr(plugin, "_get_next", lambda self: (decoded.append(1), following(self))[1])
    assert open_photo(content).getpixel((5, 5)) == (255, 0, 0) and len(decoded) == 1


@pytest.mark.parametrize("kind", ["JPEG2000", "PPM", "TIFF", "PNG"])
def test_the_limits_are_the_same_for_all_formats(kind, monkeypatch):
    with pytest.raises(PhotoError, match="too few to show a face"):
        open_photo(encoded(gradient(63, 90), kind))
    monkeypatch.setattr(decoding, "MAX_PIXELS", 9999)
    with pytest.raises(PhotoError, match="100 x 100 pixels"):
        open_photo(encoded(gradient(100, 100), kind))


@pytest.mark.parametrize("kind, options", [("PNG", {}), ("TIFF", {"compression": "tiff_lzw"}), ("JPEG", {})])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_emptiest_pictures_are_not_too_small_for_their_pixels(kind, options, mode):
    picture = Image.new(mode, (3000, 3000))
    assert open_photo(encoded(picture, kind, **options)).getextrema() == ((0, 0),) * 3


def test_a_comment_without_an_end_is_refused_at_once():
    started = time.process_time()
    with pytest.raises(PhotoError, match="damaged"):
        open_photo(b"P6 #" + bytes([120]) * 20_000_000)
    assert time.process_time() - started < 1


def test_comments_in_a_header_are_passed_over():
    content = encoded(gradient(), "PPM")
    commented = b"P6 # a comment\n#another\n120 # wide\n 90\n255\n" + content[-120 * 90 * 3 :]
    assert difference(open_photo(commented), gradient()) == 0
