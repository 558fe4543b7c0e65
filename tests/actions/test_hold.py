"""Locked attributes: measured once, held at every move, at their own strength."""

from dataclasses import replace

import pytest
import torch

from editor import SettingError
from editor.edit.locks import Locking
from editor.spaces import SPACES, edited
from tests.conftest import difference

LOCKED, MOVED = ["No_Beard"], {"Male": 1.5}


@pytest.fixture(scope="module")
def held(editor, portrait):
    return editor.hold(portrait, LOCKED, list(MOVED))


def change(editor, portrait, rendering, space, name) -> float:
    found = editor.changes(portrait, rendering)[space]
    return (found.asked | found.others)[name]


@pytest.mark.parametrize("space", SPACES)
def test_a_woman_made_male_gets_no_beard(editor, portrait, held, space):
    free = editor.render(portrait, MOVED, live=True)
    locked = editor.render(held, MOVED, live=True, locked=LOCKED)
    before, after = (abs(change(editor, portrait, one, space, "No_Beard")) for one in (free, locked))
    assert before > 0.5 and after < 0.5 * before
    asked, kept = (change(editor, portrait, one, space, "Male") for one in (free, locked))
    assert kept > 0.5 * asked


def test_without_locks_nothing_is_changed_by_what_was_measured(editor, portrait, held):
    one, other = (editor.render(each, MOVED, live=True) for each in (portrait, held))
    assert difference(one.w_star, other.w_star) == difference(one.w_plus, other.w_plus) == 0


def test_a_locked_slider_that_moves_alone_moves_as_ever(editor, held):
    free, locked = (editor.render(held, {"No_Beard": -1.0}, live=True, locked=names) for names in ((), LOCKED))
    assert difference(free.w_star, locked.w_star) == 0


def test_the_locked_slider_is_held_at_its_own_strength(editor, portrait, held):
    """Its way is its own, and beside it the other attribute moves it little."""
    alone = editor.render(held, {"No_Beard": -1.0}, live=True, locked=LOCKED)
    both = editor.render(held, {"No_Beard": -1.0, **MOVED}, live=True, locked=LOCKED)
    free = editor.render(held, {"No_Beard": -1.0, **MOVED}, live=True)
    at, kept, gone = (change(editor, portrait, one, "w_star", "No_Beard") for one in (alone, both, free))
    assert at < 0 and abs(kept - at) < abs(gone - at)


def test_what_is_measured_is_not_measured_again(editor, portrait, held):
    told = []
    assert editor.hold(held, LOCKED, list(MOVED), progress=lambda *step: told.append(step)) is held and told == []
    more = editor.hold(held, LOCKED, ["Male", "Young"], ["w_star"], progress=lambda *step: told.append(step))
    assert told == [(1, 1)]
    locking = Locking("w_star", True, ("No_Beard",))
    assert more.held[locking]["Male"] is held.held[locking]["Male"] and set(held.held[locking]) == {"Male", "No_Beard"}
    assert editor.hold(portrait, [], ["Male"]) is portrait and editor.hold(portrait, LOCKED, []) is portrait


def test_measuring_is_deterministic(editor, portrait, held):
    again = editor.hold(portrait, LOCKED, list(MOVED), ["w_star"])
    locking = Locking("w_star", True, ("No_Beard",))
    assert all(torch.equal(again.held[locking][name], held.held[locking][name]) for name in ("Male", "No_Beard"))


def test_before_measuring_the_step_leaves_out_the_locked_normal(editor, portrait):
    codes = editor.render(portrait, MOVED, ["w_plus"], local=False, live=True, locked=["Young"]).codes
    flow, part = editor.models.flow, editor.models.directions.w_plus
    step = flow.normalise(edited(codes)) - flow.normalise(portrait.w_plus)
    young = part.normals[editor.models.directions.attributes.index("Young")]
    assert abs(float(step[0] @ young)) < 1e-2 * float(step.norm()) > 0


def test_pictures_of_both_spaces_have_as_many_codes(editor, portrait, held):
    """Also where one of them needs no move of the locked slider."""
    still = {locking: {name: 0 * value for name, value in found.items()} for locking, found in held.held.items()}
    moving = Locking("w_star", True, ("No_Beard",))
    odd = replace(portrait, held={**still, moving: held.held[moving]})
    codes = editor.render(odd, MOVED, live=True, locked=LOCKED).codes
    assert codes.codes.shape[:2] == (2, 3)


def test_what_cannot_be_locked_is_told(editor, portrait):
    with pytest.raises(SettingError, match="no attribute 'Blue_Hair'"):
        editor.render(portrait, MOVED, locked=["Blue_Hair"])
    own = replace(editor.models.training_classifier, attributes=tuple("X" * (i + 1) for i in range(40)))
    from editor.actions.hold import holding
    from editor.actions.render import edit_of

    models = replace(editor.models, training_classifier=own)
    with pytest.raises(SettingError, match="does not know No_Beard"):
        list(holding(models, editor.renderer, portrait, edit_of(models, MOVED, locked=LOCKED)))
