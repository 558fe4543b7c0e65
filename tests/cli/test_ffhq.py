"""StyleGAN2's model sets from the command line, with tiny networks in the checkpoints' place."""

import json

import pytest
from PIL import Image

from editor.cli import main
from tests.ffhq import tiny_store


@pytest.fixture
def tiny(ffhq_store, monkeypatch):
    use(ffhq_store, monkeypatch)
    return ffhq_store


def use(store, monkeypatch):
    monkeypatch.setattr("editor.pipeline.WeightStore", lambda: store)
    monkeypatch.setattr("editor.weights.WeightStore", lambda: store)


def test_a_photo_is_edited_and_that_it_takes_seconds_is_said(tiny, photo_path, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["edit", str(photo_path), "--models", "ffhq", "--device", "cpu", "--set", "Own_Attribute=2", "--crop"]
    assert main([*arguments, "--out", str(out)]) == 0
    with Image.open(out / "astronaut-edited.png") as edited, Image.open(out / "astronaut-reconstruction.png") as drawn:
        assert edited.size == (1024, 1024) and edited.tobytes() != drawn.tobytes()
    assert "embedded models" in capsys.readouterr().err


def test_what_is_to_be_done_first_is_one_line(tmp_path, monkeypatch, photo_path, capsys):
    use(tiny_store(tmp_path), monkeypatch)
    assert main(["edit", str(photo_path), "--models", "ffhq", "--device", "cpu", "--crop"]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("error: ") and "prepare ffhq" in said and len(said.splitlines()) == 1


def test_the_doctor_examines_it(tiny, capsys):
    assert main(["doctor", "--models", "ffhq", "--device", "cpu", "--json"]) in (0, 1)
    report = json.loads(capsys.readouterr().out)
    assert report["weights"]["psp-ffhq"] == "verified" and "embedded" in report["notice"]


def test_codes_need_no_flow(tiny, photo_path, tmp_path, capsys):
    assert main(["encode", str(photo_path.parent), "--models", "ffhq", "--out", str(tmp_path / "codes.safetensors")]) == 0
    assert "1 codes of 1 people" in capsys.readouterr().out


def test_a_generator_of_ones_own_that_is_none_is_refused(tiny, photo_path, tmp_path, capsys):
    (tmp_path / "page.pt").write_text("<!DOCTYPE html>")
    arguments = ["edit", str(photo_path), "--models", "ffhq", "--device", "cpu", "--crop"]
    assert main([*arguments, "--generator", str(tmp_path / "page.pt")]) == 1
    assert "web page" in capsys.readouterr().err
