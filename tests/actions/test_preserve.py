"""What an edit brings along on a real face is taken back, and locked attributes stay; looked at once, used at every move."""

from dataclasses import replace

import pytest

from editor import Edit, SettingError
from editor.actions.preserve import preserving, unpreserved
from editor.actions.render import edit_of
from editor.edit.kept import Conditions
from editor.edit.visible import VISIBLE, kin_of
from editor.spaces import SPACES, edited
from tests.conftest import difference

MOVED = {"Male": 1.5}


@pytest.fixture(scope="module")
def steady(editor, portrait):
    return editor.preserve(portrait, MOVED)


@pytest.fixture(scope="module")
def locked(editor, portrait):
    return editor.preserve(portrait, MOVED, locked=["No_Beard"], rest=False)


def changes(editor, portrait, rendering, space) -> dict[str, float]:
    found = editor.changes(portrait, rendering)[space]
    return found.asked | found.others


@pytest.mark.parametrize(("space", "left"), [("w_plus", 1.0), ("w_star", 0.75)])
def test_a_woman_made_male_gets_no_beard(editor, portrait, steady, space, left):
    """By the evaluation classifier, which took no part in it. In W+ one can hardly see a beard on her anyway."""
    plain, kept = (changes(editor, portrait, editor.render(steady, MOVED, preserve=on), space) for on in (False, True))
    assert plain["No_Beard"] < -0.8 and abs(kept["No_Beard"]) < left * abs(plain["No_Beard"])
    others = [name for name in VISIBLE if name not in kin_of(MOVED)]
    assert sum(abs(kept[name]) for name in others) < 0.9 * sum(abs(plain[name]) for name in others)
    assert kept["Male"] > 0.7 * plain["Male"]


def test_the_picture_outside_stays_and_what_moved_along_is_told(editor, portrait, steady):
    asked = {"Mustache": 1.5}
    kept = editor.preserve(portrait, asked, ["w_star"], locked=["Male"])
    codes = editor.render(kept, asked, ["w_star"], live=True, preserve=True, locked=["Male"]).codes
    plain = editor.render(kept, asked, ["w_star"], live=True).codes
    assert (codes.masks[:, 0] >= plain.masks[:, 0] - 1e-6).all(), "nothing is edited where the mustache does not lie"
    rendering = editor.render(steady, MOVED, live=True, preserve=["w_star"])
    assert rendering.along["w_star"] and rendering.along["w_plus"] == {} and rendering.edit.preserve == ("w_star",)


def test_without_asking_for_it_nothing_moves_along(editor, portrait, steady):
    one, other = (editor.render(each, MOVED, live=True) for each in (portrait, steady))
    assert difference(one.w_star, other.w_star) == difference(one.w_plus, other.w_plus) == 0


def test_an_edit_that_was_looked_at_is_not_looked_at_again(editor, portrait, steady, monkeypatch):
    monkeypatch.setattr(editor.renderer, "draw", None)
    told = []
    assert editor.preserve(steady, MOVED, progress=lambda *step: told.append(step)) is steady and told == []
    assert editor.preserve(portrait, {}) is portrait and editor.preserve(portrait, MOVED, rest=False) is portrait
    assert editor.preserve(portrait, {"Male": 1.0}, locked=["Male"]) is portrait


def test_near_an_edit_that_was_looked_at_fewer_pictures_are_drawn(editor, portrait, steady, monkeypatch):
    def pictures(face) -> int:
        drawn, draw = [], editor.renderer.draw
        with monkeypatch.context() as patched:
            patched.setattr(editor.renderer, "draw", lambda *given, **more: drawn.append(1) or draw(*given, **more))
            editor.preserve(face, {"Male": 1.4}, ["w_star"])
        return len(drawn)

    assert pictures(steady) <= 8 < pictures(portrait)


def test_stopped_on_the_way_it_leaves_the_edit_as_it_was_and_goes_on_from_there(editor, portrait):
    edit = edit_of(editor.models, MOVED, ["w_star"], preserve=True)
    walk = editor.preserving(portrait, edit)
    for _ in range(3):
        done, best = next(walk)
    walk.close()
    assert done == 0 and unpreserved(best, edit) == [Conditions("w_star")]
    assert best.kept.known_answers(Conditions("w_star"), edit.strengths)


def test_what_is_found_is_the_same_again(editor, portrait, steady):
    again = editor.preserve(portrait, MOVED, ["w_star"])
    conditions = Conditions("w_star")
    assert again.kept.near(conditions, (("Male", 1.5),)) == steady.kept.near(conditions, (("Male", 1.5),))


@pytest.mark.parametrize("space", SPACES)
def test_a_locked_attribute_stays(editor, portrait, locked, space):
    free = editor.render(portrait, MOVED, live=True)
    kept = editor.render(locked, MOVED, live=True, locked=["No_Beard"])
    before, after = (changes(editor, portrait, one, space) for one in (free, kept))
    assert before["No_Beard"] < -0.5 and abs(after["No_Beard"]) < 0.5 * abs(before["No_Beard"])
    assert after["Male"] > 0.5 * before["Male"]


def test_the_locked_slider_is_held_at_its_own_strength(editor, portrait):
    both = {"No_Beard": -1.0, **MOVED}
    held = editor.preserve(portrait, both, ["w_star"], locked=["No_Beard"], rest=False)
    alone = editor.render(held, {"No_Beard": -1.0}, ["w_star"], live=True, locked=["No_Beard"])
    kept = editor.render(held, both, ["w_star"], live=True, locked=["No_Beard"])
    free = editor.render(held, both, ["w_star"], live=True)
    at, stays, gone = (changes(editor, portrait, one, "w_star")["No_Beard"] for one in (alone, kept, free))
    assert at < 0 and abs(stays - at) < abs(gone - at)


def test_before_looking_the_step_leaves_out_the_locked_normal(editor, portrait):
    codes = editor.render(portrait, MOVED, ["w_plus"], local=False, live=True, locked=["Young"]).codes
    flow, part = editor.models.flow, editor.models.directions.w_plus
    step = flow.normalise(edited(codes)) - flow.normalise(portrait.w_plus)
    young = part.normals[editor.models.directions.attributes.index("Young")]
    assert abs(float(step[0] @ young)) < 1e-2 * float(step.norm()) > 0


def test_pictures_of_both_spaces_have_as_many_codes(editor, steady):
    """Also where other sliders, or none, move along in one of them."""
    codes = editor.render(steady, MOVED, live=True, preserve=["w_star"]).codes
    along = editor.render(steady, MOVED, ["w_star"], live=True, preserve=True).along["w_star"]
    assert codes.codes.shape[:2] == (2, 2 + len(set(along) - {"Male"}))


def test_a_better_likeness_is_looked_at_anew(editor, steady):
    assert not editor.refine(steady, 1).kept.amounts


def test_what_cannot_be_looked_at_is_told(editor, portrait):
    with pytest.raises(SettingError, match="no attribute 'Blue_Hair'"):
        editor.render(portrait, MOVED, locked=["Blue_Hair"])
    with pytest.raises(SettingError, match="no attribute 'Smirking'"):
        editor.preserve(portrait, {"Smirking": 1.0})
    own = replace(editor.models.training_classifier, attributes=tuple("X" * (i + 1) for i in range(40)))
    models = replace(editor.models, training_classifier=own)
    with pytest.raises(SettingError, match="does not know Young"):
        list(preserving(models, editor.renderer, portrait, Edit((("Male", 1.5),), locked=("Young",))))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"spaces": ()}, "each once"),
        ({"spaces": ("w_star", "w_star")}, "each once"),
        ({"spaces": "w_star"}, "spaces takes a list"),
        ({"preserve": "w_star"}, "preserve takes a list"),
        ({"locked": "Young"}, "locked takes a list"),
        ({"spaces": ("w",)}, "no space 'w'"),
    ],
)
def test_what_is_no_list_of_spaces_or_names_is_told(editor, given, words):
    with pytest.raises(SettingError, match=words):
        edit_of(editor.models, {"Smiling": 1.0}, **given)
