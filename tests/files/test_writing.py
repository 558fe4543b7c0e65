"""What cannot be written is said before the work, and what is written is whole."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from editor.errors import EditorError
from editor.files.writing import check_files, check_folder, check_space, write_atomically


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_checking_leaves_nothing_behind(tmp_path):
    check_files([tmp_path / "a" / "b" / "c.png"])
    check_folder(tmp_path / "d" / "e")
    assert not list(tmp_path.iterdir())


def test_checking_keeps_what_is_there(tmp_path):
    (tmp_path / "c.png").write_bytes(b"before")
    check_files([tmp_path / "c.png"])
    assert (tmp_path / "c.png").read_bytes() == b"before" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["afile/x.png", "afile/y/x.png", "afolder", "n" * 256, f"new/{'n' * 252}.png", "/proc/x.png"])
def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path, name):
    (tmp_path / "afile").touch()
    (tmp_path / "afolder").mkdir()
    with pytest.raises(EditorError, match=r"is a file|is a folder|cannot be written") as caught:
        check_files([tmp_path / name])
    assert str(caught.value).endswith((".", "name.")) and names(tmp_path) == ["afile", "afolder"]


@pytest.mark.parametrize("name", ["afile", "afile/x", "/proc/x", "n" * 256])
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, name):
    (tmp_path / "afile").touch()
    with pytest.raises(EditorError, match=r"is a file|cannot be written"):
        check_folder(tmp_path / name)


@pytest.mark.parametrize("name", ["n" * 251 + ".png", "\udcff.png", "ä.png"])
def test_every_name_that_the_file_system_takes_can_be_written(tmp_path, name):
    check_files([tmp_path / name])
    write_atomically(tmp_path / name, lambda part: part.write_bytes(b"all"))
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), ValueError])
def test_what_is_not_written_to_its_end_leaves_what_was_there(tmp_path, error):
    (tmp_path / "x").write_bytes(b"before")

    def write(part):
        part.write_bytes(b"hal")
        raise error

    with pytest.raises(EditorError if isinstance(error, OSError) else error):
        write_atomically(tmp_path / "x", write)
    assert (tmp_path / "x").read_bytes() == b"before" and names(tmp_path) == ["x"]


def test_safetensors_own_error_is_a_sentence(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(EditorError, match="cannot be written"):
        write_atomically(tmp_path / "y", lambda _: save_file({"a": torch.zeros(1)}, tmp_path / "x"))


@pytest.mark.parametrize("below", ["", "x", "x/y"])
@pytest.mark.parametrize(
    ("target", "words"),
    [("nowhere/deep", "is a link to nowhere/deep, which does not exist"), ("link", "is a link that leads back to itself")],
)
def test_a_link_in_the_way_is_called_one(tmp_path, below, target, words):
    (tmp_path / "link").symlink_to(target)
    for check in (lambda: check_folder(tmp_path / "link" / below), lambda: check_files([tmp_path / "link" / below / "a.png"])):
        with pytest.raises(EditorError, match=f"link {words}, and a folder is needed there"):
            check()
    assert names(tmp_path) == ["link"]


def test_a_link_to_a_folder_is_a_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    check_folder(tmp_path / "link" / "x")
    write_atomically(tmp_path / "link" / "x" / "a", lambda part: part.write_bytes(b"all"))
    assert names(tmp_path / "folder" / "x") == ["a"]


def test_a_link_to_nowhere_that_bears_a_files_name_is_replaced(tmp_path):
    (tmp_path / "a.png").symlink_to("nowhere")
    check_files([tmp_path / "a.png"])
    write_atomically(tmp_path / "a.png", lambda part: part.write_bytes(b"all"))
    assert (tmp_path / "a.png").read_bytes() == b"all" and names(tmp_path) == ["a.png"]


@pytest.mark.parametrize(
    "check", [lambda path: check_files([path]), check_folder, lambda path: write_atomically(path, lambda part: part.touch())]
)
def test_a_nul_character_is_one_sentence(tmp_path, check):
    with pytest.raises(EditorError, match="holds a NUL character"):
        check(tmp_path / "a\0b")
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_told_with_what_it_has(tmp_path):
    for folder in (tmp_path, tmp_path / "new" / "er"):
        check_space(folder, 1)
        with pytest.raises(EditorError, match=r"cannot take about 1000000000000 MB: its disk has \d+ MB left"):
            check_space(folder, 10**18)
    assert not list(tmp_path.iterdir())


def test_a_file_system_without_a_size_is_not_called_full():
    check_space(Path("/proc"), 10**18)
