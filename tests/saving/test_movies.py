"""Sweeps as moving pictures."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from editor.errors import EditorError, SettingError
from editor.saving.marks import packet
from editor.saving.movies import GIF_XMP, GIF_XMP_END, MOVIES, movie_format_of, movie_of, sweep_values

LEVELS = (0, 60, 120, 180, 240)
PICTURES = [Image.new("RGB", (33, 47), (level, level, level)) for level in LEVELS]
XMP = packet("generated", None)


def levels_in(content: bytes, format: str) -> list[int]:
    """The grey of each picture, in the middle."""
    if format == "mp4":
        with av.open(io.BytesIO(content)) as movie:
            shown = [frame.to_image() for frame in movie.decode(video=0)]
    else:
        with Image.open(io.BytesIO(content)) as movie:
            shown = []
            for number in range(movie.n_frames):
                movie.seek(number)
                shown.append(movie.convert("RGB"))
    return [picture.getpixel((16, 23))[0] for picture in shown]


@pytest.mark.parametrize("format", MOVIES)
@pytest.mark.parametrize("once", [True, False])
def test_every_picture_is_shown_in_its_turn(format, once):
    wanted = LEVELS if once else (*LEVELS, 180, 120, 60)
    assert levels_in(movie_of(PICTURES, format, once=once), format) == pytest.approx(wanted, abs=4)


@pytest.mark.parametrize("format", MOVIES)
def test_the_mark_is_in_the_file_and_the_pictures_are_still_read(format):
    content = movie_of(PICTURES, format, xmp=XMP)
    assert XMP in content and len(levels_in(content, format)) == 8


def test_an_mp4_plays_everywhere_and_from_its_start():
    content = movie_of(PICTURES, "mp4", xmp=XMP)
    with av.open(io.BytesIO(content)) as movie:
        video = movie.streams.video[0]
        assert video.codec_context.name == "h264" and video.codec_context.pix_fmt == "yuv420p"
        assert (video.width, video.height) == (34, 48) and video.average_rate == 25
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_reader_of_gifs_finds_the_end_of_the_packet_from_any_of_its_bytes():
    content = movie_of(PICTURES, "gif", xmp=XMP)
    start = content.index(GIF_XMP) + len(GIF_XMP)
    end = start + len(XMP) + len(GIF_XMP_END)
    for place in range(start, start + len(XMP)):
        while content[place]:
            place += content[place] + 1
        assert place + 1 == end or place == end - 2


def test_odd_sides_of_an_mp4_repeat_the_last_row_and_column():
    picture = Image.fromarray(np.full((31, 31, 3), 200, np.uint8))
    with av.open(io.BytesIO(movie_of([picture], "mp4"))) as movie:
        assert np.asarray(next(movie.decode(video=0)).to_image()).min() > 190


def test_what_is_transparent_lies_on_white():
    assert levels_in(movie_of([Image.new("RGBA", (33, 47))], "webp"), "webp")[0] > 250


def test_a_sweep_goes_from_minus_to_plus():
    values = sweep_values(1.5, 7)
    assert values == tuple(sorted(values)) and values[0] == -values[-1] == -1.5 and values[3] == 0


@pytest.mark.parametrize("strength, count", [(1, 1), (0, 5), (float("nan"), 5), (-1, 5), (1, 10**9)])
def test_a_sweep_that_is_none_is_told(strength, count):
    with pytest.raises(SettingError):
        sweep_values(strength, count)


@pytest.mark.parametrize(
    "pictures, format, quality",
    [
        ([], "gif", 90),
        ([PICTURES[0], Image.new("RGB", (64, 64))], "mp4", 90),
        (PICTURES, "avi", 90),
        (PICTURES, "webp", 0),
        ([Image.new("RGB", (4098, 64))], "mp4", 90),
    ],
)
def test_what_cannot_be_a_moving_picture_is_told(pictures, format, quality):
    with pytest.raises(SettingError):
        movie_of(pictures, format, quality=quality)


def test_the_ending_says_the_format():
    assert [movie_format_of(Path(f"a{each.ending}")) for each in MOVIES.values()] == list(MOVIES)
    with pytest.raises(SettingError, match=r"\.mp4"):
        movie_format_of(Path("a.avi"))


def test_a_folder_for_temporary_files_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file"))
    with pytest.raises(EditorError, match="movie cannot be written"):
        movie_of(PICTURES, "mp4")


def test_without_an_encoder_another_format_is_named(monkeypatch):
    monkeypatch.setattr(av, "codecs_available", set())
    with pytest.raises(SettingError, match="WebP or GIF"):
        movie_of(PICTURES, "mp4")
