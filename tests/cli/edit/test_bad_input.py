"""Whatever goes wrong is one line; names are checked before the work, and nothing half-written stays."""

import contextlib
import os
import resource
import shutil
import signal
import sys

import pytest

from editor import cli
from editor.cli import arguments
from editor.cli.edit import outputs
from editor.cli.edit.report import Report
from editor.edited_photo import EditedPhoto
from tests.cli.test_streams import closed_pipe, full_disk

SMILE = ("--set", "Smiling=1")


def one_line(capsys) -> str:
    told = capsys.readouterr()
    (line,) = told.err.strip().splitlines()
    assert line.startswith("error: ") and not told.out
    return line


@pytest.mark.parametrize(("stream", "code"), [(lambda: closed_pipe(0), 0), (lambda: closed_pipe(-1), 0), (full_disk, 1)])
def test_every_picture_is_written_though_nothing_can_be_printed(opened, edit, tmp_path, monkeypatch, stream, code):
    monkeypatch.setattr(sys, "stdout", stream())
    monkeypatch.setattr(sys, "stderr", closed_pipe(0))
    assert edit(*SMILE, "--changes", "--refine", "1", "--crop") == code
    assert len(list((tmp_path / "out").iterdir())) == 3


@pytest.mark.parametrize("name", ["photo-\udcff.jpg", "Άννα 写真 🙂.jpg", "n" * 250 + ".jpg"])
def test_names_of_any_kind_are_written_and_printed(opened, edit, photo_path, tmp_path, capfdbinary, name):
    photo = tmp_path / name
    shutil.copy(photo_path, photo)
    assert edit(*SMILE, photo=photo) == 0
    (path,) = (tmp_path / "out").iterdir()
    assert path.name[:6] == name[:6] and path.name.endswith("-edited.jpg")
    assert os.path.basename(capfdbinary.readouterr().out.strip().decode()[-20:]) in ascii(path.name) + path.name  # noqa: PTH119


def test_a_photo_whose_name_no_disk_takes_is_one_line(unloadable, edit, capsys):
    assert edit(*SMILE, photo="n" * 300 + ".jpg") == 1
    assert "File name too long" in one_line(capsys)


@pytest.mark.parametrize("out", ["afile", "afile/o", "/proc/o", "n" * 300])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(unloadable, edit, tmp_path, capsys, out):
    (tmp_path / "afile").touch()
    assert edit(*SMILE, out=tmp_path / out) == 1
    assert one_line(capsys)


def test_a_recipes_name_that_no_disk_takes_is_told_before_the_work(unloadable, edit, tmp_path, capsys):
    assert edit(*SMILE, "--save-recipe", tmp_path / ("n" * 300)) == 1
    assert "File name too long" in one_line(capsys)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told_before_the_work(unloadable, edit, tmp_path, capsys):
    (tmp_path / "out").mkdir(mode=0o500)
    assert edit(*SMILE) == 1
    assert "Permission denied" in one_line(capsys)


@pytest.mark.parametrize("kind", ["dangling", "looping"])
def test_a_link_to_nowhere_as_folder_is_told_before_the_work(unloadable, edit, tmp_path, capsys, kind):
    (tmp_path / "out").symlink_to({"dangling": "nowhere", "looping": "out"}[kind])
    assert edit(*SMILE) == 1
    assert f"{tmp_path / 'out'} is a link" in one_line(capsys)


def test_a_file_that_is_there_is_told_before_the_work(unloadable, edit, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    there = tmp_path / "out" / "astronaut-edited.jpg"
    there.write_bytes(b"kept")
    assert edit(*SMILE) == 1
    assert "is there already, and is kept" in one_line(capsys) and there.read_bytes() == b"kept"


def test_a_file_that_is_there_is_replaced_where_that_is_asked_for(opened, edit, tmp_path):
    (tmp_path / "out").mkdir()
    there = tmp_path / "out" / "astronaut-edited.jpg"
    there.write_bytes(b"replaced")
    assert edit(*SMILE, "--overwrite") == 0
    assert there.read_bytes()[:2] == b"\xff\xd8" and len(list((tmp_path / "out").iterdir())) == 1


def test_a_file_that_another_program_wrote_meanwhile_is_kept(opened, edit, tmp_path, monkeypatch, capsys):
    there = tmp_path / "out" / "astronaut-edited.jpg"
    monkeypatch.setattr(EditedPhoto, "content", lambda *_: (there.parent.mkdir(), there.write_bytes(b"kept"))[1:] and b"new")
    assert edit(*SMILE) == 1
    assert "is there already" in capsys.readouterr().err and there.read_bytes() == b"kept"


@pytest.mark.parametrize(("crop", "megabytes"), [((), 262144000000000), (("--crop",), 3000000000000)])
def test_a_full_disk_is_told_before_the_work(unloadable, edit, tmp_path, monkeypatch, capsys, crop, megabytes):
    monkeypatch.setattr(outputs, "PICTURE", 10**18)
    monkeypatch.setattr(outputs, "BYTES", 10**15)
    assert edit(*SMILE, *crop) == 1
    assert f"cannot take about {megabytes} MB" in one_line(capsys) and not (tmp_path / "out").exists()


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


def test_a_disk_that_fills_up_leaves_nothing_half_written(opened, edit, tmp_path, capsys):
    with small_files():
        assert edit(*SMILE) == 1
    told = capsys.readouterr()
    assert "astronaut-edited.jpg cannot be written" in told.err and not told.out and not list((tmp_path / "out").iterdir())


def test_a_folder_as_photo_is_one_line(unloadable, edit, tmp_path, capsys):
    assert edit(*SMILE, photo=tmp_path) == 1
    assert "is a folder. Choose a photo in it" in one_line(capsys)


@pytest.mark.parametrize("content", [b"%PDF-1.7", b""])
def test_what_is_no_photo_is_one_line(unloadable, edit, tmp_path, capsys, content):
    (tmp_path / "p.jpg").write_bytes(content)
    assert edit(*SMILE, photo=tmp_path / "p.jpg") == 1
    assert "p.jpg" in one_line(capsys)


def test_a_photo_that_changes_while_it_is_edited_is_told(opened, edit, photo_path, tmp_path, monkeypatch, capsys):
    photo = tmp_path / "photo.jpg"
    shutil.copy(photo_path, photo)
    render = opened.render
    monkeypatch.setattr(opened, "render", lambda *a, **k: (photo.write_bytes(b"other"), render(*a, **k))[1], raising=False)
    assert edit(*SMILE, photo=photo) == 1
    assert "photo.jpg has changed since it was opened. Open it again." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_ctrl_c_while_the_likeness_improves_leaves_nothing(opened, edit, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Report, "told", lambda *_: signal.raise_signal(signal.SIGINT))
    assert edit(*SMILE, "--refine", "500") == 130
    told = capsys.readouterr()
    assert told.err == "stopped\n" and not told.out and not (tmp_path / "out").exists()


def test_ctrl_c_between_two_files_leaves_whole_ones_and_tells_them(opened, edit, tmp_path, monkeypatch, capsys):
    content = EditedPhoto.content

    def interrupted(self, *arguments):
        if self.recipe.edits[0].space == "w_star":
            signal.raise_signal(signal.SIGINT)
        return content(self, *arguments)

    monkeypatch.setattr(EditedPhoto, "content", interrupted)
    assert edit(*SMILE, "--space", "both") == 130
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == "astronaut-edited-w-plus.jpg" and path.read_bytes()[-2:] == b"\xff\xd9"
    assert capsys.readouterr().out == f"{path}\n"
