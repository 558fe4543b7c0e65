"""What an edit changed: asked for or not, in standard deviations, the largest first."""

from types import SimpleNamespace

import pytest
import torch

from editor.judge.changes import COMPARABLE, MARGIN, MOVED, Changes, better_space, changes_between

CLASSIFIER = SimpleNamespace(attributes=("Smiling", "Young", "Bald"), logit_std=torch.tensor([1.0, 2.0, 0.5]))
ZEROS = torch.zeros(1, 3)


def test_changes_are_in_standard_deviations_and_the_largest_comes_first():
    found, other = changes_between(CLASSIFIER, ZEROS, torch.tensor([[1.0, -1.0, 0.5], [0.0, 0.0, 0.0]]), ["Smiling"])
    assert found.asked == {"Smiling": 1.0}
    assert list(found.others.items()) == [("Bald", 1.0), ("Young", -0.5)]
    assert found.leakage == pytest.approx(0.75) and other.leakage == 0


def test_the_same_picture_has_not_changed():
    logits = torch.tensor([[1.0, 2.0, 3.0]])
    (found,) = changes_between(CLASSIFIER, logits, logits, [])
    assert found.asked == {} and found.leakage == 0


def test_an_attribute_the_classifier_does_not_know_is_left_out():
    (found,) = changes_between(CLASSIFIER, ZEROS, torch.tensor([[1.0, 0.0, 0.0]]), ["My_Own"])
    assert found.asked == {} and len(found.others) == 3


def test_nothing_leaks_where_everything_was_asked_for():
    assert Changes({"Smiling": 1.0}, {}).leakage == 0


def test_the_side_effect_is_for_one_unit_of_what_was_asked_for():
    assert Changes({"Smiling": -2.0, "Young": 1.0}, {"Bald": 0.3}).side == pytest.approx(0.2)
    assert Changes({"Smiling": 2 * MOVED}, {}).side == 0
    assert Changes({"Smiling": MOVED / 2}, {"Bald": 0.3}).side is None, "nothing asked for has moved"
    assert Changes({}, {"Bald": 0.3}).side is None


def judged(plus: tuple[float, float], star: tuple[float, float]) -> str | None:
    """The better space of two edits, each (change of what was asked for, of another attribute)."""
    both = {"w_plus": plus, "w_star": star}
    return better_space({space: Changes({"Smiling": asked}, {"Bald": other}) for space, (asked, other) in both.items()})


def test_the_space_with_the_smaller_side_effect_did_better_whichever_it_is():
    assert judged((1.0, 0.4), (1.0, 0.2)) == "w_star"
    assert judged((1.0, 0.2), (1.0, 0.4)) == "w_plus"
    assert judged((-1.0, 0.4), (-1.2, 0.4)) == "w_star", "for one unit of what was asked for"
    assert judged((1.0, 0.4), (1.0, 0.4 * (1 + MARGIN / 2))) == judged((1.0, 0.0), (1.0, 0.0)) == "same"


def test_edits_of_other_strength_or_direction_are_not_compared():
    assert judged((1.0, 0.4), (1.1 * COMPARABLE, 0.2)) is judged((1.0, 0.4), (0.9 / COMPARABLE, 0.1)) is None
    assert judged((1.0, 0.4), (-1.0, 0.2)) is judged((0.0, 0.4), (1.0, 0.2)) is None
    assert better_space({"w_star": Changes({"Smiling": 1.0}, {})}) is better_space({}) is None
