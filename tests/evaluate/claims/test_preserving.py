"""The compared edit that preserves the rest: local, each face's own, and with fewer looks near an edit that was looked at."""

from types import SimpleNamespace

import pytest
import torch

from editor.edit.directions import Directions, SpaceDirections
from editor.edit.regions import regions_of
from editor.evaluate.claims.preserving import PreservingEdit
from editor.flow import FlowConfig, RealNVP
from editor.spaces import SPACES, WPlus, edited

NAMES, LAYERS, CHANNELS = ("Smiling", "Male", "Young"), 2, 6


@pytest.fixture
def looks() -> list:
    return []


@pytest.fixture(params=SPACES)
def edit(request, looks) -> PreservingEdit:
    """A smile makes more female, and the picture shows the first numbers of the code."""
    flow = RealNVP(FlowConfig(couplings=2, hidden=8, layers=LAYERS, channels=CHANNELS))
    normals = torch.eye(3, LAYERS * CHANNELS)
    normals[0, 1] = -0.6
    part = SpaceDirections(normals, torch.zeros(3), torch.ones(3), torch.ones(3))
    directions = Directions(NAMES, part, part, torch.zeros(3), "", "")

    def draw(codes):
        looks.append(codes)
        return (
            edited(codes)[:, 0, None, None, :3].expand(-1, 3, 4, -1)
            if not isinstance(codes, torch.Tensor)
            else codes[:, 0, None, None, :3].expand(-1, 3, 4, -1)
        )

    def glance(picture):
        return picture[0, 0, 0]

    classifier = SimpleNamespace(attributes=NAMES, glance=glance)
    return PreservingEdit(request.param, flow, directions, regions_of(NAMES), draw, classifier)  # pyright: ignore[reportArgumentType]


def test_what_came_along_is_taken_back_and_what_was_asked_for_is_there(edit):
    code = WPlus(torch.zeros(1, LAYERS, CHANNELS))
    moved = edited(edit(code, 0, torch.tensor([1.0])))[0, 0]
    assert moved[0].item() == pytest.approx(1, abs=0.05) and abs(moved[1]) < 0.15
    assert torch.equal(edited(edit(code, 0, torch.tensor([0.0]))), code)


def test_a_second_amount_takes_fewer_looks_and_another_face_as_many_again(edit, looks):
    counts = []
    for code, amount in ((0.0, 1.0), (0.0, 0.8), (0.1, 1.0), (0.1, 1.0)):
        before = len(looks)
        edit(WPlus(torch.full((1, LAYERS, CHANNELS), code)), 0, torch.tensor([amount]))
        counts.append(len(looks) - before)
    assert counts[1] < counts[0] == counts[2] and counts[3] == 0


def test_several_faces_have_as_many_codes_each(edit):
    codes = WPlus(torch.zeros(3, LAYERS, CHANNELS))
    found = edit(codes, 0, torch.tensor([1.0, 0.0, -1.0]))
    assert found.codes.shape[0] == 3 and torch.allclose(found.masks.sum(1), torch.ones_like(found.masks[:, 0]))
