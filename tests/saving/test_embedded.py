"""Recipes and marks in files."""

import io
import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from editor.errors import PhotoError, RecipeError
from editor.recipe import FaceEdit, Recipe
from editor.saving.embedded import marked, read_recipe, recipe_in
from editor.saving.formats import FORMATS, RECIPE_KEY, content_of
from editor.saving.marks import TERMS, packet

RECIPE = Recipe((FaceEdit({"Smiling": 1.5, "Über": -1}, points=((0.4, 0.4), (0.6, 0.4), (0.5, 0.6))),))
PICTURE = Image.new("RGB", (64, 64), "red")
LATER = json.dumps({"recipe": 2, "edits": []})


def saved(format: str, kind=None, recipe: Recipe | None = None) -> bytes:
    return content_of(PICTURE, format, xmp=packet(kind, recipe), recipe=recipe)


def png_of(text: str) -> bytes:
    stream, info = io.BytesIO(), PngInfo()
    info.add_itxt(RECIPE_KEY, text)
    PICTURE.save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_carries_recipe_and_mark(format):
    content = saved(format, "edited", RECIPE)
    assert recipe_in(content) == read_recipe(content) == RECIPE
    mark = marked(content)
    assert mark and mark.recipe == RECIPE and mark.source == TERMS["edited"] and "Smiling +1.5" in mark.sentence


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_without_them_gives_none(format):
    content = content_of(PICTURE, format)
    assert recipe_in(content) is None and marked(content) is None
    with pytest.raises(RecipeError, match=r"anna\.png holds no recipe"):
        read_recipe(content, "anna.png")


def test_a_mark_of_another_program_is_told():
    assert "AI made it" in getattr(marked(saved("jpeg", "generated")), "sentence", "")
    assert "AI edited it" in getattr(marked(saved("webp", "edited")), "sentence", "")


def test_a_recipe_that_cannot_be_read_keeps_no_photo_from_being_opened():
    with pytest.raises(RecipeError, match="version 2"):
        recipe_in(png_of(LATER))
    assert marked(png_of(LATER)) is None
    evil = content_of(PICTURE, "jpeg", xmp=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(RecipeError, match="entities"):
        recipe_in(evil)
    assert marked(evil) is None


@pytest.mark.parametrize("format", FORMATS)
def test_damaged_files_raise_nothing_else(format):
    content = saved(format, "edited", RECIPE)
    for step in range(1, 60):
        cut = content[: step * len(content) // 60]
        bent = bytearray(content)
        bent[step * len(content) // 60] ^= 0xFF
        for damaged in (cut, bytes(bent)):
            marked(damaged)
            try:
                recipe_in(damaged)
            except RecipeError:
                continue


@pytest.mark.parametrize("content", [b"", b"\0" * 99, b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_gives_none(content):
    assert recipe_in(content) is None and marked(content) is None


def test_a_recipe_is_read_from_json_and_from_pictures(tmp_path):
    (tmp_path / "recipe.json").write_text(RECIPE.to_json(2), "utf-8-sig")
    (tmp_path / "anna.png").write_bytes(saved("png", recipe=RECIPE))
    assert read_recipe(tmp_path / "recipe.json") == read_recipe(tmp_path / "anna.png") == RECIPE
    with pytest.raises(PhotoError, match="folder"):
        read_recipe(tmp_path)


def test_a_long_list_of_edits_is_cut_short():
    many = Recipe((FaceEdit({f"attribute {number}": 1.0 for number in range(100)}),))
    assert len(getattr(marked(saved("png", "edited", many)), "sentence", "")) < 300
