"""A model set is prepared from labelled photos, in steps that are not repeated, and then edits."""

import csv
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from editor import SettingError
from editor.align import FaceFinder
from editor.cli import main
from editor.data.encoding import CodeReader
from editor.data.labelled_folder import read_folder
from editor.encode.face import FaceEncoder
from editor.flow import FlowConfig, read_flow
from editor.generate.runtimes import TorchRuntime
from editor.judge.backbone import open_training_classifier
from editor.models import load_models, load_networks, model_set, prepared_files
from editor.train import prepare as preparing
from editor.train.directions.fit import DirectionsConfig
from editor.train.flow.recipes import RECIPES, FlowTraining
from editor.train.prepare import Preparation, prepare, summary
from editor.weights import sha256_of
from tests.ffhq import plain_editor, tiny_store

CPU = torch.device("cpu")
COUNT = 40


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Pictures whose colour tells their labels; one has none, one is damaged."""
    folder, random = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    with (folder / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "Red", "Smiling"])
        for n in range(COUNT):
            red, bright = n % 2, n // 2 % 2
            pixels = random.integers(0, 60, (80, 80, 3)) + np.array([150 * red, 40, 60 * bright])
            Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{n:03d}.png")
            rows.writerow([f"{n:03d}.png", red, bright])
        rows.writerow(["damaged.png", 1, 0])
    (folder / "damaged.png").write_bytes(b"no picture")
    Image.new("RGB", (80, 80)).save(folder / "unlabelled.png")
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return tiny_store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def how(tiny):
    networks = load_networks(model_set("ffhq"), tiny)
    return Preparation(
        reader=CodeReader(FaceFinder(CPU), FaceEncoder(networks.encoder, CPU), aligned=True),
        draw=TorchRuntime(networks.preview, CPU),
        classifier=open_training_classifier(tiny),
        encoder=tiny.entries["psp-ffhq"].sha256,
        aligned=True,
        flow=FlowTraining(epochs=2, batch=8, model=FlowConfig(couplings=2, hidden=8)),
        directions=DirectionsConfig(faces=1, reconstructed=4),
    )


@pytest.fixture
def folder(photos):
    return read_folder(photos, photos / "labels.csv", None)


def test_it_makes_what_the_set_needs_and_the_set_then_edits(folder, how, tiny, photo):
    flow, _ = prepared_files("ffhq", tiny)
    directions, heldout, skipped = prepare(folder, flow.parent, how)
    assert directions.attributes == ("Red", "Smiling") and heldout == round(0.14 * COUNT)
    assert {path.name: reason for path, reason in skipped.items()}["unlabelled.png"] == "it has no labels"
    assert "damaged.png" in {path.name for path in skipped}
    report = summary(directions, heldout)
    assert report["n"] == heldout and 0 <= report["w_star"]["min"] <= report["w_star"]["max"] <= 1
    editor = plain_editor(load_models("ffhq", tiny))
    portrait = editor.open(photo)
    assert editor.render(portrait, {"Red": 2.0}).w_star.tobytes() != portrait.reconstruction.tobytes()


def test_a_stopped_preparation_goes_on_to_the_same_result(folder, how, tmp_path, monkeypatch):
    whole, _, _ = prepare(folder, tmp_path / "whole", how)

    def stop(*_, **__):
        raise KeyboardInterrupt

    for step in ("encode_folder", "train_flow", "fit_directions"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(preparing, step, stop)
            prepare(folder, tmp_path / "stopped", how)
    with monkeypatch.context() as patch:
        patch.setattr(CodeReader, "__call__", stop)  # what is encoded is not encoded again
        again, _, _ = prepare(folder, tmp_path / "stopped", how)
    for space in ("w_plus", "w_star"):
        for one, other in zip(vars(getattr(whole, space)).values(), vars(getattr(again, space)).values(), strict=True):
            assert torch.equal(one, other)
    one, other = (read_flow(tmp_path / name / "flow.safetensors")[0].state_dict() for name in ("whole", "stopped"))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_other_photos_are_other_codes(folder, how, tmp_path):
    first, _, _ = prepare(folder, tmp_path, how)
    fewer, _, _ = prepare(replace(folder, photos=folder.photos[:-4]), tmp_path, how)
    assert len(list(tmp_path.glob("codes-*.safetensors"))) == 2 and first.flow != fewer.flow
    assert sha256_of(tmp_path / "flow.safetensors") == fewer.flow


def test_what_nothing_can_be_learned_from_is_refused_before_training(folder, how, tmp_path):
    few = replace(folder, photos=folder.photos[:3])
    with pytest.raises(SettingError, match="too few"):
        prepare(few, tmp_path / "few", how)
    same = replace(folder, labels={name: [True, values[1]] for name, values in folder.labels.items()})
    with pytest.raises(SettingError, match="Everybody or nobody has Red"):
        prepare(same, tmp_path / "same", how)


def test_the_command_says_that_it_can_be_stopped_and_what_came_of_it(photos, tmp_path, monkeypatch, capsys):
    store = tiny_store(tmp_path)
    monkeypatch.setattr("editor.weights.WeightStore", lambda: store)
    quick = FlowTraining(epochs=1, batch=8, model=FlowConfig(couplings=2, hidden=8))
    monkeypatch.setitem(RECIPES, "editing", quick)
    monkeypatch.setattr(Preparation.__init__, "__defaults__", (False, quick, DirectionsConfig(faces=1, reconstructed=4)))
    arguments = [
        "prepare",
        "ffhq",
        "--photos",
        str(photos),
        "--labels",
        str(photos / "labels.csv"),
        "--aligned",
        "--device",
        "cpu",
    ]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert "It can be stopped" in said.out and "face-editor --models ffhq" in said.out
    assert "damaged.png" in said.err and all(path.is_file() for path in prepared_files("ffhq", store))


@pytest.mark.parametrize("models", ["embedded", "ffhq-e4e"])
def test_sets_that_need_nothing_are_refused(models, photos, capsys):
    assert main(["prepare", models, "--photos", str(photos), "--labels", str(photos / "labels.csv")]) == 1
    assert "already" in capsys.readouterr().err


def test_a_set_that_does_not_exist_is_a_wrong_argument(photos, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["prepare", "nothing", "--photos", str(photos), "--labels", str(photos / "labels.csv")])
    assert caught.value.code == 2 and "'ffhq-e4e'" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told_before_the_work(photos, tmp_path, monkeypatch, capsys):
    store = tiny_store(tmp_path)
    monkeypatch.setattr("editor.weights.WeightStore", lambda: store)
    monkeypatch.setattr("editor.train.prepare_run.load_networks", lambda *_: pytest.fail("the work began"))
    store.cache.mkdir(exist_ok=True)
    (store.cache / "prepared").touch()
    assert main(["prepare", "ffhq", "--photos", str(photos), "--labels", str(photos / "labels.csv")]) == 1
    assert "prepared is a file" in capsys.readouterr().err
