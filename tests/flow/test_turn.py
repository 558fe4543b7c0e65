"""A turn keeps every length and puts the directions on the first axes; a turned flow is the same flow, seen otherwise."""

import pytest
import torch

from editor.flow import FlowConfig, RealNVP, read_flow, write_flow
from editor.flow.turn import Turn
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
    turn = Turn(directions)
    assert torch.allclose(turn(directions), torch.eye(5, 32), atol=1e-5)
    x = torch.randn(7, 32, generator=random)
    assert torch.allclose(turn(x)[:, :5], x @ directions.t(), atol=1e-5)


def test_lengths_stay_and_the_inverse_undoes(directions, random):
    turn, x = Turn(directions), torch.randn(7, 32, generator=random)
    assert torch.allclose(turn(x).norm(dim=1), x.norm(dim=1), rtol=1e-5)
    assert torch.allclose(turn.inverse(turn(x)), x, atol=1e-5)
    assert not torch.allclose(turn(x), x, atol=0.1)


def test_a_turned_flow_edits_as_before(flow, directions, random):
    turned, w_plus = flow.turned_to(directions), WPlus(torch.randn(3, 2, 16, generator=random))
    assert torch.allclose(turned.inverse(turned(w_plus)), w_plus, atol=1e-4)
    moved = flow.inverse(flow(w_plus) + directions[2].view(2, 16))
    along_an_axis = turned.inverse(turned(w_plus) + torch.eye(32)[2].view(2, 16))
    assert torch.allclose(moved, along_an_axis, atol=1e-4)
    assert torch.equal(turned.transform(w_plus)[1], flow.transform(w_plus)[1]), "volumes stay"


def test_a_flow_is_turned_once_and_read_back_turned(flow, directions, tmp_path, random):
    turned = flow.turned_to(directions)
    with pytest.raises(ValueError, match="already"):
        turned.turned_to(directions)
    write_flow(turned, tmp_path / "flow.safetensors", "hash")
    again, _ = read_flow(tmp_path / "flow.safetensors")
    w_plus = WPlus(torch.randn(3, 2, 16, generator=random))
    assert torch.allclose(again(w_plus), turned(w_plus), atol=1e-2)
    assert torch.equal(again.turn.directions, directions)
