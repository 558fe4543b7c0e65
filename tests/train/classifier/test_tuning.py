"""The training classifier's network learns with its probe, and goes on where it was stopped."""

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet

import editor.train.classifier.tuning as tuning
from editor.images import to_signed
from editor.judge.attributes import AttributeClassifier
from editor.judge.backbone import Backbone, QuickFeatures
from editor.train.classifier.tuning import Photos, TuningConfig, changed, tune
from editor.train.history import Run

CONFIG = TuningConfig(epochs=2, batch=4)


@pytest.fixture
def start() -> AttributeClassifier:
    """A probe that knows nothing, on a network with random weights."""
    torch.manual_seed(0)
    features = QuickFeatures(Backbone(EfficientNet.from_name("efficientnet-lite0").state_dict()))
    seen = features(torch.rand(8, 3, 128, 128) * 2 - 1)
    half, weights = torch.full((1,), 0.5), torch.zeros(1, seen.shape[1])
    shape = dict(mean=seen.mean(0), std=seen.std(0).clamp_min(1e-3), weights=weights, intercepts=torch.zeros(1))
    return AttributeClassifier(features, **shape, attributes=("Pale_Skin",), prevalence=half, threshold=half, logit_std=half)


@pytest.fixture
def photos(random) -> Photos:
    """Dark faces, and pale ones."""
    pale = torch.arange(12) % 2 == 1
    noise = torch.randint(0, 60, (12, 3, 128, 128), generator=random)
    return Photos((noise + 150 * pale[:, None, None, None]).byte(), pale[:, None])


def test_it_learns_what_the_labels_say(start, photos, tmp_path):
    found = tune(start, photos, photos, CONFIG, Run(tmp_path, CONFIG))
    logits = found(to_signed(photos.pictures))[:, 0]
    assert logits[photos.labels[:, 0]].min() > logits[~photos.labels[:, 0]].max()
    assert '"auc": 1.0' in (tmp_path / "curve.jsonl").read_text().splitlines()[-1]


def test_what_it_starts_from_and_the_first_blocks_stay_as_they_are(start, photos, tmp_path):
    before = {name: value.clone() for name, value in start.features.state_dict().items()}
    found = tune(start, photos, photos, CONFIG, Run(tmp_path, CONFIG)).features.state_dict()
    assert all(torch.equal(value, before[name]) for name, value in start.features.state_dict().items())
    same = {name for name, value in found.items() if torch.allclose(value, before[name], atol=1e-7)}
    fixed = tuple(f"backbone.backbone.{part}." for part in ("_conv_stem", "_bn0", "_blocks.0", "_blocks.1", "_blocks.2"))
    assert {name for name in found if name.startswith(fixed)} <= same
    assert any("_blocks.3." in name for name in set(found) - same)


def test_a_stopped_run_goes_on_to_the_same_classifier(start, photos, tmp_path, monkeypatch):
    whole = tune(start, photos, photos, CONFIG, Run(tmp_path / "whole", CONFIG))
    monkeypatch.setattr(tuning, "EVERY", 2)
    real, calls = tuning.changed, []

    def stopping(faces, random):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(faces, random)

    monkeypatch.setattr(tuning, "changed", stopping)
    with pytest.raises(KeyboardInterrupt):
        tune(start, photos, photos, CONFIG, Run(tmp_path / "parts", CONFIG))
    again = tune(start, photos, photos, CONFIG, Run(tmp_path / "parts", CONFIG))
    assert len(calls) == 4 + 4  # three steps and one that stopped; then steps 2 to 5
    assert torch.allclose(again.weights, whole.weights, atol=1e-5)


def test_a_change_of_faces_is_drawn_from_its_generator(random):
    faces = torch.rand(4, 3, 32, 32) * 2 - 1
    one, other = (changed(faces, torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert torch.equal(one, changed(faces, torch.Generator().manual_seed(1))) and not torch.equal(one, other)
    assert one.min() >= -1 and one.max() <= 1
