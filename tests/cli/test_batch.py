"""`batch` from the command line: what is told, what it ends with, and what is refused before the models are loaded."""

import json

import pytest

from editor import FaceEdit, Recipe, cli
from editor.batch.editing import editing
from editor.batch.engines.inline import Inline
from editor.cli.engine import EngineOptions
from editor.images import read_photo
from editor.repeat import repeat
from tests.batch.conftest import texts
from tests.batch.workers import Upper


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Texts in place of photos, and work that needs no models."""
    (tmp_path / "photos").mkdir()
    for name, text in {"a": "face", "b": "none", "c": "face"}.items():
        (tmp_path / "photos" / f"{name}.jpg").write_text(text)
    (tmp_path / "recipe.json").write_text(Recipe((FaceEdit({"Smiling": 1.5}),)).to_json())
    monkeypatch.setattr("editor.batch.editing.editing", lambda *_: Upper())
    monkeypatch.setattr("editor.models.deciding_hashes", lambda *_: {})
    monkeypatch.setattr(EngineOptions, "made", lambda _: Inline())
    return tmp_path


def batch(folder, *more: str) -> int:
    return cli.main(["batch", str(folder / "recipe.json"), str(folder / "photos"), "--out", str(folder / "out"), *more])


def test_skips_are_told_with_their_reason_and_decide_the_exit_code(folder, capsys):
    assert batch(folder, "--json") == 3
    said = capsys.readouterr()
    assert f"skipped {folder / 'photos' / 'b.jpg'}: There is no face in b.jpg." in said.err
    summary = json.loads(said.out)
    assert (summary["done"], summary["before"], summary["skipped"]) == (2, 0, 1)
    assert texts(folder / "out") == {"a.jpg": "FACE", "c.jpg": "FACE"}
    (folder / "photos" / "b.jpg").write_text("now")
    assert batch(folder) == 3 and "0 photos edited" in capsys.readouterr().out
    assert batch(folder, "--retry") == 0 and texts(folder / "out")["b.jpg"] == "NOW"


def test_a_trial_looks_at_a_few_photos_only(folder):
    assert batch(folder, "--limit", "1") == 0 and texts(folder / "out") == {"a.jpg": "FACE"}
    assert batch(folder, "--limit", "1") == 0


def test_ctrl_c_leaves_nothing_half_written(folder, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Upper, "__call__", stop)
        assert batch(folder) == 130
    assert texts(folder / "out") == {}
    assert batch(folder) == 3 and len(texts(folder / "out")) == 2


WRONG = {
    "no source": (["batch", "{recipe}", "--out", "{out}"], "Name a folder of photos"),
    "no folder": (["batch", "{recipe}", "nowhere", "--out", "{out}"], "no file or folder nowhere"),
    "no recipe": (["batch", "{photos}", "{photos}", "--out", "{out}"], "is a folder"),
    "out is a file": (["batch", "{recipe}", "{photos}", "--out", "{recipe}"], "is a file"),
    "no record": (["batch", "{recipe}", "{photos}", "--out", "memory://out"], "--journal DIR"),
    "quality": (["batch", "{recipe}", "{photos}", "--out", "{out}", "--quality", "0"], "quality"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_one_line(folder, capsys, arguments, words):
    names = {"recipe": folder / "recipe.json", "photos": folder / "photos", "out": folder / "out"}
    try:
        code = cli.main([argument.format(**names) for argument in arguments])
    except SystemExit as left:
        code = left.code
    error = capsys.readouterr().err.strip()
    assert code in (1, 2) and words in error and len(error.splitlines()) == 1
    assert not (folder / "out").exists()


def test_an_address_is_for_ray():
    assert cli.main(["batch", "r.json", ".", "--out", "out", "--address", "auto"]) == 1


def test_the_work_is_the_recipes_edit_and_the_same_bytes_each_time(editor, store, photo, tmp_path, monkeypatch):
    monkeypatch.setattr("editor.pipeline.Editor.load", lambda *_, **__: editor)
    path = tmp_path / "a.jpg"
    photo.save(path, quality=92)
    recipe = Recipe((FaceEdit({"Smiling": 1.5}),))
    work = editing(recipe, store=store)
    worker = work.start(Inline().place)
    made = worker(path.read_bytes(), "a.jpg", work.ending("a.jpg"))
    assert made == repeat(editor, recipe, read_photo(path)).content("jpeg")


def test_two_runs_are_the_same_work_where_recipe_models_and_files_are(store):
    edit = FaceEdit({"Smiling": 1.5})
    first = editing(Recipe((edit,), software="one"), store=store).identity
    assert first == editing(Recipe((edit,), software="two"), store=store).identity
    others = [
        editing(Recipe((FaceEdit({"Smiling": 1.4}),)), store=store),
        editing(Recipe((edit,)), "png", store=store),
        editing(Recipe((edit,), models="embedded-paper"), store=store),
    ]
    assert all(other.identity != first for other in others)
