import json
import pickle

import pytest

from editor.errors import RecipeError, SettingError
from editor.recipe import MOST_BYTES, SOFTWARE, FaceEdit, Recipe

POINTS = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6))
RECIPE = Recipe(
    (
        FaceEdit({"Smiling": 1.5, "Über <&>": -0.25}, face=1, space="w_plus", local=False, locked=("Young",), refine=60),
        FaceEdit({"Young": -1}, points=POINTS, preserve=True, tune=20),
    ),
    models="ffhq",
    hashes={"flow": 64 * "a"},
)
EDIT = {"strengths": {"Smiling": 1}}


def written(**edit) -> str:
    return json.dumps({"recipe": 1, "edits": [EDIT | edit]})


@pytest.mark.parametrize("indent", [None, 2])
def test_what_is_written_is_read_again(indent):
    text = RECIPE.to_json(indent)
    assert (
        Recipe.from_json(text) == Recipe.from_json(text.encode()) == Recipe.from_json(b"\xef\xbb\xbf" + text.encode()) == RECIPE
    )
    assert not set("&<>") & set(text) and text.isascii()


def test_recipes_can_be_compared_hashed_and_sent_to_another_process():
    again = pickle.loads(pickle.dumps(RECIPE))
    assert again == RECIPE and len({again, RECIPE}) == 1 and Recipe(RECIPE.edits) != RECIPE


def test_what_is_left_out_has_its_default():
    assert Recipe.from_json(written()) == Recipe((FaceEdit({"Smiling": 1}),), software="")
    assert Recipe((FaceEdit({}),)).software == SOFTWARE


def test_no_strength_is_zero():
    assert FaceEdit({"Smiling": 0, "Young": -0.0, "Male": 1}).strengths == {"Male": 1}


BAD = {
    "no JSON": "{",
    "no text": b"\xff\xfe\x00",
    "no object": "[]",
    "empty": "",
    "another file": '{"a": 1}',
    "later version": '{"recipe": 2, "edits": []}',
    "no version": '{"recipe": true, "edits": []}',
    "no edits": '{"recipe": 1}',
    "an edit is a number": '{"recipe": 1, "edits": [1]}',
    "unknown key": written(colour=1),
    "unknown key at the top": '{"recipe": 1, "edits": [], "a\\u001b[31m": 1}',
    "unknown key of the models": '{"recipe": 1, "edits": [], "models": {"weights": 1}}',
    "a key twice": '{"recipe": 1, "recipe": 1, "edits": []}',
    "NaN": written(strengths={"Smiling": float("nan")}),
    "infinite": written(strengths={"Smiling": float("inf")}),
    "infinite by its exponent": written().replace("1}}", "1e999}}"),
    "a number of many digits": written(face=0).replace('"face": 0', f'"face": {"9" * 5000}'),
    "huge": json.dumps({"recipe": 1, "edits": [], "software": "a" * MOST_BYTES}),
    "deep": "[" * (MOST_BYTES - 1),
    "deep objects": '{"a":' * 9000,
    "no strengths": '{"recipe": 1, "edits": [{}]}',
    "strengths are a list": written(strengths=["Smiling"]),
    "a strength is a text": written(strengths={"Smiling": "1"}),
    "a strength is true": written(strengths={"Smiling": True}),
    "a strength is whole and enormous": written(strengths={"Smiling": 10**400}),
    "a name is empty": written(strengths={"": 1}),
    "a name is half a character": written(strengths={"\ud800": 1}),
    "a name is long": written(strengths={"a" * 101: 1}),
    "face below 0": written(face=-1),
    "face is a fraction": written(face=0.5),
    "two points": written(points=POINTS[:2]),
    "points outside": written(points=[[0, 0], [1, 0], [0.5, 1.5]]),
    "points are texts": written(points=["ab", "cd", "ef"]),
    "no such space": written(space="w"),
    "space is a list": written(space=[]),
    "local is a number": written(local=1),
    "locked is a text": written(locked="Young"),
    "locked holds a number": written(locked=[1]),
    "too many steps": written(refine=10**9),
    "too many edits": json.dumps({"recipe": 1, "edits": [EDIT] * 101}),
    "hash is short": json.dumps({"recipe": 1, "edits": [], "models": {"hashes": {"flow": "abc"}}}),
    "hashes are a list": json.dumps({"recipe": 1, "edits": [], "models": {"hashes": []}}),
    "models are a list": json.dumps({"recipe": 1, "edits": [], "models": []}),
    "models' name is null": json.dumps({"recipe": 1, "edits": [], "models": {"name": None}}),
    "software is a number": json.dumps({"recipe": 1, "edits": [], "software": 1}),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_recipe_is_told_in_one_line(text):
    with pytest.raises(RecipeError) as told:
        Recipe.from_json(text)
    sentence = str(told.value)
    assert sentence.isprintable() and sentence.endswith(".") and len(sentence) < 200
    assert isinstance(told.value, SettingError)


def test_a_recipe_that_could_not_be_read_is_not_written():
    names = {f"{number:0100}": 1.0 for number in range(1000)}
    with pytest.raises(RecipeError, match="KB"):
        Recipe((FaceEdit(names),)).to_json()


def test_other_versions_of_models_are_told_and_other_sets_refused():
    assert RECIPE.check_models("ffhq", RECIPE.hashes) is None
    assert Recipe((), models="ffhq").check_models("ffhq", RECIPE.hashes) is None
    assert "flow" in (RECIPE.check_models("ffhq", {"flow": 64 * "b"}) or "")
    assert "directions" in (RECIPE.check_models("ffhq", {"flow": 64 * "a", "directions": 64 * "a"}) or "")
    with pytest.raises(RecipeError, match="--models ffhq"):
        RECIPE.check_models("embedded", RECIPE.hashes)
