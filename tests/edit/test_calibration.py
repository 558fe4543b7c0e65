"""One unit has the same effect in both spaces."""

import pytest

from editor.edit.calibration import calibrate


def test_steps_have_equal_effects():
    steps = calibrate(1.0, [4.0, 10.0], [lambda a: a / 2, lambda a: a / 8])
    assert steps == pytest.approx([2.0, 8.0])


def test_the_weaker_space_sets_the_target():
    steps = calibrate(100.0, [1.0, 1.0], [lambda a: a, lambda a: a / 4])
    assert steps == pytest.approx([0.5, 2.0])


def test_a_curve_that_turns_back_is_used_up_to_its_top():
    steps = calibrate(1.0, [1.0, 1.0], [lambda a: a, lambda a: a * (1.6 - a)])
    assert steps[1] <= 1.0 and steps[0] == pytest.approx(0.6)


def test_no_effect_leaves_the_spans():
    assert calibrate(1.0, [3.0, 5.0], [lambda a: -a, lambda a: 0.0]) == [3.0, 5.0]


def test_no_step_is_too_long_and_effects_stay_equal():
    steps = calibrate(10.0, [40.0, 80.0], [lambda a: a / 4, lambda a: a / 8], longest=45.0)
    assert steps == pytest.approx([22.5, 45.0])
    assert calibrate(1.0, [30.0, 60.0], [lambda a: 0.0, lambda a: 0.0], longest=45.0) == [30.0, 45.0]
