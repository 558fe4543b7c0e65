"""The compared methods of editing: an amount of 0 is no edit, and each moves codes as it says."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from editor.edit.directions import Directions, SpaceDirections
from editor.edit.regions import regions_of
from editor.evaluate.baselines.latent_transformer import LatentTransformer
from editor.evaluate.claims.methods import (
    METHODS,
    STEPS_PER_UNIT,
    all_methods,
    at_default_c,
    equally_far,
    methods_with,
)
from editor.flow import FlowConfig, RealNVP
from editor.spaces import SPACES, edited

LAYERS, CHANNELS, K = 18, 4, 3


@pytest.fixture
def flow() -> RealNVP:
    torch.manual_seed(0)
    flow = RealNVP(FlowConfig(couplings=2, hidden=8, layers=LAYERS, channels=CHANNELS))
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return flow.eval().requires_grad_(False)


@pytest.fixture
def part(random) -> SpaceDirections:
    normals = F.normalize(torch.randn(K, LAYERS * CHANNELS, generator=random) + 0.3, dim=1)
    return SpaceDirections(normals, torch.zeros(K), torch.full((K,), 2.0), torch.zeros(K))


@pytest.fixture
def methods(flow, part):
    transformers = [LatentTransformer(CHANNELS) for _ in range(K)]
    for transformer in transformers:
        torch.nn.init.normal_(transformer.weight)
    return all_methods(flow, part, part, [t.requires_grad_(False) for t in transformers])


@pytest.fixture
def codes(random):
    return torch.randn(5, LAYERS, CHANNELS, generator=random)


def test_nothing_moves_by_nothing(methods, codes):
    for method in methods.values():
        assert torch.allclose(method(codes, 1, torch.zeros(5)), codes, atol=1e-5)
        assert (method(codes, 1, torch.ones(5)) - codes).abs().max() > 0.01


def test_every_code_has_its_own_amount(methods, codes):
    for method in methods.values():
        moved = method(codes, 0, torch.tensor([0.0, 1, 0, -1, 0]))
        still = torch.tensor([True, False, True, False, True])
        assert torch.allclose(moved[still], codes[still], atol=1e-5)
        assert (moved[~still] - codes[~still]).abs().amax((1, 2)).min() > 0.01


def test_locked_edits_leave_the_other_attributes_planes(flow, part, methods, codes):
    for name, view in (("w_plus_conditional", flow.normalise), ("w_star_locked", lambda w: flow(w).flatten(1))):
        along = (view(methods[name](codes, 0, torch.ones(5))) - view(codes)) @ part.normals.t()
        assert torch.allclose(along, torch.tensor([2.0, 0, 0]).expand(5, -1), atol=1e-3)


def test_the_transformer_leaves_the_last_layers(methods, codes):
    moved = methods["latent_transformer"](codes, 2, torch.ones(5))
    assert torch.allclose(moved[:, 11:], codes[:, 11:], atol=1e-6)
    assert (moved[:, :11] - codes[:, :11]).abs().max() > 0.1


def test_a_local_edit_shares_the_picture_with_the_unedited_code(flow, part, codes):
    regions = regions_of(["Smiling", "Bangs", "Big_Nose"])
    methods = all_methods(flow, part, part, [], regions)
    assert list(methods)[3:] == ["w_star", "w_star_locked", "w_star_everywhere", "w_plus_local"]
    amounts = torch.linspace(-1, 1, 5)
    masked, plain = (methods[name](codes, 1, amounts) for name in ("w_star", "w_star_everywhere"))
    assert torch.equal(masked.codes[:, 0], codes) and torch.equal(masked.codes[:, 1], plain)
    assert torch.equal(masked.masks[3, 1], regions.maps[1]) and torch.equal(edited(masked), plain)


def test_other_directions_are_methods_where_they_differ(flow, part, codes):
    other = SpaceDirections(part.normals.flip(0), part.intercepts, part.steps, part.accuracy)
    own = Directions(("a", "b", "c"), part, part, torch.zeros(K), "encoder", "flow")
    compared = methods_with(flow, Directions(("a", "b", "c"), part, other, torch.zeros(K), "encoder", "flow"), own, "svm")
    assert list(compared) == ["w_star_svm"]
    assert (compared["w_star_svm"](codes, 0, torch.ones(5)) - codes).abs().max() > 0.01


def test_default_normals_are_followed_in_the_whole_picture_in_longer_steps(flow, part, codes):
    own = Directions(("a", "b", "c"), part, part, torch.zeros(K), "encoder", "flow")
    published = at_default_c(flow, own, {"w_plus": part.normals.flip(0)})
    moved = flow.normalise(published["w_plus_c1"](codes, 0, torch.ones(5))) - flow.normalise(codes)
    assert torch.allclose(moved, (STEPS_PER_UNIT * part.steps[0] * part.normals[2]).expand_as(moved), atol=1e-4)


def test_both_spaces_are_searched_equally_far(part):
    short = replace(part, steps=torch.tensor([1.0, 2.0, 5.0]))
    for space in equally_far(Directions(("a", "b", "c"), short, part, torch.zeros(K), "encoder", "flow")):
        assert space.steps.tolist() == [2, 2, 5] and torch.equal(space.normals, part.normals)


def test_there_are_the_methods_that_are_named(flow, part):
    own = Directions(("a", "b", "c"), part, part, torch.zeros(K), "encoder", "flow")
    methods = all_methods(flow, part, part, [], regions_of(["Bangs", "Smiling", "Male"]))
    published = at_default_c(flow, own, {space: part.normals for space in SPACES})
    assert {*methods, *published, "w_plus_preserve", "w_star_preserve"} == {*METHODS}
