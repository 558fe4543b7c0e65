"""Directions from what pictures do: in a world where answers are linear, only what is asked for changes."""

from types import SimpleNamespace

import pytest
import torch

from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.responses import Responses, ResponsesConfig, fit_to_responses, gather, in_w_star, predicted_leakage

SIZES = FlowConfig(couplings=2, hidden=8, layers=2, channels=6)
CONFIG = ResponsesConfig(faces=6, asked=2, projections=1, identity=1.0)
D = 12


@pytest.fixture
def flow(random) -> RealNVP:
    flow = RealNVP(SIZES)
    for parameter in flow.parameters():
        parameter.data.normal_(0, 0.3, generator=random)
    return flow.eval().requires_grad_(False)


def answers(random, faces: int = 40, noise: float = 0.0) -> tuple[Responses, torch.Tensor]:
    """Gradients of three logits that are the same at every face, but for noise."""
    own = torch.randn(3, D, generator=random)
    rows = own + noise * torch.randn(faces, 3, D, generator=random)
    asked = torch.arange(3).expand(faces, 3)
    return Responses(torch.randn(faces, D, generator=random), rows, asked, torch.zeros(faces, 1, D)), own


def test_only_what_is_asked_for_changes(random):
    responses, own = answers(random)
    fit = fit_to_responses(responses, 3, CONFIG)
    assert torch.allclose(own @ fit.directions.t(), torch.eye(3), atol=0.02)
    assert fit.leakage < 0.02 < predicted_leakage(own, responses)


def test_noise_is_promised_to_leak(random):
    quiet, noisy = (fit_to_responses(answers(random, noise=noise)[0], 3, CONFIG) for noise in (0.0, 3.0))
    assert noisy.leakage > quiet.leakage + 0.1


def test_who_it_is_can_be_kept(random):
    responses, own = answers(random)
    shared = own[:1] / own[0].norm() * 5  # the first attribute's direction is also the person's
    someone = Responses(responses.numbers, responses.gradients, responses.asked, shared.expand(40, 1, D))
    free, held = (fit_to_responses(part, 3, CONFIG).directions for part in (responses, someone))
    changes = [(part[0] @ shared[0]).abs() for part in (held, free)]
    assert changes[0] <= changes[1] + 1e-5
    assert (held[1] @ shared[0]).abs() < 0.1, "the others leave the person alone"


def test_gradients_of_w_star_are_the_chain_rules(flow, random):
    responses, own = answers(random, faces=2)
    moved = in_w_star(responses, flow)
    here = flow(flow.denormalise(responses.numbers[:1]))
    jacobian = torch.autograd.functional.jacobian(lambda w: flow.normalise(flow.inverse(w)).flatten(), here).reshape(D, D)
    assert torch.allclose(moved.gradients[0].float(), own @ jacobian, atol=0.02, rtol=0.01)
    assert torch.allclose(moved.numbers[0], here.flatten(), atol=1e-5)


@pytest.fixture
def world():
    """A picture that shows the code's numbers, and two logits and an embedding that are read off it."""
    judge = SimpleNamespace(
        features=lambda picture: picture.mean((1, 2)),
        score=lambda seen: torch.stack([seen[:, :3].sum(1), seen[:, 3:].sum(1)], 1),
        deviation=torch.tensor([1.0, 2.0]),
    )
    likeness = SimpleNamespace(see=lambda picture: SimpleNamespace(embedding=picture.mean((1, 2))[:, :4]))
    return SimpleNamespace(judge=judge, likeness=likeness, asked=[])


def gathered(world, flow, folder) -> Responses:
    def draw(w_plus):
        world.asked.append(len(w_plus))
        return (w_plus.flatten(1)[:, None, None] * 0.01).expand(-1, 3, 4, -1)

    codes = WPlus(torch.ones(6, 2, 6))
    return gather(codes, flow, draw, world.judge, world.likeness, CONFIG, folder)


def test_gradients_are_those_of_the_logits_and_are_kept(world, flow, tmp_path):
    first = gathered(world, flow, tmp_path)
    assert len(first) == 6 and first.gradients.shape == (6, 2, D) and first.identity.shape == (6, 1, D)
    assert sorted(first.asked[0].tolist()) == [0, 1] and len(world.asked) == 6
    again = gathered(world, flow, tmp_path)
    assert len(world.asked) == 6 and torch.equal(again.gradients, first.gradients)
    k = first.asked[0].tolist().index(0)
    row = first.gradients[0, k].float()
    lit = row[row.abs() > 1e-6]
    assert 0 < len(lit) < D and torch.allclose(lit, lit[0].expand_as(lit), rtol=0.02), (
        "alike where the logit looks, else nothing"
    )
