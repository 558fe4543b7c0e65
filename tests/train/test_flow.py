"""The paper's three losses against values worked out by hand, and a training that learns and resumes."""

import math

import pytest
import torch

from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.codes import Codes
from editor.train.flow import (
    FlowTraining,
    classification_loss,
    losses,
    margin_loss,
    preservation_loss,
    round_trip_error,
    train_flow,
)
from editor.train.linear import Linear, fit_linear
from editor.train.run import Run


def test_l_a_by_hand():
    scores = torch.tensor([[math.log(3.0), 0.0]])  # C = 0.75 and 0.5
    expected = -math.log(0.75) - math.log(0.5)
    assert classification_loss(scores, torch.tensor([[True, False]])).item() == pytest.approx(expected)


def test_l_lm_by_hand():
    scores, distances = torch.tensor([[2.0, -1.0, 0.5]]), torch.tensor([[4.0, -2.0, 1.0]])
    labels = torch.tensor([[True, True, True]])  # right, wrong, right
    assert margin_loss(scores, distances, labels).item() == pytest.approx(-4 + 2 - 1)


def test_l_ap_by_hand_leaves_the_edited_attribute_out():
    before, after = torch.zeros(1, 3), torch.tensor([[0.0, math.log(3.0), 50.0]])
    assert preservation_loss(before, after, edited=2).item() == pytest.approx(0.25)


@pytest.mark.parametrize("name", ["attribute", "margin", "preservation"])
def test_every_loss_reaches_the_flow(name, random):
    torch.manual_seed(0)
    flow = RealNVP(FlowConfig(couplings=2, hidden=8, layers=2, channels=6))
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    classifiers = Linear(torch.randn(3, 12, generator=random), torch.zeros(3))
    labels = torch.rand(5, 3, generator=random) > 0.5
    codes = WPlus(torch.randn(5, 2, 6, generator=random))
    losses(flow, classifiers, codes, labels, 1, torch.full((5,), 2.0))[name].backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in flow.parameters())
    assert sum(p.grad.abs().sum().item() for p in flow.parameters()) > 0


@pytest.fixture
def codes() -> Codes:
    """Codes whose first attribute is a ring: no line separates it, a flow can."""
    random = torch.Generator().manual_seed(0)
    w_plus = torch.randn(600, 2, 4, generator=random)
    ring = w_plus[:, 0, :2].square().sum(1) > 1.4
    return Codes(WPlus(w_plus), torch.stack([ring, w_plus[:, 1, 0] > 0], 1), torch.arange(600), ("ring", "side"), "hash")


CONFIG = FlowTraining(epochs=12, batch=32, rate=3e-3, model=FlowConfig(couplings=4, hidden=32, layers=2, channels=4))


def classifiers_of(codes: Codes) -> Linear:
    return fit_linear(codes.w_plus.flatten(1), codes.labels, 0.1, "logistic")


def test_training_separates_what_no_line_did(codes, tmp_path):
    train, apart = codes.by_person(0.3, 0)
    classifiers = classifiers_of(train)
    flow = train_flow(CONFIG, Run(tmp_path, CONFIG), classifiers, train, apart)
    with torch.no_grad():
        after = classifiers.accuracy(flow(apart.w_plus).flatten(1), apart.labels)
    before = classifiers.accuracy(flow.normalise(apart.w_plus), apart.labels)
    assert after[0] > before[0] + 0.1
    assert round_trip_error(flow, apart.w_plus) < 1e-4


def test_a_resumed_run_ends_as_the_unbroken_one(codes, tmp_path):
    train, apart = codes.by_person(0.3, 0)
    classifiers = classifiers_of(train)
    unbroken = train_flow(CONFIG, Run(tmp_path / "a", CONFIG), classifiers, train, apart)
    train_flow(CONFIG, Run(tmp_path / "b", CONFIG), classifiers, train, apart, stop_at=5)
    resumed = train_flow(CONFIG, Run(tmp_path / "b", CONFIG), classifiers, train, apart)
    for one, other in zip(unbroken.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_nobody_is_in_both_parts(codes):
    doubled = Codes(codes.w_plus, codes.labels, codes.people // 3, codes.attributes, codes.encoder)
    train, apart = doubled.by_person(0.25, 1)
    assert not set(train.people.tolist()) & set(apart.people.tolist())
    assert len(train) + len(apart) == 600 and 100 < len(apart) < 200
