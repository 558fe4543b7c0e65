"""What a slider does is measured on its own attribute, towards the side that a face is not on."""

from types import SimpleNamespace

import pytest
import torch

from editor.edit.directions import Directions, SpaceDirections
from editor.evaluate.product.sliders import ON_SHEET, SHEET_SIDE, measure_sliders, slider_sheet
from editor.flow import FlowConfig, RealNVP
from editor.judge.likeness import Distances
from editor.sheets import GAP
from editor.spaces import WPlus


class Classifier(SimpleNamespace):
    """Its logits are the first numbers of the picture; odd is what is bright."""

    def __call__(self, drawn):
        return 10 * drawn.flatten(1)[:, : len(self.attributes)]

    def oddness(self, drawn):
        return drawn.flatten(1)[:, 0].abs()


@pytest.fixture
def models():
    normals = torch.eye(2, 18 * 512)
    part = SpaceDirections(normals, torch.zeros(2), torch.tensor([0.1, 0.02]), torch.ones(2))
    classifier = Classifier(attributes=("Smiling", "Young"), threshold=torch.zeros(2), logit_std=torch.ones(2))
    return SimpleNamespace(
        directions=Directions(("Smiling", "Young"), part, part, torch.ones(2), encoder="", flow=""),
        flow=RealNVP(FlowConfig(couplings=2, hidden=4)),
        classifier=classifier,
        regions=None,
        likeness=lambda one, other: Distances(*[(one - other).abs().amax((1, 2, 3))] * 3),
    )


def draw(codes):
    return codes.flatten(1)[:, : 3 * 8 * 8].view(-1, 3, 8, 8)


def test_effects_are_towards_the_other_side_and_reached_counts_faces(models):
    code = torch.zeros(1, 18, 512)
    code[0, 0, :2] = torch.tensor([0.01, -0.01])  # smiling, not young
    found = measure_sliders(models, models.directions, draw, [WPlus(code), WPlus(-code)], ["Smiling", "Young"])
    assert found["Smiling"].n == 2 and found["Smiling"].reached == 1
    assert (found["Smiling"].middle, found["Smiling"].end) == pytest.approx((1.0, 2.0), abs=0.05)
    assert found["Young"].reached == 0 and found["Young"].end == pytest.approx(0.4, abs=0.02)
    assert found["Smiling"].identity == pytest.approx(0.2, abs=0.01)
    assert found["Smiling"].odder == pytest.approx(0.18, abs=0.01), "0.19 where the unedited face has 0.01"


def test_a_sheet_has_a_row_for_each_strength_and_a_column_for_each_face(models):
    codes = [WPlus(torch.zeros(1, 18, 512))] * 3
    sheet = slider_sheet(models, models.directions, draw, codes, ["Smiling", "Young"])
    assert sheet.height == (1 + 2 * len(ON_SHEET)) * (SHEET_SIDE + GAP)
    assert sheet.width > 3 * SHEET_SIDE
