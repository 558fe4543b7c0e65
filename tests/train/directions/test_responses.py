"""Responses are gradients of the logits, the embedding and the colours, in either space, and are cached."""

import copy
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from editor.edit.regions import ANCHORS
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.directions.responses import Responses, ResponsesConfig, gather, in_w_star

SIZES = FlowConfig(couplings=2, hidden=8, layers=2, channels=6)
CONFIG = ResponsesConfig(faces=6, queries=2, projections=1)
D = 12
P = len(ANCHORS)


@pytest.fixture
def flow(random) -> RealNVP:
    flow = RealNVP(SIZES)
    for parameter in flow.parameters():
        parameter.data.normal_(0, 0.3, generator=random)
    return flow.eval().requires_grad_(False)


def test_gradients_of_w_star_are_the_chain_rules(flow, random):
    own = torch.randn(3, D, generator=random)
    lone = torch.randn(2, 1, D, generator=random)
    responses = Responses(torch.randn(2, D, generator=random), own.expand(2, 3, D), torch.zeros(2, 3), lone, 2 * lone)
    moved = in_w_star(responses, flow)
    here = flow(flow.denormalise(responses.codes[:1]))
    jacobian = torch.autograd.functional.jacobian(lambda w: flow.normalise(flow.inverse(w)).flatten(), here).reshape(D, D)
    assert torch.allclose(moved.gradients[0].float(), own @ jacobian, atol=0.02, rtol=0.01)
    assert torch.allclose(moved.codes[0], here.flatten(), atol=1e-5)
    assert torch.allclose(moved.identity[0].float(), lone[0] @ jacobian, atol=0.02, rtol=0.01)
    assert torch.allclose(moved.colours, 2 * moved.identity, atol=0.02, rtol=0.01)


@pytest.fixture
def world():
    """A picture that shows the code's numbers, and two logits and an embedding that are read off it."""
    classifier = SimpleNamespace(
        features=lambda picture: picture.mean((1, 2)),
        score=lambda seen: torch.stack([seen[:, :3].sum(1), seen[:, 3:].sum(1)], 1),
        logit_std=torch.tensor([1.0, 2.0]),
    )
    likeness = SimpleNamespace(see=lambda picture: SimpleNamespace(embedding=picture.mean((1, 2))[:, :4]))
    return SimpleNamespace(classifier=classifier, likeness=likeness, asked=[])


def gathered(world, flow, folder, config: ResponsesConfig = CONFIG, networks="", shown=1.0) -> Responses:
    def draw(masked):
        """A row shows the first part's code, three the last's, and none the others'."""
        world.asked.append(len(masked))
        shown = masked.codes[0, [0, -1, -1, -1]].flatten(1) * 0.01
        return shown[None, None].expand(-1, 3, -1, -1)

    codes = WPlus(torch.full((6, 2, 6), shown))
    return gather(codes, flow, draw, world.classifier, world.likeness, config, folder, networks)


def test_gradients_are_those_of_the_logits_and_are_kept(world, flow, tmp_path):
    first = gathered(world, flow, tmp_path)
    assert len(first) == 6 and first.gradients.shape == (6, 2, P, D)
    assert first.identity.shape == first.colours.shape == (6, 1, P, D)
    assert sorted(first.queries[0].tolist()) == [0, 1] and len(world.asked) == 6
    again = gathered(world, flow, tmp_path)
    assert len(world.asked) == 6 and torch.equal(again.gradients, first.gradients)
    k = first.queries[0].tolist().index(0)
    assert not first.gradients[:, :, 1:-1].any(), "where nothing is seen of a part, nothing changes"
    assert torch.allclose(first.gradients[:, :, -1], 3 * first.gradients[:, :, 0], rtol=0.01)
    row = first.gradients[0, k, 0].float()
    lit = row[row.abs() > 1e-6]
    assert 0 < len(lit) < D and torch.allclose(lit, lit[0].expand_as(lit), rtol=0.02), (
        "alike where the logit looks, else nothing"
    )


def test_a_move_in_a_region_is_the_sum_of_its_parts(world, flow, tmp_path):
    found = gathered(world, flow, tmp_path)
    region = torch.zeros(P)
    region[[0, 3]] = 1
    assert torch.equal(found.moved_in(region).gradients, found.gradients[:, :, 0])
    whole = found.moved_in(torch.ones(P))
    assert torch.allclose(whole.identity.float(), 4 * found.identity[:, :, 0].float(), rtol=0.01)
    assert len(found.of(slice(2)).moved_in(region)) == 2


def test_other_questions_are_asked_anew(world, flow, tmp_path):
    gathered(world, flow, tmp_path)
    gathered(world, flow, tmp_path, replace(CONFIG, seed=1))
    assert len(world.asked) == 12


@pytest.mark.parametrize("changed", ["networks", "mean", "codes"])
def test_responses_of_other_networks_flows_and_codes_are_not_taken(world, flow, tmp_path, changed):
    gathered(world, flow, tmp_path)
    other = copy.deepcopy(flow)
    if changed == "mean":
        other.mean += 0.5
    about = {"networks": "others"} if changed == "networks" else {"shown": 2.0} if changed == "codes" else {}
    gathered(world, other, tmp_path, **about)
    assert len(world.asked) == 12
