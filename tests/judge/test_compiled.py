"""The judge on a CPU finds what PyTorch finds, a picture at a time or many, in any thread, and without OpenVINO too."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import torch
from torch import nn

from editor.judge.attributes import AttributeClassifier
from editor.judge.backbone import WideFeatures
from editor.judge.compiled import CpuJudge
from editor.judge.likeness import Likeness, LikenessNet

MADE = "editor.judge.compiled.StaticGraph"


class Backbone(nn.Module):
    """Maps of 1/4 and 1/32 of the side."""

    def __init__(self) -> None:
        super().__init__()
        self.shallow, self.deep = nn.Conv2d(3, 4, 4, 4), nn.Conv2d(4, 8, 8, 8)

    def features(self, faces: torch.Tensor) -> list[torch.Tensor]:
        maps = self.shallow(faces).relu()
        return [maps, self.deep(maps)]


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Likeness(LikenessNet()).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def classifier(likeness) -> AttributeClassifier:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        features = WideFeatures(Backbone(), likeness).eval().requires_grad_(False)
        numbers = features(torch.zeros(1, 3, 8, 8)).shape[1]
        probe = {"mean": torch.zeros(numbers), "std": torch.ones(numbers), "weights": torch.randn(2, numbers)}
    measured = {name: torch.ones(2) for name in ("intercepts", "prevalence", "threshold", "logit_std")}
    return AttributeClassifier(features, **probe, **measured, attributes=("Smiling", "Young"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("judge")


@pytest.fixture(scope="module")
def judge(classifier, likeness, kept) -> CpuJudge:
    judge = CpuJudge(classifier, likeness, kept)
    judge.prepare()
    return judge


def pictures(count: int, side: int = 256) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(count)) * 2 - 1


def logits(judge: CpuJudge, faces: torch.Tensor) -> torch.Tensor:
    assert judge.classifier
    return judge.classifier(faces)


@pytest.mark.parametrize("side", [224, 300])
def test_logits_are_those_of_pytorch(judge, classifier, side):
    faces = pictures(2, side)
    assert judge.classifier and torch.allclose(judge.classifier(faces), classifier(faces), atol=1e-3)
    assert torch.allclose(judge.classifier.oddness(faces), classifier.oddness(faces), atol=1e-4)


def test_distances_are_those_of_pytorch(judge, likeness):
    faces = pictures(3)
    for targets in (pictures(3).flip(3), pictures(1)):  # as many, or one for all
        for found, wanted in zip(judge.compare(faces, targets), likeness(faces, targets), strict=True):
            assert found.shape == (3,) and torch.allclose(found, wanted, atol=1e-5)


def test_threads_see_their_own_pictures(judge):
    several = [pictures(count) for count in (1, 2, 3, 1, 2, 3)]
    wanted = [logits(judge, faces) for faces in several]
    with ThreadPoolExecutor(6) as threads:
        for found, alone in zip(threads.map(partial(logits, judge), several), wanted, strict=True):
            assert torch.equal(found, alone)


def test_what_was_converted_once_is_read_back(judge, classifier, likeness, kept, monkeypatch):
    monkeypatch.setattr("editor.compiled.static.traced", None)
    again = CpuJudge(classifier, likeness, kept)
    again.prepare()
    assert torch.allclose(logits(again, pictures(1)), logits(judge, pictures(1)), atol=1e-4)


def test_networks_of_other_weights_are_kept_apart(likeness, tmp_path, monkeypatch):
    places: list[Path] = []
    monkeypatch.setattr(MADE, lambda make, examples, kept, threads: places.append(kept) or list)
    for each in (likeness, Likeness(LikenessNet()).eval(), likeness):
        CpuJudge(None, each, tmp_path).prepare()
    assert places[0] == places[2] != places[1] and {place.parent for place in places} == {tmp_path}


def test_until_it_is_prepared_pytorch_looks(classifier, likeness):
    judge, faces = CpuJudge(classifier, likeness), pictures(2)
    assert torch.equal(logits(judge, faces), classifier(faces))
    assert torch.equal(judge.compare(faces, faces.flip(3)).identity, likeness(faces, faces.flip(3)).identity)


def failing(error: Exception):
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_where_nothing_can_be_compiled_pytorch_goes_on(classifier, likeness, monkeypatch):
    monkeypatch.setattr(MADE, failing(RuntimeError("an operation that this version does not know")))
    judge, faces = CpuJudge(classifier, likeness), pictures(1)
    with pytest.warns(UserWarning, match="PyTorch runs them.*does not know"):
        judge.prepare()
    assert torch.equal(logits(judge, faces), classifier(faces))


def test_memory_that_runs_out_is_no_reason_to_go_slower(classifier, likeness, monkeypatch):
    monkeypatch.setattr(MADE, failing(RuntimeError("DefaultCPUAllocator: can't allocate memory")))
    with pytest.raises(RuntimeError, match="allocate"):
        CpuJudge(classifier, likeness).prepare()


def test_a_classifier_with_other_features_is_left_as_it_is(given_classifier, likeness):
    assert CpuJudge(given_classifier, likeness).classifier is given_classifier
    assert CpuJudge(None, likeness).classifier is None
