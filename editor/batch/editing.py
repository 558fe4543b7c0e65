"""The work that `face-editor batch` does: the edits of a recipe, made on each photo, and the whole photo saved."""

import dataclasses
import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from editor.batch.work import Place
from editor.errors import SettingError
from editor.images import read_photo
from editor.models import deciding_hashes, model_set
from editor.pipeline import Editor
from editor.recipe import Recipe
from editor.repeat import repeat
from editor.saving.formats import FORMATS, Quality, format_of
from editor.weights import WeightStore

ENDINGS = tuple(ending for each in FORMATS.values() for ending in each.endings)
OTHERS = {".heic": ".jpg", ".heif": ".jpg", ".jpe": ".jpg", ".jfif": ".jpg"}
"""What becomes of photos whose own kind is not written; of any other, a PNG, which loses nothing."""


@dataclass(frozen=True)
class Editing:
    """A recipe and how its photos are saved. Made by `editing`.

    Attributes:
        recipe: as JSON.
        models: hash of the models that decide how an edit looks.
        format: of all outputs, in `editor.saving.formats.FORMATS`; empty: each photo's own, or what its name in a list says.
        quality: see `editor.edited_photo.EditedPhoto`.
    """

    recipe: str
    models: str
    format: str = ""
    quality: Quality = "keep"

    @property
    def identity(self) -> dict[str, str]:
        """What decides the bytes of an output."""
        edits = [dataclasses.asdict(edit) for edit in Recipe.from_json(self.recipe).edits]
        return {
            "work": "edit",
            "recipe": _hash(json.dumps(edits, sort_keys=True)),
            "models": self.models,
            "format": self.format,
            "quality": str(self.quality),
        }

    def ending(self, name: str) -> str:
        """The photo's own where it can be saved so."""
        if self.format:
            return FORMATS[self.format].endings[0]
        own = PurePosixPath(name).suffix.lower()
        return own if own in ENDINGS else OTHERS.get(own, ".png")

    def start(self, place: Place) -> "_Repeater":
        """Load the models."""
        recipe = Recipe.from_json(self.recipe)
        editor = Editor.load(recipe.models, place.device)
        for edit in recipe.edits:
            editor.check(edit.strengths)
        return _Repeater(editor, recipe, self.quality)


@dataclass(frozen=True, eq=False)
class _Repeater:
    """The worker."""

    editor: Editor
    recipe: Recipe
    quality: Quality

    def __call__(self, photo: bytes, name: str, ending: str) -> bytes:
        edited = repeat(self.editor, self.recipe, read_photo(photo, name))
        return edited.content(format_of(Path(f"photo{ending}")), self.quality)


def editing(recipe: Recipe, format: str = "", quality: Quality = "keep", store: WeightStore | None = None) -> Editing:
    """The work of a recipe. Its models are fetched where they are missing, before many workers want them at once.

    Raises:
        SettingError: the recipe edits nothing, or there are no such models.
        WeightsError: a file of the models is missing, unreachable or wrong.

    >>> from editor.recipe import FaceEdit
    >>> work = editing(Recipe((FaceEdit({"Smiling": 1}),)), store=store)
    >>> [work.ending(name) for name in ("a.JPG", "a.heic", "a.bmp")]
    ['.jpg', '.jpg', '.png']
    >>> editing(Recipe(()))
    Traceback (most recent call last):
    editor.errors.SettingError: The recipe has no edit to make.
    """
    if not any(edit.strengths for edit in recipe.edits):
        raise SettingError("The recipe has no edit to make.")
    store = store or WeightStore()
    hashes = deciding_hashes(recipe.models, store)
    for entry in model_set(recipe.models).entries:
        store.path(entry)
    return Editing(recipe.to_json(), _hash(json.dumps([recipe.models, hashes], sort_keys=True)), format, quality)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
