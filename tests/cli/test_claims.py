"""The commands that measure the paper's claims, on real models and on what does not belong together."""

import pytest
import torch
from PIL import Image

from editor import cli
from editor.spaces import WPlus
from editor.train.codes import Codes, write_codes


@pytest.fixture
def loaded(editor, monkeypatch):
    monkeypatch.setattr("editor.pipeline.Editor.load", lambda *_, **__: editor)


def test_figure2_of_a_real_photo(loaded, photo_path, tmp_path, capsys):
    arguments = ["--photos", str(photo_path), "--attributes", "Smiling", "--out", str(tmp_path)]
    assert cli.main(["evaluate", "figure2", *arguments]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "figure2.png"), str(tmp_path / "figure2.pdf")]
    assert Image.open(tmp_path / "figure2.png").height > 4 * 256


def test_an_attribute_that_does_not_exist(loaded, photo_path, tmp_path, capsys):
    arguments = ["--photos", str(photo_path), "--attributes", "Smirking", "--out", str(tmp_path)]
    assert cli.main(["evaluate", "figure2", *arguments]) == 1
    assert "no attribute 'Smirking'" in capsys.readouterr().err


@pytest.fixture
def foreign(tmp_path, random):
    labels = torch.rand(40, 3, generator=random) > 0.5
    w_plus = WPlus(torch.randn(40, 18, 512, generator=random))
    path = tmp_path / "codes.safetensors"
    write_codes(Codes(w_plus, labels, torch.arange(40), ("a", "b", "c"), "elsewhere"), path)
    return path


@pytest.mark.parametrize("measure", ["table1", "leakage"])
def test_codes_of_another_encoder_are_refused(foreign, gate, tmp_path, capsys, measure):
    flow = ["--flow", str(gate.path("flow"))]
    protocol = ["--protocol", "strict"] if measure == "table1" else []
    arguments = ["evaluate", measure, *protocol, *flow, "--codes", str(foreign), "--out", str(tmp_path)]
    assert cli.main(arguments) == 1
    error = capsys.readouterr().err.strip()
    assert "another encoder" in error and len(error.splitlines()) == 1


@pytest.mark.parametrize("protocol", ["strict", "paper"])
def test_codes_too_few_to_train_on_are_named(foreign, tmp_path, capsys, protocol):
    arguments = ["--protocol", protocol, "--codes", str(foreign), "--out", str(tmp_path)]
    assert cli.main(["evaluate", "table1", *arguments]) == 1
    assert "fewer than a batch" in capsys.readouterr().err.strip().splitlines()[-1]
