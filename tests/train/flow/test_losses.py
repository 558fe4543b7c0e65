"""The losses against values worked out by hand, and their gradients."""

import math

import pytest
import torch

from editor.classify.linear import Linear
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.flow.losses import classification_loss, losses, margin_loss, preservation_loss


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
