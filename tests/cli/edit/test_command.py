"""`edit` on a real photo: what it writes, what it says in the files, and what it tells."""

import json

import numpy as np
import pytest
from PIL import Image

from editor.cli.edit import making, writing
from editor.photos.original import read_original
from editor.recipe import FaceEdit, Recipe
from editor.saving.embedded import marked, read_recipe
from tests.conftest import difference

SMILE = ("--set", "Smiling=-1.5")


def pixels(path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), dtype=int)


def test_the_whole_photo_is_written_with_the_edit_in_it(opened, edit, photo_path, tmp_path, capsys):
    assert edit(*SMILE, "--format", "png", "--lock", "Male") == 0
    (path,) = (tmp_path / "out").iterdir()
    assert path.name == "astronaut-edited.png" and capsys.readouterr().out == f"{path}\n"
    changed = (pixels(path) != np.asarray(read_original(photo_path).image)).any(-1)
    assert changed.any() and changed.mean() < 0.2  # the region of the mouth, and nothing else
    mark = marked(path.read_bytes())
    assert mark and mark.source == "compositeWithTrainedAlgorithmicMedia" and mark.recipe
    assert mark.recipe.edits == (FaceEdit({"Smiling": -1.5}, locked=("Male",), refine=20),)
    assert mark.recipe.hashes == opened.models.hashes


def test_both_spaces_are_two_photos_in_the_photos_own_format(opened, edit, tmp_path):
    assert edit(*SMILE, "--space", "both") == 0
    paths = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in paths] == ["astronaut-edited-w-plus.jpg", "astronaut-edited-w-star.jpg"]
    assert (pixels(paths[0]) != pixels(paths[1])).any()
    assert [read_recipe(path).edits[0].space for path in paths] == ["w_plus", "w_star"]


def test_a_recipe_from_a_saved_photo_makes_the_same_bytes(opened, edit, tmp_path):
    assert edit(*SMILE, "--save-recipe", tmp_path / "recipe.json") == 0
    first = tmp_path / "out" / "astronaut-edited.jpg"
    for source in (first, tmp_path / "recipe.json"):
        out = tmp_path / f"of {source.name}"
        assert edit("--recipe", source, out=out) == 0
        assert (out / first.name).read_bytes() == first.read_bytes()


def test_the_crop_is_the_face_its_reconstruction_and_the_edit(opened, edit, tmp_path):
    assert edit(*SMILE, "--crop", "--before-after") == 0
    out = tmp_path / "out"
    kinds = ("face", "reconstruction", "edited", "before-after")
    pictures = {kind: Image.open(out / f"astronaut-{kind}.png") for kind in kinds}
    assert len(list(out.iterdir())) == 4 and [pictures[kind].size for kind in kinds] == [(1024, 1024)] * 3 + [(2056, 1024)]
    assert difference(pictures["edited"], pictures["reconstruction"]) > 0.2
    marks = {kind: marked((out / f"astronaut-{kind}.png").read_bytes()) for kind in kinds}
    sources = {kind: mark and mark.source for kind, mark in marks.items()}
    drawn, composite = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
    assert sources == {"face": None, "reconstruction": drawn, "edited": drawn, "before-after": composite}
    assert read_recipe(out / "astronaut-edited.png").edits == (FaceEdit({"Smiling": -1.5}, refine=20),)


def test_strip_and_sweep_show_one_attribute_and_leave_the_photo_alone(opened, edit, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "SWEEP_PICTURES", 3)
    arguments = ("--strip", "Smiling", "--sweep", "Smiling", "--sweep-to", "1", "--sweep-format", "webp")
    assert edit(*arguments) == 0
    strip, sweep = (tmp_path / "out" / name for name in ("astronaut-strip-Smiling.png", "astronaut-sweep-Smiling.webp"))
    assert sorted((tmp_path / "out").iterdir()) == [strip, sweep]
    with Image.open(sweep) as movie, Image.open(strip) as sheet:
        assert getattr(movie, "n_frames", 0) == 4 and movie.size == (512, 512) and sheet.width > 5 * 512
    marks = [marked(path.read_bytes()) for path in (strip, sweep)]
    assert [mark and mark.source for mark in marks] == 2 * ["trainedAlgorithmicMedia"]


def test_two_faces_of_a_recipe_are_edited_one_after_the_other(opened, edit, tmp_path):
    recipe = Recipe((FaceEdit({"Smiling": -1.5}), FaceEdit({"Bangs": 1}, face=1)))
    (tmp_path / "recipe.json").write_text(recipe.to_json())
    assert edit("--recipe", tmp_path / "recipe.json", "--face", 2, "--set", "Bangs=1.5") == 0
    assert [face for face, _ in opened.asked] == [0, 1]
    edits = read_recipe(tmp_path / "out" / "astronaut-edited.jpg").edits
    assert [dict(each.strengths) for each in edits] == [{"Smiling": -1.5}, {"Bangs": 1.5}]


def test_points_placed_by_hand_are_the_face(opened, edit, tmp_path):
    assert edit(*SMILE, "--points", "0.40,0.22", "0.49,0.22", "0.45,0.33") == 0
    assert opened.asked == [(0, ((0.40, 0.22), (0.49, 0.22), (0.45, 0.33)))]
    assert len(read_recipe(tmp_path / "out" / "astronaut-edited.jpg").edits[0].points) == 3


def test_json_is_one_object_and_all_that_is_on_stdout(opened, edit, tmp_path, capsys):
    arguments = ("--set", "Young=-1", "--space", "both", "--changes", "--json", "--overwrite")
    assert edit(*arguments, "--save-recipe", tmp_path / "r.json") == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == ["files", "notes", "recipe", "quality", "changes"]
    shown = [(each["what"], each.get("space")) for each in told["files"]]
    assert shown == [("edited", "w_plus"), ("edited", "w_star"), ("recipe", None)]
    assert all((tmp_path / each["path"]).stat().st_size for each in told["files"])
    assert Recipe.from_json(json.dumps(told["recipe"])) == read_recipe(tmp_path / "r.json")
    assert told["quality"][0]["level"] in ("poor", "fair", "good")
    assert told["changes"][0]["w_star"]["asked"]["Young"] < -0.2 and len(told["changes"][0]["w_plus"]["others"]) == 39


def test_without_json_the_files_are_on_stdout_and_the_rest_is_on_stderr(opened, edit, tmp_path, capsys):
    assert edit(*SMILE, "--changes", "--crop") == 0
    told = capsys.readouterr()
    assert told.out.split() == [
        str(tmp_path / "out" / f"astronaut-{kind}.png") for kind in ("face", "reconstruction", "edited")
    ]
    assert "Likeness: " in told.err and "W*: changed Smiling -" in told.err and "leakage" in told.err


def test_an_edited_photo_is_recognised_and_edited_further(opened, edit, tmp_path, capsys):
    assert edit(*SMILE) == 0
    edited = tmp_path / "out" / "astronaut-edited.jpg"
    assert edit("--set", "Bangs=1", photo=edited) == 0
    assert "was edited already: Smiling -1.5 (in W*, face 1). New edits come on top" in capsys.readouterr().err
    assert read_recipe(tmp_path / "out" / "astronaut-edited-edited.jpg").edits == (FaceEdit({"Bangs": 1}, refine=20),)


def test_mark_and_recipe_can_be_left_out(opened, edit, tmp_path):
    assert edit(*SMILE, "--no-mark", "--no-recipe") == 0
    assert marked((tmp_path / "out" / "astronaut-edited.jpg").read_bytes()) is None


def test_all_but_the_face_as_it_was_is_signed(opened, edit, tmp_path, monkeypatch):
    signed = []

    def sign(content, media_type, credentials, kind="edited"):
        signed.append((media_type, credentials.key.name, kind))
        return content

    monkeypatch.setattr(writing, "signed", sign)
    arguments = ("--sign-key", "key.pem", "--sign-certificate", "chain.pem")
    assert edit(*SMILE, "--crop", "--format", "jpeg", *arguments) == 0
    assert signed == [("image/png", "key.pem", "edited"), *[("image/jpeg", "key.pem", "generated")] * 2]


def test_a_zero_edit_is_the_photo(opened, edit, photo_path, tmp_path):
    assert edit("--set", "Smiling=0", "--format", "png") == 0
    assert (pixels(tmp_path / "out" / "astronaut-edited.png") == np.asarray(read_original(photo_path).image)).all()


def test_what_a_file_does_not_keep_is_told(opened, edit, photo, tmp_path, capsys):
    clear = tmp_path / "clear.png"
    half = Image.linear_gradient("L").resize(photo.size)
    Image.merge("RGBA", (*photo.split(), half)).save(clear)
    assert edit(*SMILE, "--format", "jpeg", "--before-after", photo=clear) == 0
    assert capsys.readouterr().err.count("JPEG has no transparency") == 1
    with Image.open(tmp_path / "out" / "clear-before-after.jpg") as picture:
        assert picture.width == 2 * photo.width + 8


@pytest.mark.parametrize("models", [{"models": "ffhq"}, {"hashes": {"flow": 64 * "a"}}])
def test_a_recipe_of_other_models_is_told(opened, edit, tmp_path, capsys, models):
    (tmp_path / "recipe.json").write_text(Recipe((FaceEdit({"Smiling": 1}),), **models).to_json())
    assert edit("--recipe", tmp_path / "recipe.json") == ("models" in models)
    error = capsys.readouterr().err
    assert ("Start with --models ffhq" if "models" in models else "made with other versions") in error
