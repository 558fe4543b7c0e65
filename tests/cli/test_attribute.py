"""`attribute`: two folders in, one file out; everything that can be wrong is told before the models load."""

import json

import pytest
import torch
from PIL import Image

from editor import cli
from editor.actions.learn import Learned, Skipped
from editor.edit.directions import SpaceDirections
from editor.edit.few import Validation
from editor.edit.own import OwnAttribute, read_own


class Fake:
    """Learns without models."""

    def __init__(self):
        self.asked = []

    def learn(self, name, shows, lacks, progress):
        self.asked.append((name, [path.name for path in shows], [path.name for path in lacks]))
        progress(1, len(shows) + len(lacks))
        parts = [SpaceDirections(torch.eye(1, 72), *(torch.ones(1) for _ in range(3))) for _ in range(2)]
        known = dict.fromkeys(("w_plus", "w_star"), Validation((17, 15), (20, 20)))
        own = OwnAttribute(name, *parts, "encoder", "flow", (20, 19), known, {"Male": 1.25}, {"w_plus": {}, "w_star": {}})
        return Learned(own, (Skipped("c.jpg", "No face was found."),))


@pytest.fixture
def loaded(monkeypatch) -> Fake:
    fake = Fake()
    monkeypatch.setattr("editor.pipeline.Editor.load", lambda *_, **__: fake)
    return fake


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for side in ("with", "without/deeper"):
        (tmp_path / side).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / side / "a.jpg")
        (tmp_path / side / "notes.txt").write_text("no picture")
    return tmp_path


def make(name: str, *more: str) -> int:
    return cli.main(["attribute", name, "--with", "with", "--without", "without", *more])


def test_a_file_is_written_and_what_it_is_worth_is_told(loaded, folder, capsys):
    assert make("雀斑") == 0
    said = capsys.readouterr()
    assert loaded.asked == [("雀斑", ["a.jpg"], ["a.jpg"])] and read_own(folder / "雀斑.safetensors").name == "雀斑"
    assert "W*: 32 of 40 photos" in said.out and "Male +1.2" in said.out and "--set 雀斑=1" in said.out
    assert "passed over c.jpg: No face was found." in said.err


def test_json_is_json(loaded, folder, capsys):
    assert make("Freckles", "--json", "--out", "mine.safetensors") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["w_star"]["accuracy"] == pytest.approx(0.8)
    assert about["photos"] == [20, 20] and about["unlike"] == {"Male": 1.25}
    assert about["skipped"] == [{"photo": "c.jpg", "reason": "No face was found."}] and about["file"] == "mine.safetensors"


def test_a_name_that_no_file_may_have_gives_a_file(loaded, folder):
    assert make("warm/cold: 50 %?") == 0
    assert [path.name for path in folder.glob("*.safetensors")] == ["warm_cold_ 50 %_.safetensors"]


def test_a_file_that_is_there_is_kept_unless_asked(loaded, folder, capsys):
    (folder / "Freckles.safetensors").write_text("mine")
    assert make("Freckles") == 1 and "already" in capsys.readouterr().err
    assert (folder / "Freckles.safetensors").read_text() == "mine" and loaded.asked == []
    assert make("Freckles", "--overwrite") == 0 and read_own(folder / "Freckles.safetensors").people == (20, 19)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a=b"], "equals sign"),
        (["x" * 300], "1 to 40 characters"),
        (["Freckles", "--out", "mine.pt"], "written as .safetensors"),
        (["Freckles", "--with", "nowhere"], "--with nowhere: there is no such folder."),
        (["Freckles", "--out", "with/a.jpg/mine.safetensors"], "a folder is needed there"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(loaded, folder, capsys, arguments, said):
    assert make(*arguments) == 1
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1 and loaded.asked == []
