"""Options go before what a recipe says, for the faces that they name."""

import pytest

from editor.cli.edit.asked import asked_for
from editor.cli.edit.options import EditOptions, FaceOptions
from editor.errors import SettingError
from editor.recipe import FaceEdit, Recipe

ONE = Recipe((FaceEdit({"Smiling": 1.5, "Young": -1}, face=2, space="w_plus", local=False, locked=("Male",), refine=60),))
TWO = Recipe((FaceEdit({"Smiling": 1}, face=1), FaceEdit({"Young": 1}, face=0), FaceEdit({"Male": 1}, face=1)))
BY_HAND = ((0.4, 0.2), (0.5, 0.2), (0.45, 0.3))


def edits(edit: EditOptions | None = None, face: FaceOptions | None = None, recipe: Recipe | None = None):
    return asked_for(edit or EditOptions(), face or FaceOptions(), recipe).edits


def test_a_recipe_alone_is_taken_as_it_is():
    assert edits(recipe=ONE) == ONE.edits and edits(recipe=TWO) == TWO.edits


def test_without_anything_the_largest_face_is_edited_in_w_star_as_the_page_opens_it():
    assert edits() == (FaceEdit({}, refine=20),)


def test_a_recipe_is_repeated_with_the_steps_that_it_took():
    assert edits(recipe=Recipe((FaceEdit({"Young": 1}),)))[0].refine == 0


def test_the_encoders_first_guess_can_be_asked_for():
    assert edits(face=FaceOptions(refine=0)) == (FaceEdit({}),)


def test_strengths_are_put_on_top_and_zero_takes_one_away():
    (edit,) = edits(EditOptions(settings=("Young=0", "Smiling=2", "Bald=1")), recipe=ONE)
    assert edit.strengths == {"Smiling": 2, "Bald": 1} and edit.refine == 60


@pytest.mark.parametrize(
    ("options", "face", "setting"),
    [
        (EditOptions(local=True), FaceOptions(), {"local": True}),
        (EditOptions(preserve=True), FaceOptions(), {"preserve": True}),
        (EditOptions(locks=("Bald",)), FaceOptions(), {"locked": ("Bald",)}),
        (EditOptions(space="w_star"), FaceOptions(), {"space": "w_star"}),
        (EditOptions(), FaceOptions(face=1), {"face": 0}),
        (EditOptions(), FaceOptions(points=BY_HAND), {"points": BY_HAND, "face": 0}),
        (EditOptions(), FaceOptions(refine=0, tune=5), {"refine": 0, "tune": 5}),
    ],
)
def test_every_setting_of_the_only_edit_can_be_changed_and_the_others_stay(options, face, setting):
    (edit,) = edits(options, face, ONE)
    before = vars(ONE.edits[0])
    assert vars(edit) == {**before, **setting} != before


def test_of_several_faces_the_named_one_is_changed():
    changed = edits(EditOptions(settings=("Bald=1",), local=False, no_local=True), FaceOptions(face=1, refine=3), TWO)
    assert changed[0] == TWO.edits[0] and changed[2] == TWO.edits[2]
    assert changed[1] == FaceEdit({"Young": 1, "Bald": 1}, local=False, refine=3)


def test_of_several_edits_of_the_named_face_the_last_is_changed():
    assert [dict(each.strengths) for each in edits(EditOptions(settings=("Bald=1",)), FaceOptions(face=2), TWO)][2] == {
        "Male": 1,
        "Bald": 1,
    }


def test_where_no_face_is_named_what_can_be_of_all_is_of_all():
    assert {each.refine for each in edits(face=FaceOptions(refine=7), recipe=TWO)} == {7}


@pytest.mark.parametrize(
    ("options", "face", "words"),
    [
        (EditOptions(settings=("Bald=1",)), FaceOptions(), "edits 3 faces. Say with --face N which one --set"),
        (EditOptions(), FaceOptions(points=BY_HAND), "which one --points"),
        (EditOptions(settings=("Bald=1",)), FaceOptions(face=5), "no edit of face 5. The faces it edits: 2, 1, 2"),
    ],
)
def test_what_does_not_fit_several_faces_is_told(options, face, words):
    with pytest.raises(SettingError, match=words):
        asked_for(options, face, TWO)


def test_strips_and_sweeps_need_one_face():
    with pytest.raises(SettingError, match="which one --sweep"):
        asked_for(EditOptions(), FaceOptions(), TWO).the_chosen("--sweep")
    assert asked_for(EditOptions(), FaceOptions(face=1), TWO).the_chosen("--sweep") == 1


def test_a_face_by_number_and_by_hand_exclude_each_other():
    with pytest.raises(SettingError, match="exclude each other"):
        asked_for(EditOptions(), FaceOptions(face=1, points=BY_HAND), None)


def test_both_spaces_are_two_versions_that_differ_in_the_space_alone():
    asked = asked_for(EditOptions(settings=("Bald=1",), space="both"), FaceOptions(), None)
    assert {label: version[0].space for label, version in asked.versions.items()} == {"w-plus": "w_plus", "w-star": "w_star"}
    assert {version[0].strengths["Bald"] for version in asked.versions.values()} == {1}
