"""What was found on a face is used for that edit and near it, under the same conditions only."""

from dataclasses import replace

import pytest
import torch

from editor.edit.directions import MAX_STRENGTH
from editor.edit.kept import MOST, SITUATIONS, Conditions, Kept
from editor.edit.preserving import Found

HERE, ASKED = Conditions("w_star"), (("Male", 1.0), ("Young", -1.0))
KEPT = Kept().with_found(HERE, ASKED, Found({"No_Beard": 0.8}, {("No_Beard", True): torch.ones(2)}, over=True))


def test_the_order_of_sliders_does_not_matter():
    assert KEPT.knows(HERE, ASKED[::-1]) and KEPT.near(HERE, ASKED[::-1]) == {"No_Beard": 0.8}


@pytest.mark.parametrize(
    "other",
    [
        replace(HERE, space="w_plus"),
        replace(HERE, local=False),
        replace(HERE, locked=("Smiling",)),
        replace(HERE, rest=False),
    ],
)
def test_under_other_conditions_nothing_is_known(other):
    assert not KEPT.knows(other, ASKED) and KEPT.near(other, ASKED) == {} and KEPT.known_answers(other, ASKED) == {}


@pytest.mark.parametrize("asked", [(), (("Male", 1.0),), (("Male", -1.0), ("Young", -1.0)), (("Smiling", 1.0),)])
def test_of_other_sliders_or_other_ways_nothing_is_known(asked):
    assert KEPT.near(HERE, asked) == {} and KEPT.known_answers(HERE, asked) == {}


def test_nearer_to_nothing_it_is_a_share_and_further_out_no_more():
    assert KEPT.near(HERE, (("Male", 0.5), ("Young", -0.5))) == {"No_Beard": pytest.approx(0.4)}
    assert KEPT.near(HERE, (("Male", 2.0), ("Young", -2.0))) == {"No_Beard": 0.8}
    more = KEPT.with_found(HERE, (("Male", 2.0), ("Young", -2.0)), Found({"Bald": 1.0}, {}, over=True))
    assert more.near(HERE, (("Male", 1.9), ("Young", -2.0)))["Bald"] == pytest.approx(0.975), "that of the nearest"


def test_amounts_stay_within_what_a_slider_has_left():
    kept = Kept().with_found(HERE, (("Male", 1.0),), Found({"Male": 0.5}, {}, over=True))
    assert 1.9 + kept.near(HERE, (("Male", 1.9),))["Male"] == pytest.approx(MAX_STRENGTH)


def test_that_nothing_has_to_move_is_known_too():
    kept = KEPT.with_found(HERE, (("Male", 0.5), ("Young", -0.5)), Found({}, {}, over=True))
    assert kept.near(HERE, (("Male", 0.5), ("Young", -0.5))) == {}


def test_of_a_search_under_way_the_answers_count():
    kept = Kept().with_found(HERE, ASKED, Found({"Bald": 1.0}, {("Bald", True): torch.ones(2)}))
    assert not kept.knows(HERE, ASKED) and kept.known_answers(HERE, (("Male", 0.3), ("Young", -2.0)))


def test_it_does_not_grow_without_end():
    kept = Kept()
    for number in range(3 * MOST):
        kept = kept.with_found(HERE, (("Male", number / MOST / 2 + 0.1),), Found({}, {}, over=True))
    assert len(kept.amounts) == MOST and kept.knows(HERE, (("Male", (3 * MOST - 1) / MOST / 2 + 0.1),))


def test_of_many_situations_the_newest_are_kept():
    kept, names = Kept(), [f"Slider_{number}" for number in range(2 * SITUATIONS)]
    for name in names:
        kept = kept.with_found(HERE, ((name, 1.0),), Found({}, {("Bald", True): torch.ones(2)}, over=True))
    assert len(kept.answers) == SITUATIONS and kept.known_answers(HERE, ((names[-1], 0.5),))
