"""Edits: nothing at strength 0, along the normal otherwise; and what is refused."""

import math

import pytest
import torch

from editor.edit import display_order, read_directions
from editor.edit.directions import Directions, SpaceDirections, edit_w_plus, edit_w_star, write_directions
from editor.errors import SettingError, WeightsError
from editor.flow import FlowConfig, RealNVP

NAMES = ("Smiling", "Young", "Hat_Of_My_Own")


def space(random) -> SpaceDirections:
    normals = torch.nn.functional.normalize(torch.randn(3, 18 * 512, generator=random), dim=1)
    return SpaceDirections(normals, torch.zeros(3), torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.9, 0.8, 0.7]))


@pytest.fixture
def directions(random) -> Directions:
    return Directions(NAMES, space(random), space(random), torch.tensor([0.5, 0.6, 0.7]), "encoder", "flow")


@pytest.fixture
def flow() -> RealNVP:
    torch.manual_seed(1)
    flow = RealNVP(FlowConfig(couplings=2, hidden=8))
    for coupling in flow.couplings:
        torch.nn.init.normal_(coupling.scale[-2].weight, std=0.3)
    return flow.requires_grad_(False)


@pytest.mark.parametrize("edit", [edit_w_plus, edit_w_star])
def test_strength_zero_is_the_identity(edit, flow, directions, random):
    w_plus = torch.randn(2, 18, 512, generator=random)
    assert torch.allclose(edit(w_plus, torch.zeros(3), flow, directions.w_star), w_plus, atol=1e-4)


def test_in_w_plus_strengths_add_up_along_the_normals(flow, directions, random):
    w_plus = torch.randn(1, 18, 512, generator=random)
    moved = edit_w_plus(w_plus, torch.tensor([1.0, -0.5, 0]), flow, directions.w_plus) - w_plus
    expected = directions.w_plus.normals[0] - 0.5 * 2 * directions.w_plus.normals[1]
    assert torch.allclose(moved.flatten(), expected, atol=1e-5)


def test_in_w_star_the_code_moves_along_the_normal_there(flow, directions, random):
    w_plus = torch.randn(1, 18, 512, generator=random)
    edited = edit_w_star(w_plus, torch.tensor([0, 0, 1.0]), flow, directions.w_star)
    moved = (flow(edited) - flow(w_plus)).flatten()
    assert torch.allclose(moved, 3 * directions.w_star.normals[2], atol=1e-4)


def test_an_unknown_attribute_lists_the_known(directions):
    with pytest.raises(SettingError, match="Smiling, Young"):
        directions.strengths({"Smirking": 1})


@pytest.mark.parametrize("strength", [2.1, -3, math.inf, math.nan])
def test_a_strength_out_of_range_is_refused(directions, strength):
    with pytest.raises(SettingError, match="between"):
        directions.strengths({"Smiling": strength})


def test_the_file_gives_the_directions_back(directions, tmp_path):
    write_directions(directions, tmp_path / "d.safetensors")
    again = read_directions(tmp_path / "d.safetensors")
    assert again.attributes == NAMES and (again.encoder, again.flow) == ("encoder", "flow")
    assert torch.equal(again.w_star.steps, directions.w_star.steps)
    assert (again.w_plus.normals - directions.w_plus.normals).abs().max() < 1e-4


def test_another_file_is_refused(tmp_path):
    (tmp_path / "d.safetensors").write_bytes(b"nothing")
    with pytest.raises(WeightsError):
        read_directions(tmp_path / "d.safetensors")


def test_the_best_come_first_and_an_unknown_attribute_still_has_a_place():
    shown = display_order(("Hat_Of_My_Own", "Bald", "Young", "5_o_Clock_Shadow", "Smiling"))
    assert [attribute.name for attribute in shown][:2] == ["Smiling", "Young"]
    assert shown[-1].name == "Hat_Of_My_Own" and shown[-1].label == "Hat of my own"
    assert next(a.label for a in shown if a.name.startswith("5")) == "5 o'clock shadow"


def test_the_shipped_directions_are_whole(editor):
    directions = editor.models.directions
    assert len(directions.attributes) == 40 and len(editor.attributes) == 40
    assert sum(attribute.best for attribute in editor.attributes) == 12
    for part in (directions.w_plus, directions.w_star):
        assert torch.allclose(part.normals.norm(dim=1), torch.ones(40), atol=1e-2)
        assert (part.steps > 0).all() and (part.accuracy > 0.5).all()
    assert directions.w_plus.accuracy.mean() > directions.majority.mean() + 0.02
