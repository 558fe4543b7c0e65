"""What an edit changed: asked for or not, in standard deviations, the largest first."""

from types import SimpleNamespace

import pytest
import torch

from editor.judge.changes import Changes, changes_between

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
