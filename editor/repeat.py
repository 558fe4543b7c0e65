"""Make the edits of a recipe on a photo: open each face, improve its likeness, render and paste, one face after another."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from editor.edited_photo import EditedPhoto
from editor.face import Detection
from editor.images import Source, read_photo
from editor.portrait import Portrait, Rendering
from editor.recipe import FaceEdit, Recipe

if TYPE_CHECKING:
    from editor.pipeline import Editor

Told: TypeAlias = Callable[[str, int, int], object]
"""Told (what is under way, step, steps) now and then: "refine", "tune", "preserve" or "lock"."""


def repeat(editor: "Editor", recipe: Recipe, photo: Source, told: Told | None = None) -> EditedPhoto:
    """The photo with all edits of a recipe in it.

    Args:
        recipe: its models are not compared with the editor's; `Recipe.check_models` does that.
        told: progress of what takes seconds.

    Raises:
        PhotoError: the photo cannot be read.
        FaceError: the photo lacks one of the recipe's faces.
        SettingError: the editor has none of the recipe's attributes, or a strength is out of range.

    >>> from editor import FaceEdit, Recipe
    >>> edited = repeat(editor, Recipe((FaceEdit({"Smiling": -1.5}),)), photo)
    >>> edited.image.size, edited.recipe.edits[0].strengths
    ((512, 512), {'Smiling': -1.5})
    """
    for edit in recipe.edits:
        editor.check({**dict.fromkeys(edit.locked, 0.0), **edit.strengths})
    read = read_photo(photo)
    edited: EditedPhoto | None = None
    found: tuple[Detection, ...] = ()
    for edit in recipe.edits or (FaceEdit({}),):
        points = edit.points or None
        portrait = editor.open(read, edit.face, points, () if points else found)
        found = found or portrait.face.detections
        portrait = prepared(editor, portrait, edit, told)
        edited = editor.paste(portrait, rendered(editor, portrait, edit), edit.space, edited)
    assert edited is not None
    return edited


def prepared(editor: "Editor", portrait: Portrait, edit: FaceEdit, told: Told | None = None) -> Portrait:
    """The portrait after what an edit asks to be done before it: a better likeness, and the rest preserved.

    >>> prepared(editor, portrait, FaceEdit({"Smiling": 1.0})) is portrait
    True
    """

    def of(what: str) -> Callable[[int, int], object] | None:
        return partial(told, what) if told else None

    if edit.refine:
        portrait = editor.refine(portrait, edit.refine, of("refine"))
    if edit.tune:
        portrait = editor.tune(portrait, edit.tune, of("tune"))
    if edit.preserve or edit.locked:
        what = "preserve" if edit.preserve else "lock"
        portrait = editor.preserve(
            portrait, edit.strengths, (edit.space,), edit.local, edit.locked, rest=edit.preserve, progress=of(what)
        )
    return portrait


def rendered(editor: "Editor", portrait: Portrait, edit: FaceEdit) -> Rendering:
    """The edit of a portrait, in full.

    >>> rendered(editor, portrait, FaceEdit({"Smiling": 1.0}, space="w_plus")).w_plus.size
    (1024, 1024)
    """
    return editor.render(portrait, edit.strengths, (edit.space,), local=edit.local, locked=edit.locked, preserve=edit.preserve)
