"""A rotation keeps every length and puts the directions on the first axes; a rotated flow edits as before."""

import pytest
import torch

from editor.evaluate.claims.rotation import RotatedFlow, Rotation
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus

SMALL = FlowConfig(couplings=2, hidden=8, layers=2, channels=16)


@pytest.fixture
def directions(random) -> torch.Tensor:
    return torch.linalg.qr(torch.randn(32, 5, generator=random))[0].t().contiguous()


@pytest.fixture
def flow(random) -> RealNVP:
    flow = RealNVP(SMALL)
    for parameter in flow.parameters():
        parameter.data.normal_(0, 0.2, generator=random)
    return flow.eval().requires_grad_(False)


def test_directions_become_the_first_axes(directions, random):
    rotation = Rotation(directions)
    assert torch.allclose(rotation(directions), torch.eye(5, 32), atol=1e-5)
    x = torch.randn(7, 32, generator=random)
    assert torch.allclose(rotation(x)[:, :5], x @ directions.t(), atol=1e-5)


def test_lengths_stay_and_the_inverse_undoes(directions, random):
    rotation, x = Rotation(directions), torch.randn(7, 32, generator=random)
    assert torch.allclose(rotation(x).norm(dim=1), x.norm(dim=1), rtol=1e-5)
    assert torch.allclose(rotation.inverse(rotation(x)), x, atol=1e-5)
    assert not torch.allclose(rotation(x), x, atol=0.1)


def test_a_rotated_flow_edits_as_before(flow, directions, random):
    rotated, w_plus = RotatedFlow(flow, directions), WPlus(torch.randn(3, 2, 16, generator=random))
    assert torch.allclose(rotated.inverse(rotated(w_plus)), w_plus, atol=1e-4)
    moved = flow.inverse(flow(w_plus) + directions[2].view(2, 16))
    along_an_axis = rotated.inverse(rotated(w_plus) + torch.eye(32)[2].view(2, 16))
    assert torch.allclose(moved, along_an_axis, atol=1e-4)
    assert torch.equal(rotated.transform(w_plus)[1], flow.transform(w_plus)[1]), "volumes stay"


def test_the_flow_itself_stays_as_it_was(flow, directions, random):
    w_plus = WPlus(torch.randn(3, 2, 16, generator=random))
    before = flow(w_plus)
    rotated = RotatedFlow(flow, directions)
    assert torch.equal(flow(w_plus), before) and not torch.allclose(rotated(w_plus), before, atol=0.1)
    assert not rotated.training and not any(parameter.requires_grad for parameter in rotated.parameters())
