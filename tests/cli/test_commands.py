"""The command line on a real photo, and its answers to what is wrong."""

import io
import json
import shutil
import subprocess
import sys

import pytest
import torch
from PIL import Image

from editor import cli, pipeline
from editor.cli.doctor import Doctor
from tests.conftest import ROOT, difference


@pytest.fixture
def loaded(editor, monkeypatch):
    """Commands use the one editor that is loaded already."""
    monkeypatch.setattr(pipeline.Editor, "load", lambda *_, **__: editor)


def test_edit_finds_the_face_and_writes_the_whole_photo(loaded, photo_path, tmp_path, capsys):
    out = tmp_path / "out"
    assert cli.main(["edit", str(photo_path), "--set", "Smiling=-1.5", "--set", "Eyeglasses=1", "--out", str(out)]) == 0
    assert capsys.readouterr().out.split() == [str(out / "astronaut-edited.jpg")]
    with Image.open(out / "astronaut-edited.jpg") as edited, Image.open(photo_path) as photo:
        assert edited.size == photo.size and not edited.info.get("exif") and 0.1 < difference(edited, photo) < 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "Smirking=1"], "no attribute 'Smirking'"),
        (["--set", "Smiling=much"], "NAME=NUMBER"),
        (["--set", "Smiling=99"], "between"),
        (["--crop", "--lock", "Smirking"], "no attribute 'Smirking'"),
        (["--strip", "Smirking"], "no attribute 'Smirking'"),
        (["--sweep", "Smiling", "--sweep-to", "3"], "between"),
        (["--crop", "--face", "2"], "1 face"),
    ],
)
def test_what_is_wrong_is_one_line(loaded, photo_path, tmp_path, capsys, arguments, words):
    assert cli.main(["edit", str(photo_path), "--out", str(tmp_path), *arguments]) == 1
    error = capsys.readouterr().err.strip()
    assert words in error and len(error.splitlines()) == 1


def test_refining_is_told(loaded, photo_path, tmp_path, capsys):
    assert cli.main(["edit", str(photo_path), "--crop", "--out", str(tmp_path), "--refine", "3"]) == 0
    said = capsys.readouterr().err
    assert "refine: 100%" in said and said.count("Likeness:") == 1


class Screen(io.StringIO):
    """What stdout may be: tyro frames and colours what it says accordingly."""

    def __init__(self, encoding: str, colours: bool):
        super().__init__()
        self._encoding, self._colours = encoding, colours

    @property
    def encoding(self) -> str:
        return self._encoding

    def isatty(self) -> bool:
        return self._colours


@pytest.fixture(params=[("utf-8", True), ("utf-8", False), ("ascii", True), ("ascii", False)], ids=str)
def screen(request, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout", Screen(*request.param))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["edit"], "PHOTO"),
        (["paint"], "no command 'paint'"),
        (["train"], "flow"),
        (["edit", "a.jpg", "--space", "z"], "'w_plus', 'w_star', 'both'"),
        (["edit", "a.jpg", "--models", "nothing"], "'embedded'"),
        (["edit", "a.jpg", "--face", "0"], "'0' is not a whole number from 1 on"),
        (["edit", "a.jpg", "--outt", "o"], "Perhaps you meant --out"),
        (["edit", "a.jpg", "--" + "n" * 300], "Unrecognized options: --nnn"),
    ],
)
def test_wrong_arguments_are_one_line_and_2(arguments, words, screen, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    error = capsys.readouterr().err.strip()
    assert caught.value.code == 2 and words in error and len(error.splitlines()) == 1
    assert error.startswith("face-editor") and error.endswith("--help") and not set("│─╭\x1b") & set(error)


def test_doctor_measures(loaded, capsys):
    assert cli.main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"device", "models", "open_ms", "slider_ms", "weights", "memory_free_mb", "runtime"} <= report.keys()
    assert report["open_ms"] > 0 and report["slider_ms"]["full"] > 0
    assert report["memory_mb"].keys() == {"load", "first_edit", "likeness"}
    assert {report["weights"][name] for name in ("mobilestylegan-ffhq", "encoder", "flow", "directions")} == {"verified"}


def test_doctor_says_what_keeps_the_app_from_working(monkeypatch, tmp_path, capsys):
    from editor.weights import WeightStore

    store = WeightStore()
    monkeypatch.setattr("editor.weights.WeightStore", lambda: WeightStore(cache=tmp_path / "nowhere", folder=tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert "mobilestylegan-ffhq" in store.entries
    assert Doctor().run() == 1
    assert "could not be fetched" in capsys.readouterr().out


def test_the_module_runs():
    done = subprocess.run([sys.executable, "-m", "editor", "--help"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0 and "edit" in done.stdout and "doctor" in done.stdout


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")])
def test_running_out_of_memory_is_one_line(error, photo_path, tmp_path, monkeypatch, capsys):
    def load(*_, **__):
        raise error

    monkeypatch.setattr(pipeline.Editor, "load", load)
    assert cli.main(["edit", str(photo_path), "--crop", "--out", str(tmp_path)]) == 1
    assert "--device cpu" in capsys.readouterr().err


def test_a_bug_stays_a_bug(photo_path, tmp_path, monkeypatch):
    def load(*_, **__):
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(pipeline.Editor, "load", load)
    with pytest.raises(RuntimeError, match="shapes"):
        cli.main(["edit", str(photo_path), "--crop", "--out", str(tmp_path)])


def test_fidelity_is_of_faces_or_of_photos(tmp_path, capsys):
    for given in ([], ["--faces", str(tmp_path), "--photos", str(tmp_path)]):
        assert cli.main(["evaluate", "fidelity", *given]) == 1
        assert "--faces, or photos with --photos" in capsys.readouterr().err


def test_editability_is_of_the_faces_that_can_be_read(loaded, photo_path, tmp_path, capsys):
    shutil.copy(photo_path, tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    assert cli.main(["evaluate", "editability", "--faces", str(tmp_path), "--generated", "1", "--json"]) == 0
    said = capsys.readouterr()
    assert {name: group["n"] for name, group in json.loads(said.out).items()} == {"generated": 1, "encoded": 1}
    assert f"passed over {tmp_path / 'b.jpg'}" in said.err


def test_faces_are_chosen_by_a_split_as_excel_writes_it(tmp_path, capsys):
    faces = tmp_path / "img"
    faces.mkdir()
    Image.new("RGB", (64, 64)).save(faces / "a.jpg")
    (tmp_path / "split.csv").write_bytes("\ufeffid;split\r\nimg/a.jpg;heldout\r\n".encode())
    assert cli.main(["evaluate", "alignment", "--faces", str(faces), "--split", "heldout", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["not_found"] == 1
    assert cli.main(["evaluate", "alignment", "--faces", str(faces), "--split", "train"]) == 1
    assert "no ids in the split 'train'" in capsys.readouterr().err
    (tmp_path / "split.csv").write_text("id,split\nb,heldout\n")
    assert cli.main(["evaluate", "alignment", "--faces", str(faces), "--split", "heldout"]) == 1
    assert "None of the faces" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["edit", "a\0b.jpg"],
        ["edit", "nowhere.jpg", "--out", "a\0b"],
        ["edit", "nowhere.jpg", "--set", "Smiling\0=1"],
        ["encode", "a\0b", "--out", "c.safetensors"],
        ["doctor", "--models", "\0"],
    ],
)
def test_a_nul_character_in_an_argument_is_one_line(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    error = capsys.readouterr().err.strip()
    assert caught.value.code == 2 and "holds a NUL character" in error and len(error.splitlines()) == 1 and "\0" not in error


@pytest.mark.parametrize("device", ["mps", "meta", "xpu", "cpu:0", "cuda:99", "nonsense"])
@pytest.mark.parametrize(
    "command",
    [
        ["edit", "nowhere.jpg"],
        ["encode", "nowhere", "--out", "c.safetensors"],
        ["prepare", "ffhq", "--photos", "nowhere", "--labels", "nowhere.csv"],
        ["evaluate", "fidelity", "--faces", "nowhere"],
        ["train", "preview"],
        ["train", "encoder"],
    ],
)
def test_a_device_that_is_not_here_is_one_line_before_anything_is_opened(command, device, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main([*command, "--device", device]) == 1
    error = capsys.readouterr().err.strip()
    assert device in error and "here there is: cpu" in error and len(error.splitlines()) == 1 and not list(tmp_path.iterdir())


def test_doctor_reports_a_device_that_is_not_here(capsys):
    assert cli.main(["doctor", "--device", "meta", "--json"]) == 1
    assert "here there is: cpu" in json.loads(capsys.readouterr().out)["error"]
