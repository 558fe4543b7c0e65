"""What an edit changed: asked for or not, in deviations, the largest first."""

from types import SimpleNamespace

import pytest
import torch

from editor.judge.changes import Changes, changes_between


class Judge(SimpleNamespace):
    """Reads three logits off a picture's first row."""

    attributes = ("Smiling", "Young", "Bald")
    deviation = torch.tensor([1.0, 2.0, 0.5])

    def __call__(self, picture):
        return picture[:, 0, 0, :3]


def picture(*logits: float) -> torch.Tensor:
    return torch.tensor(logits).expand(1, 3, 4, 3).contiguous()


def test_changes_are_in_deviations_and_the_largest_comes_first():
    before, after = picture(0.0, 0.0, 0.0), picture(1.0, -1.0, 0.5)
    (found,) = changes_between(Judge(), before, [after], ["Smiling"])
    assert found.asked == {"Smiling": 1.0}
    assert list(found.others.items()) == [("Bald", 1.0), ("Young", -0.5)]
    assert found.leakage == pytest.approx(0.75)


def test_the_same_picture_has_not_changed():
    (found,) = changes_between(Judge(), picture(1, 2, 3), [picture(1, 2, 3)], [])
    assert found.asked == {} and found.leakage == 0


def test_an_attribute_the_judge_does_not_know_is_left_out():
    (found,) = changes_between(Judge(), picture(0, 0, 0), [picture(1, 0, 0)], ["My_Own"])
    assert found.asked == {} and len(found.others) == 3


def test_nothing_leaks_where_everything_was_asked_for():
    assert Changes({"Smiling": 1.0}, {}).leakage == 0
