"""What a visitor leaves goes away, and never meets another visitor's."""

from pathlib import Path

import pytest
from PIL import Image

from editor.ui.session import KEEP, SessionFiles

PICTURE = Image.new("RGB", (32, 32), "red")


@pytest.fixture
def files(tmp_path) -> SessionFiles:
    return SessionFiles(tmp_path)


def test_visitors_have_folders_of_their_own(files):
    one, other = files.jpeg("a1", "face", PICTURE), files.jpeg("b2", "face", PICTURE)
    files.forget("a1")
    assert not Path(one).exists() and Path(other).exists()


def test_only_the_newest_pictures_are_kept(files):
    paths = [files.jpeg("a", "w-star", PICTURE) for _ in range(KEEP + 5)]
    assert [Path(path).exists() for path in paths] == [False] * 5 + [True] * KEEP


def test_what_another_pane_shows_outlives_many_moves(files):
    face = files.jpeg("a", "face", PICTURE)
    for _ in range(20):
        files.jpeg("a", "w-star", PICTURE)
    assert Path(face).exists()


def test_a_session_name_cannot_leave_the_cache(files, tmp_path):
    assert files.folder("../../etc").is_relative_to(tmp_path)
    assert files.folder("").is_relative_to(tmp_path)


def test_only_uploads_inside_the_cache_are_deleted(tmp_path):
    cache, outside = tmp_path / "cache", tmp_path / "mine.jpg"
    cache.mkdir()
    outside.write_bytes(b"x")
    (cache / "upload.jpg").write_bytes(b"x")
    files = SessionFiles(cache)
    for path in (outside, cache / "upload.jpg", cache / ".." / "mine.jpg"):
        files.forget_upload(str(path))
    assert outside.exists() and not (cache / "upload.jpg").exists()
