"""The commands that measure the paper's claims, on real models and on what does not belong together."""

import pytest
import torch
from PIL import Image

from editor import cli
from editor.data.codes import LabelledCodes, write_codes
from editor.spaces import WPlus
from editor.weights import read_tensors


@pytest.fixture
def loaded(editor, monkeypatch):
    monkeypatch.setattr("editor.pipeline.Editor.load", lambda *_, **__: editor)


def test_figure2_of_a_real_photo(loaded, photo_path, tmp_path, capsys):
    arguments = ["--photos", str(photo_path), "--attributes", "Smiling", "--out", str(tmp_path)]
    assert cli.main(["evaluate", "figure2", *arguments]) == 0
    assert capsys.readouterr().out.split() == [str(tmp_path / "figure2.png"), str(tmp_path / "figure2.pdf")]
    assert Image.open(tmp_path / "figure2.png").height > 4 * 256


def test_figure2_is_made_of_the_photos_that_can_be_opened(loaded, photo_path, tmp_path, capsys):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    photos = ["--photos", str(tmp_path / "bad.jpg"), str(photo_path)]
    assert cli.main(["evaluate", "figure2", *photos, "--attributes", "Smiling", "--out", str(tmp_path / "out")]) == 1
    assert (tmp_path / "out" / "figure2.png").exists()
    error = capsys.readouterr().err
    assert "passed over" in error and "1 of 2 photos are not in the figure" in error.splitlines()[-1]


@pytest.mark.parametrize("command", ["evaluate table1", "evaluate leakage", "evaluate ablation run", "train flow"])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(tmp_path, capsys, command):
    (tmp_path / "afile").touch()
    option = "--run" if command.startswith("train") else "--out"
    assert cli.main([*command.split(), option, str(tmp_path / "afile")]) == 1
    assert "afile is a file" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "words"), [("sheet.xyz", "must end in .png"), ("afile/sheet.png", "is a file")])
@pytest.mark.parametrize("command", ["live", "paste --data nowhere"])
def test_a_sheet_that_cannot_be_written_is_told_before_the_work(tmp_path, capsys, command, name, words):
    (tmp_path / "afile").touch()
    assert cli.main(["evaluate", *command.split(), "--sheet", str(tmp_path / name)]) == 1
    assert words in capsys.readouterr().err


def test_an_attribute_that_does_not_exist(loaded, photo_path, tmp_path, capsys):
    arguments = ["--photos", str(photo_path), "--attributes", "Smirking", "--out", str(tmp_path)]
    assert cli.main(["evaluate", "figure2", *arguments]) == 1
    assert "no attribute 'Smirking'" in capsys.readouterr().err


@pytest.fixture
def foreign(tmp_path, random):
    labels = torch.rand(40, 3, generator=random) > 0.5
    w_plus = WPlus(torch.randn(40, 18, 512, generator=random))
    path = tmp_path / "codes.safetensors"
    write_codes(LabelledCodes(w_plus, labels, torch.arange(40), ("a", "b", "c"), "elsewhere"), path)
    return path


@pytest.mark.parametrize("measure", ["table1", "leakage"])
def test_codes_of_another_encoder_are_refused(foreign, store, tmp_path, capsys, measure):
    flow = ["--flow", str(store.path("flow"))]
    protocol = ["--protocol", "strict"] if measure == "table1" else []
    arguments = ["evaluate", measure, *protocol, *flow, "--codes", str(foreign), "--out", str(tmp_path)]
    assert cli.main(arguments) == 1
    error = capsys.readouterr().err.strip()
    assert "another encoder" in error and len(error.splitlines()) == 1


def test_a_method_that_does_not_exist_is_named_at_once(tmp_path, capsys):
    assert cli.main(["evaluate", "leakage", "--methods", "w_moon", "--out", str(tmp_path)]) == 1
    assert "no method w_moon. There are: w_plus, " in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("protocol", ["strict", "paper"])
def test_codes_too_few_to_train_on_are_named(foreign, tmp_path, capsys, protocol):
    arguments = ["--protocol", protocol, "--codes", str(foreign), "--out", str(tmp_path)]
    assert cli.main(["evaluate", "table1", *arguments]) == 1
    assert "fewer than a batch" in capsys.readouterr().err.strip().splitlines()[-1]


def test_distillation_needs_photos(foreign, tmp_path, capsys):
    arguments = ["--recipe", "distilled", "--codes", str(foreign), "--run", str(tmp_path / "run")]
    assert cli.main(["train", "flow", *arguments]) == 1
    assert "--data" in capsys.readouterr().err.strip().splitlines()[-1]


def test_soft_labels_are_made_once(store, tmp_path, random, capsys):
    """Twenty people and two attributes: too few for T, and enough for soft labels."""
    (tmp_path / "img").mkdir()
    rows = range(21)
    for n in rows:
        pixels = torch.randint(256, (64, 64, 3), generator=random, dtype=torch.uint8)
        Image.fromarray(pixels.numpy()).save(tmp_path / "img" / f"{n}.jpg")
    (tmp_path / "img" / "20.jpg").write_bytes(b"one damaged picture among them")
    (tmp_path / "attributes.csv").write_text("id,a,b\n" + "".join(f"{n},{n % 2},{n // 2 % 2}\n" for n in rows))
    (tmp_path / "split.csv").write_text("id,person,split\n" + "".join(f"{n},{n},train\n" for n in rows))
    cache = tmp_path / "codes"
    arguments = ["--recipe", "distilled", "--data", str(tmp_path), "--codes", str(cache), "--run", str(tmp_path / "run")]
    for _ in range(2):
        assert cli.main(["train", "flow", *arguments]) == 1
        told = capsys.readouterr().err
        assert "fewer than a batch" in told.strip().splitlines()[-1]
    assert "soft labels" not in told, "what is cached is not made again"
    found = {kind: read_tensors(path)[0][kind] for kind in ("soft-labels", "views") for path in cache.glob(f"{kind}-*")}
    assert found["soft-labels"].shape == (20, 2) and found["views"].shape == (20, 4, 18, 512)
    assert not list(cache.glob("*.part"))
