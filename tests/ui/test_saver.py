"""The whole photo with the edits of its faces, and what is saved."""

import io
import json
from types import SimpleNamespace

import pytest
from PIL import Image

from editor.errors import RecipeError, SettingError
from editor.recipe import FaceEdit, Recipe
from editor.saving.embedded import marked, recipe_in
from editor.ui.asking import Fields
from editor.ui.exploring import Explorer
from editor.ui.improving import Improver
from editor.ui.saver import Saver
from editor.ui.studio import Studio
from editor.ui.visitor import VisitorLeftError
from editor.ui.visitors import Visitors
from tests.conftest import ROOT
from tests.ui.fake import FakeEditor
from tests.ui.test_uploads import received

EXAMPLE = ROOT / "assets" / "examples" / "a.jpg"
SMILE = {"strengths": {"Smiling": 1.0}}


@pytest.fixture
def visitors(tmp_path):
    return Visitors(tmp_path, [EXAMPLE])


@pytest.fixture
def studio(visitors):
    editor = FakeEditor()
    editor.faces = 3
    return Studio(editor, visitors, Improver())


@pytest.fixture
def visitor(visitors, studio):
    visitor = visitors.of(visitors.arrive(None), None)
    studio.open(visitor, Fields({"example": "a.jpg"}))
    return visitor


@pytest.fixture
def saver(studio):
    return Saver(studio, Explorer(studio))


@pytest.fixture
def save(saver, visitor):
    return lambda **fields: saver.save(visitor, Fields(SMILE | fields)).file


@pytest.mark.parametrize(
    ("what", "scope", "name", "size"),
    [
        ("w_star", "photo", "a-edited.jpg", (160, 120)),
        ("w_plus", "photo", "a-edited-w-plus.jpg", (160, 120)),
        ("both", "photo", "a-edited-both.jpg", (328, 120)),
        ("before_after", "photo", "a-before-after.jpg", (328, 120)),
        ("w_star", "face", "a-face-w-star.png", (64, 64)),
        ("both", "face", "a-face-both.png", (136, 64)),
        ("before_after", "face", "a-face-before-after.png", (136, 64)),
    ],
)
def test_a_file_is_named_after_the_photo_and_what_it_shows(save, what, scope, name, size):
    file = save(what=what, scope=scope)
    assert (file.name, Image.open(io.BytesIO(file.content)).size) == (name, size)


@pytest.mark.parametrize(("kind", "ending"), [("png", "png"), ("webp-lossless", "webp"), ("avif", "avif"), ("tiff", "tif")])
def test_a_file_is_of_the_kind_that_is_asked_for(save, kind, ending):
    assert save(kind=kind).name == f"a-edited.{ending}"


def test_a_file_says_that_it_was_edited_and_how_unless_that_is_switched_off(save):
    mark = marked(save().content)
    assert mark and mark.source and mark.recipe and mark.recipe.edits[0].strengths == {"Smiling": 1.0}
    plain = marked(save(recipe=False).content)
    assert plain and plain.recipe is None
    assert marked(save(mark=False, recipe=False).content) is None
    assert recipe_in(save(scope="face").content).edits[0].strengths == {"Smiling": 1.0}


def test_edits_of_other_faces_go_into_the_photo_too(save, studio, visitor):
    others = [{"face": 2, "strengths": {"Young": -1.0}}, {"face": 1, "strengths": {}}]
    recipe = recipe_in(save(others=others).content)
    assert [(edit.face, edit.strengths) for edit in recipe.edits] == [(2, {"Young": -1.0}), (0, {"Smiling": 1.0})]
    assert [each.face for each in studio.shared.opened] == [0, 2], "a face without an edit is not opened"
    assert studio.shared.opened[1].known == 3, "faces are not looked for again"


def test_a_face_that_was_left_is_not_opened_again(save, studio, visitor):
    studio.open(visitor, Fields({"example": "a.jpg", "face": 1}))
    save(others=[{"face": 0, "strengths": {"Young": 1.0}}])
    assert [each.face for each in studio.shared.opened] == [0, 1]


def test_the_whole_photo_is_shown_small_and_other_faces_are_drawn_once(saver, studio, visitor):
    fields = SMILE | {"others": [{"face": 1, "strengths": {"Young": 1.0}}]}
    for strength in (0.5, 1.0):
        answer = saver.photo(visitor, Fields(fields | {"strengths": {"Smiling": strength}}))
        assert set(answer.pictures) == {"w_plus", "w_star", "before"}
    drawn = [each.strengths for each in studio.shared.renders]
    assert drawn.count({"Young": 1.0}) == 2, "once for each space"


def test_settings_alone_are_a_recipe(save):
    file = save(what="recipe", others=[{"face": 1, "strengths": {"Young": 1.0}}])
    recipe = Recipe.from_json(file.content)
    assert file.name == "a-recipe.json" and json.loads(file.content)["recipe"] == 1
    assert [edit.face for edit in recipe.edits] == [1, 0]


@pytest.mark.parametrize("kind", ["own", "mp4", "webp", "gif"])
def test_a_sweep_moves(save, kind, monkeypatch):
    monkeypatch.setattr("editor.ui.saver.FRAMES", 3)
    file = save(what="sweep", name="Smiling", kind=kind)
    assert file.name == f"a-sweep-Smiling.{'mp4' if kind == 'own' else kind}" and len(file.content) > 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "sweep", "name": "Smiling", "kind": "png"},
        {"what": "w_star", "kind": "mp4"},
        {"what": "strip", "name": "None"},
        {"scope": "planet"},
        {"mark": 1},
        {"others": [1]},
        {"others": {}},
        {"others": [{"face": 0}]},
        {"others": [{"face": -1, "strengths": {"Young": 1.0}}]},
        {"others": [{"face": 7, "strengths": {"Young": 1.0}}]},
        {"others": [{"face": 1, "strengths": {"Young": 1.0}}] * 33},
    ],
    ids=str,
)
def test_what_cannot_be_is_told(save, wrong):
    with pytest.raises(Exception, match=r"\.$"):
        save(**wrong)


@pytest.fixture
def recipe(saver, studio, visitor, visitors, tmp_path):
    """What a file holds, asked as the page does."""

    def recipe(content: bytes, name: str = "recipe.json"):
        path = str(received(visitors.uploads, tmp_path, name, content))
        return saver.recipe(visitor, Fields({"file": path})).data

    return recipe


def test_a_recipe_and_a_saved_picture_bring_settings_back(recipe, save):
    made = Recipe((FaceEdit({"Young": 1.0}, face=1, locked=("Male",)),), models="fake")
    told = recipe(made.to_json().encode())
    assert told["edits"][0] | {"space": ""} == {
        "face": 1, "strengths": {"Young": 1.0}, "local": True, "locks": ["Male"], "preserve": False, "space": "",
        "paper": False,
    }  # fmt: skip
    assert recipe(save().content, "a.jpg")["edits"][0]["strengths"] == {"Smiling": 1.0}


def test_a_file_without_settings_or_of_other_models_is_told(recipe):
    with pytest.raises(RecipeError, match="no recipe"):
        recipe(EXAMPLE.read_bytes(), "a.jpg")
    with pytest.raises(SettingError, match="ffhq"):
        recipe(Recipe((FaceEdit({"Young": 1.0}),), models="ffhq").to_json().encode())


def test_a_photo_that_was_edited_before_says_so_when_it_is_opened(save, studio, visitor, visitors, tmp_path):
    path = str(received(visitors.uploads, tmp_path, "again.jpg", save().content))
    told = studio.open(visitor, Fields({"photo": path})).data["edited"]
    assert "Smiling +1" in told["sentence"] and told["edits"][0]["strengths"] == {"Smiling": 1.0}
    assert studio.open(visitor, Fields({"example": "a.jpg"})).data["edited"] is None


def test_a_face_that_was_placed_by_hand_keeps_its_edit(save, studio, visitor):
    marks = [[0.4, 0.4], [0.6, 0.4], [0.5, 0.6]]
    studio.open(visitor, Fields({"example": "a.jpg", "points": marks}))
    studio.open(visitor, Fields({"example": "a.jpg", "face": 1}))
    opened = len(studio.shared.opened)
    save(others=[{"points": marks, "strengths": {"Young": 1.0}}])
    assert len(studio.shared.opened) == opened and {"Young": 1.0} in [each.strengths for each in studio.shared.renders]


def test_other_faces_are_edited_as_the_open_one_unless_they_say_otherwise(save, studio):
    for fields, kept in (({"preserve": False}, ()), ({}, ("w_star",))):
        save(others=[{"face": 1, "strengths": {"Young": 1.0}}], **fields)
        assert [each.preserve for each in studio.shared.renders if each.strengths == {"Young": 1.0}][-1] == kept


def test_a_recipe_of_an_edit_as_in_the_paper_names_what_made_it_and_asks_for_it_again(visitors, visitor, tmp_path):
    paper = FakeEditor()
    paper.models = SimpleNamespace(**vars(paper.models) | {"name": "fake-svm", "hashes": {"directions": "a" * 64}})
    studio = Studio(FakeEditor(), visitors, Improver(), paper)
    saver = Saver(studio, Explorer(studio))
    for asked, name, hashes in ((False, "fake", {}), (True, "fake-svm", {"directions": "a" * 64})):
        content = saver.save(visitor, Fields(SMILE | {"what": "recipe", "paper": asked})).file.content
        made = Recipe.from_json(content.decode())
        assert (made.models, made.hashes) == (name, hashes)
        path = str(received(visitors.uploads, tmp_path, "recipe.json", content))
        told = saver.recipe(visitor, Fields({"file": path})).data
        assert [edit["paper"] for edit in told["edits"]] == [asked] and not told["notice"]


@pytest.fixture
def paper(visitors):
    """A saver of a studio that has a set of its own for edits as in the paper."""
    own = FakeEditor()
    own.models = SimpleNamespace(**vars(own.models) | {"name": "fake-svm", "hashes": {"directions": "a" * 64}})
    shared = FakeEditor()
    shared.faces = own.faces = 3
    studio = Studio(shared, visitors, Improver(), own)
    return Saver(studio, Explorer(studio))


@pytest.mark.parametrize(("open_face", "other", "name"), [(False, False, "fake"), (True, True, "fake-svm"), (True, False, "")])
def test_a_recipe_names_the_models_of_all_faces_or_is_left_out(paper, visitor, open_face, other, name):
    fields = SMILE | {"paper": open_face, "others": [{"face": 1, "strengths": {"Young": 1.0}, "paper": other}]}
    inside = marked(paper.save(visitor, Fields(fields)).file.content).recipe
    assert (inside.models if inside else "") == name
    if name:
        assert Recipe.from_json(paper.save(visitor, Fields(fields | {"what": "recipe"})).file.content).models == name
    else:
        with pytest.raises(SettingError, match="as in the paper"):
            paper.save(visitor, Fields(fields | {"what": "recipe"}))


def test_a_face_without_an_edit_does_not_decide_what_a_recipe_names(paper, visitor):
    fields = {"strengths": {}, "paper": True, "others": [{"face": 1, "strengths": {"Young": 1.0}, "paper": False}]}
    assert Recipe.from_json(paper.save(visitor, Fields(fields | {"what": "recipe"})).file.content).models == "fake"


def test_a_visitor_with_own_files_can_use_a_recipe_as_in_the_paper_and_is_told(paper, studio, visitor, visitors, tmp_path):
    own = studio.shared.with_files(flow=EXAMPLE.with_suffix(".safetensors"))
    visitor.use(own, own.rebase)
    made = Recipe((FaceEdit({"Smiling": 1.0}),), "fake-svm", {"directions": "a" * 64})
    path = str(received(visitors.uploads, tmp_path, "recipe.json", made.to_json().encode()))
    told = paper.recipe(visitor, Fields({"file": path})).data
    assert told["edits"][0]["paper"] and "other versions" in told["notice"]


@pytest.mark.parametrize("scope", ["photo", "face"])
def test_of_two_flows_the_left_picture_is_an_edit_in_w_star_by_everybodys_files(studio, saver, visitor, scope):
    own = studio.shared.with_files(flow=EXAMPLE.with_suffix(".safetensors"))
    own.models = SimpleNamespace(**vars(own.models) | {"hashes": {"flow": "b" * 64}})
    visitor.use(own, own.rebase)
    for what, hashes in (("w_plus", {}), ("w_star", {"flow": "b" * 64})):
        content = saver.save(visitor, Fields(SMILE | {"what": what, "scope": scope, "flows": True})).file.content
        made = recipe_in(content)
        assert [edit.space for edit in made.edits] == ["w_star"] and made.hashes == hashes
    others = [{"face": 1, "strengths": {"Young": 1.0}, "flows": True}]
    made = recipe_in(saver.save(visitor, Fields(SMILE | {"what": "w_plus", "flows": True, "others": others})).file.content)
    assert [edit.space for edit in made.edits] == ["w_star", "w_star"]


def test_what_nobody_waits_for_any_more_ends(saver, visitor, studio):
    fields = Fields(SMILE | {"what": "sweep", "name": "Smiling"})
    fields.abandon()
    with pytest.raises(VisitorLeftError):
        saver.save(visitor, fields)
    assert len(studio.shared.renders) <= 1
