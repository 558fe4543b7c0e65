"""`edit` loses nothing: names are checked before the work, pictures are written before printing, none is overwritten."""

import contextlib
import os
import resource
import shutil
import sys

import pytest
from PIL import Image

from editor import cli, pipeline
from editor.cli import arguments
from editor.cli.edit import parse_settings
from editor.cli.pictures import check_pictures, save, save_or_tell
from editor.errors import EditorError, SettingError
from tests.cli.test_streams import closed_pipe, full_disk

KINDS = ("face", "reconstruction", "edited-w-plus", "edited-w-star")


@pytest.fixture
def loaded(editor, monkeypatch):
    monkeypatch.setattr(pipeline.Editor, "load", lambda *_, **__: editor)


@pytest.fixture
def unloadable(monkeypatch):
    """An editor that must not be loaded: the work would begin."""
    monkeypatch.setattr(pipeline.Editor, "load", lambda *_, **__: pytest.fail("the work began"))


def pictures(colour: str) -> dict[str, Image.Image]:
    return dict.fromkeys(KINDS, Image.new("RGB", (64, 64), colour))


@pytest.mark.parametrize(("stream", "code"), [(lambda: closed_pipe(0), 0), (lambda: closed_pipe(-1), 0), (full_disk, 1)])
def test_every_picture_is_written_though_nothing_can_be_printed(loaded, photo_path, tmp_path, monkeypatch, stream, code):
    monkeypatch.setattr(sys, "stdout", stream())
    monkeypatch.setattr(sys, "stderr", closed_pipe(0))
    arguments = ["edit", str(photo_path), "--set", "Smiling=1", "--changes", "--refine", "1", "--out", str(tmp_path)]
    assert cli.main(arguments) == code
    assert {path.name for path in tmp_path.iterdir()} == {f"astronaut-{kind}.png" for kind in KINDS}


def test_a_name_that_is_not_utf8_is_written_and_printed(loaded, photo_path, tmp_path, capfdbinary):
    photo = tmp_path / "photo-\udcff.jpg"
    shutil.copy(photo_path, photo)
    assert cli.main(["edit", str(photo), "--set", "Smiling=1", "--space", "w_star", "--out", str(tmp_path / "o")]) == 0
    assert len(list((tmp_path / "o").iterdir())) == 3
    assert b"photo-\\udcff-edited-w-star.png" in capfdbinary.readouterr().out


@pytest.mark.parametrize("out", ["afile", "afile/o", "/proc/o"])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(unloadable, photo_path, tmp_path, capsys, out):
    (tmp_path / "afile").touch()
    assert cli.main(["edit", str(photo_path), "--out", str(tmp_path / out)]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_name_too_long_is_told_before_the_work(unloadable, photo_path, tmp_path, capsys):
    photo = tmp_path / f"{'n' * 245}.jpg"
    shutil.copy(photo_path, photo)
    assert cli.main(["edit", str(photo), "--out", str(tmp_path / "o")]) == 1
    assert "name too long" in capsys.readouterr().err and not (tmp_path / "o").exists()


def test_the_longest_name_that_is_accepted_can_be_written(tmp_path):
    stem = next("n" * length for length in range(255, 0, -1) if fits(tmp_path, "n" * length))
    assert len(save(pictures("red"), tmp_path, stem)) == 4 and len(stem) > 230


def fits(folder, stem: str) -> bool:
    try:
        check_pictures(folder, stem, ("w_plus", "w_star"))
    except EditorError:
        return False
    return True


def test_pictures_of_another_face_are_never_overwritten(tmp_path):
    red, blue, green = (save(pictures(colour), tmp_path, "a") for colour in ("red", "blue", "green"))
    assert [paths[0].name for paths in (red, blue, green)] == ["a-face.png", "a-2-face.png", "a-3-face.png"]
    for paths, colour in ((red, "red"), (blue, "blue"), (green, "green")):
        for path in paths:
            with Image.open(path) as picture:
                assert picture.tobytes() == pictures(colour)["face"].tobytes()


def test_pictures_of_the_same_face_are_replaced(tmp_path):
    save(pictures("red"), tmp_path, "a")
    blue = save(pictures("blue"), tmp_path, "a")
    again = save(pictures("blue") | {"edited-w-star": Image.new("RGB", (64, 64), "white")}, tmp_path, "a")
    assert again == blue and len(list(tmp_path.iterdir())) == 8
    with Image.open(again[-1]) as picture:
        assert picture.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("left", ["reconstruction", "edited-w-star"])
def test_pictures_whose_face_is_gone_are_not_overwritten(tmp_path, left):
    for path in save(pictures("red"), tmp_path, "a"):
        if left not in path.name:
            path.unlink()
    assert save(pictures("red"), tmp_path, "a")[0].name == "a-2-face.png"


def test_an_attribute_given_twice_is_refused():
    with pytest.raises(SettingError, match="Smiling is set twice"):
        parse_settings(("Smiling=1", "Young=1", "Smiling=2"))


@pytest.mark.parametrize("arguments", [["--", "-x.jpg", "--out", "o"], ["-x.jpg", "--out", "o"], ["-x.jpg"]])
def test_what_to_do_about_a_name_with_a_dash_is_said(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["edit", *arguments])
    error = capsys.readouterr().err.strip()
    assert caught.value.code == 2 and "Options come before" in error and "./-name" in error and len(error.splitlines()) == 1


def test_a_wrong_argument_of_another_kind_is_told_without_that(capsys):
    with pytest.raises(SystemExit):
        cli.main(["edit", "a.jpg", "--paint", "--set", "Smiling=-1", "--face", "-1"])
    assert "Options come before" not in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["dangling", "looping"])
def test_a_link_to_nowhere_as_folder_is_told_before_the_work(unloadable, photo_path, tmp_path, capsys, kind):
    (tmp_path / "o").symlink_to({"dangling": "nowhere", "looping": "o"}[kind])
    assert cli.main(["edit", str(photo_path), "--out", str(tmp_path / "o")]) == 1
    assert f"{tmp_path / 'o'} is a link" in capsys.readouterr().err


@pytest.mark.parametrize("space", ["both", "w_plus"])
def test_a_full_disk_is_told_before_the_work(unloadable, photo_path, tmp_path, monkeypatch, capsys, space):
    monkeypatch.setattr("editor.cli.pictures.PICTURE", 10**18)
    assert cli.main(["edit", str(photo_path), "--space", space, "--out", str(tmp_path / "o")]) == 1
    count = {"both": 4, "w_plus": 3}[space]
    assert f"cannot take about {count}000000000000 MB" in capsys.readouterr().err and not (tmp_path / "o").exists()


def test_a_full_disk_is_told_before_any_command_that_writes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(arguments, "OUTPUT", 10**18)
    for command in (
        ["encode", "x", "--out", str(tmp_path / "c.safetensors")],
        ["evaluate", "ablation", "x", "--out", str(tmp_path)],
    ):
        assert cli.main(command) == 1
        assert "cannot take about" in capsys.readouterr().err


@contextlib.contextmanager
def small_files():
    """A file system that takes the start of a file only, as one does that fills up.

    Around the one call, since pytest itself writes what a test came to, into a file that may be long already.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_pictures_saved_before_an_error_are_printed_and_kept(tmp_path, capsys):
    noise = Image.frombytes("RGB", (256, 256), os.urandom(3 * 256 * 256))
    with pytest.raises(EditorError, match=r"a-edited-w-plus\.png cannot be written"), small_files():
        save_or_tell(pictures("red") | {"edited-w-plus": noise}, tmp_path, "a")
    saved = [tmp_path / f"a-{kind}.png" for kind in ("face", "reconstruction")]
    assert capsys.readouterr().out.splitlines() == [str(path) for path in saved]
    assert sorted(tmp_path.iterdir()) == saved


def test_nothing_is_printed_where_nothing_could_be_saved(tmp_path, capsys):
    noise = Image.frombytes("RGB", (256, 256), os.urandom(3 * 256 * 256))
    with pytest.raises(EditorError, match=r"a-face\.png cannot be written"), small_files():
        save_or_tell({"face": noise}, tmp_path, "a")
    assert not capsys.readouterr().out and not list(tmp_path.iterdir())
