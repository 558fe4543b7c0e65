"""One unit has the same effect in both spaces, within the bounds of each."""

from types import SimpleNamespace

import pytest
import torch

from editor.data.codes import LabelledCodes
from editor.edit.directions import SpaceDirections
from editor.flow import FlowConfig, RealNVP
from editor.train.directions.calibration import calibrate, calibrated_steps

FREE = [1000.0, 1000.0]


def test_steps_have_equal_effects():
    steps = calibrate(1.0, [4.0, 10.0], [lambda a: a / 2, lambda a: a / 8], FREE)
    assert steps == pytest.approx([2.0, 8.0])


def test_the_last_space_bounds_what_is_wanted():
    steps = calibrate(100.0, [1.0, 1.0], [lambda a: a, lambda a: a / 4], [2.0, 2.0])
    assert steps == pytest.approx([0.5, 2.0])


def test_a_weak_first_space_goes_as_far_as_it_may_and_holds_nobody_back():
    steps = calibrate(1.0, [40.0, 10.0], [lambda a: a / 100, lambda a: a / 10], [45.0, 15.0])
    assert steps == pytest.approx([45.0, 10.0])


def test_a_curve_that_turns_back_is_used_up_to_its_top():
    steps = calibrate(1.0, [1.0, 1.0], [lambda a: a, lambda a: a * (1.6 - a)], [1.0, 1.0])
    assert steps[1] <= 1.0 and steps[0] == pytest.approx(0.6)


def test_no_effect_leaves_the_spans():
    assert calibrate(1.0, [3.0, 5.0], [lambda a: -a, lambda a: 0.0], FREE) == [3.0, 5.0]


def test_no_step_is_too_long_and_effects_stay_equal():
    steps = calibrate(10.0, [40.0, 80.0], [lambda a: a / 4, lambda a: a / 8], [45.0, 45.0])
    assert steps == pytest.approx([22.5, 45.0])
    assert calibrate(1.0, [30.0, 60.0], [lambda a: 0.0, lambda a: 0.0], [45.0, 45.0]) == [30.0, 45.0]


def test_effects_are_measured_as_far_as_steps_may_go_and_no_further():
    """Whatever the classes' distance: of a normal that says little of its attribute it is far beyond what faces bear."""
    tried = []

    def saturating(a: float) -> float:
        tried.append(a)
        return min(a, 30.0) / 10

    steps = calibrate(2.0, [600.0, 3.0], [saturating, saturating], [40.0, 40.0])
    assert steps == pytest.approx([20.0, 20.0]) and max(tried) == 40


class Classifier(SimpleNamespace):
    """Its logits are the first numbers of the code that was drawn."""

    def __call__(self, drawn):
        return drawn[:, 0, : len(self.attributes)]


def test_an_attribute_is_measured_by_its_name_whatever_its_place_among_the_classifiers(random):
    """Of attributes whose directions are the axes 1 and 0, the classifier sees a unit as 0.5; of an unknown one, nothing."""
    normals = torch.zeros(3, 18 * 512)
    normals[0, 1] = normals[1, 0] = normals[2, 2] = 1
    part = SpaceDirections(normals, torch.zeros(3), torch.ones(3), torch.ones(3))
    codes = torch.randn(40, 18, 512, generator=random)
    codes[:20, 0, :2], codes[20:, 0, :2] = 0.25, -0.25
    labels = torch.arange(40)[:, None].expand(-1, 3) < 20
    faces = LabelledCodes(codes, labels, torch.arange(40), ("Own", "Smiling", "Unknown"), "encoder")
    steps = calibrated_steps(
        RealNVP(FlowConfig(couplings=2, hidden=4)),
        faces,
        faces,
        {"w_plus": part, "w_star": part},
        dict.fromkeys(("w_plus", "w_star"), torch.full((3,), 3.0)),
        dict.fromkeys(("w_plus", "w_star"), torch.full((3,), 2.0)),
        lambda codes: codes,
        Classifier(attributes=("Smiling", "Own")),
        None,
    )
    assert steps["w_plus"].tolist() == pytest.approx([0.5, 0.5, 2.0], abs=0.02)
