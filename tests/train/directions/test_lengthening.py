"""Sliders that hardly show end later; no unit becomes shorter."""

from types import SimpleNamespace

import pytest
import torch

from editor.edit.directions import Directions, SpaceDirections
from editor.flow import FlowConfig, RealNVP
from editor.judge.likeness import Distances
from editor.spaces import WPlus
from editor.train.directions.lengthening import LONGEST, NEAR, WANTED, lengthened, slider_end


@pytest.mark.parametrize("effects", [[0.1, 0.2, 0.3, 0.4], [3.0, 3.0, 3.0, 3.0], [-0.1, -0.2, -0.3, -0.4], [1, 0.9, 2, 1]])
@pytest.mark.parametrize("distances", [[0.0] * 4, [0.5] * 4, [0.0, 0.05, 0.2, 0.1]])
def test_the_end_is_never_nearer_nor_beyond_the_longest(effects, distances):
    assert 2 <= slider_end(effects, distances) <= LONGEST


def test_a_slider_that_shows_enough_or_changes_the_person_stays():
    assert slider_end([WANTED, 2, 2.5, 3], [0.0] * 4) == 2
    assert slider_end([0.1, 0.2, 0.3, 0.4], [NEAR, 0.2, 0.3, 0.4]) == 2


class Classifier(SimpleNamespace):
    """Its logits are the first numbers of the code that was drawn."""

    def __call__(self, drawn):
        return 10 * drawn[:, 0, : len(self.attributes)]


def test_units_grow_by_what_their_own_pictures_show(random):
    """A step of 1 is a logit of 10 * 0.1; of the second attribute, 10 * 0.03; nothing is known of the third."""
    normals = torch.eye(3, 18 * 512)
    part = SpaceDirections(normals, torch.zeros(3), torch.tensor([0.1, 0.03, 0.03]), torch.ones(3))
    directions = Directions(("Smiling", "Own", "Unknown"), part, part, torch.ones(3), encoder="", flow="")
    found = lengthened(
        directions,
        RealNVP(FlowConfig(couplings=2, hidden=4)),
        WPlus(0.01 * torch.randn(2, 18, 512, generator=random)),
        lambda codes: codes,
        Classifier(attributes=("Smiling", "Own"), logit_std=torch.ones(2)),
        lambda one, other: Distances(*[torch.zeros(1)] * 3),
        None,
    )
    assert found.w_star.steps[0] == pytest.approx(0.1) and found.w_star.steps[2] == pytest.approx(0.03)
    assert found.w_star.steps[1] == pytest.approx(0.03 * LONGEST / 2, rel=0.05)
    assert torch.equal(found.w_plus.steps, found.w_star.steps)
