"""A photo -> the pictures that are asked for: each face opened, improved, edited, and pasted into the photo or cut out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from editor.actions.paste import face_edit
from editor.cli.edit.asked import Asked
from editor.cli.edit.options import OutputOptions
from editor.cli.edit.outputs import Key, check_sweep
from editor.cli.edit.pictures import FacePicture, Sweep
from editor.edited_photo import EditedPhoto
from editor.face import Detection
from editor.images import Photo
from editor.portrait import Portrait, Rendering
from editor.recipe import FaceEdit, Recipe
from editor.repeat import Told, prepared
from editor.saving.movies import sweep_values
from editor.sheets import beside, strip_sheet
from editor.spaces import Space

if TYPE_CHECKING:
    from editor.pipeline import Editor

Encodable = EditedPhoto | FacePicture | Sweep
STRIP = (-2.0, -1.0, 0.0, 1.0, 2.0)
STRIP_CELL = 512
SWEEP_PICTURES = 33


@dataclass(frozen=True, eq=False)
class EditedFace:
    """One face of the photo with its edit.

    Attributes:
        edits: label of a version -> the edit.
        portrait: the face, after what was to be done before the edit.
        rendering: the edit in full, in the spaces of all versions.
    """

    edits: Mapping[str, FaceEdit]
    portrait: Portrait
    rendering: Rendering

    def recipe(self, editor: "Editor", label: str) -> Recipe:
        """The recipe of this face alone."""
        edit = face_edit(self.portrait, self.rendering.edit, self.edits[label].space)
        return Recipe((edit,) if edit.strengths else (), editor.models.name or "own", editor.models.hashes)


def edited_faces(editor: "Editor", photo: Photo, asked: Asked, told: Told | None = None) -> Iterator[EditedFace]:
    """The faces with their edits, one after another.

    Args:
        told: progress of what takes seconds.

    Raises:
        FaceError: the photo lacks one of the faces.
        SettingError: an attribute or a strength does not exist.

    >>> from editor.cli.edit.asked import asked_for
    >>> from editor.cli.edit.options import EditOptions, FaceOptions
    >>> from editor.images import read_photo
    >>> (face,) = edited_faces(editor, read_photo(photo), asked_for(EditOptions(), FaceOptions(), None))
    >>> face.rendering.w_star.size
    (1024, 1024)
    """
    found: tuple[Detection, ...] = ()
    for number in range(len(asked.edits)):
        edits = {label: version[number] for label, version in asked.versions.items()}
        first = next(iter(edits.values()))
        points = first.points or None
        portrait = editor.open(photo, first.face, points, () if points else found)
        found = found or portrait.face.detections
        done: dict[str, Any] = {}
        for edit in edits.values():
            portrait = prepared(editor, portrait, replace(edit, **done), told)
            done = {"refine": 0, "tune": 0}  # what the next space does not need again
        spaces = asked.spaces(number)
        rendering = editor.render(
            portrait, first.strengths, spaces, local=first.local, locked=first.locked, preserve=first.preserve
        )
        yield EditedFace(edits, portrait, rendering)


class Maker:
    """Makes the pictures of one photo, face by face.

    Attributes:
        pictures: what was made, by what it shows.
    """

    def __init__(self, editor: "Editor", asked: Asked, edits: bool, output: OutputOptions, told: Told):
        self.pictures: dict[Key, Encodable] = {}
        self._editor, self._asked, self._edits, self._output, self._told = editor, asked, edits, output, told
        self._recipes: dict[str, Recipe] = {}

    @property
    def recipe(self) -> Recipe:
        """All edits that were made; those in W*, where they were made in both spaces."""
        return list(self._recipes.values())[-1]

    def add(self, number: int, face: EditedFace) -> None:
        """Take the next face."""
        for label in face.edits:
            before, own = self._recipes.get(label), face.recipe(self._editor, label)
            self._recipes[label] = replace(own, edits=(*(before.edits if before else ()), *own.edits))
        if self._output.crop:
            self._add_crops(number, face)
        elif self._edits:
            self._paste(face)
        if number == self._asked.chosen:
            self._add_row(number, face)

    def finish(self) -> None:
        """Make what needs all faces."""
        if self._output.before_after and not self._output.crop:
            for (_, number, label), photo in list(self.pictures.items()):
                if isinstance(photo, EditedPhoto):
                    self.pictures["before-after", number, label] = photo.before_after()

    def _paste(self, face: EditedFace) -> None:
        for label, edit in face.edits.items():
            onto = self.pictures.get(("edited", 0, label))
            assert onto is None or isinstance(onto, EditedPhoto)
            self.pictures["edited", 0, label] = self._editor.paste(face.portrait, face.rendering, edit.space, onto)

    def _add_crops(self, number: int, face: EditedFace) -> None:
        before = face.portrait.face.image
        self.pictures["face", number, ""] = FacePicture(before)
        self.pictures["reconstruction", number, ""] = FacePicture(face.portrait.reconstruction, "generated")
        for label, edit in face.edits.items() if self._edits else ():
            recipe, after = face.recipe(self._editor, label), face.rendering.images[edit.space]
            self.pictures["edited", number, label] = FacePicture(after, "generated", recipe)
            if self._output.before_after:
                both = beside([before.resize(after.size, Image.Resampling.LANCZOS), after])
                self.pictures["before-after", number, label] = FacePicture(both, "edited", recipe)

    def _add_row(self, number: int, face: EditedFace) -> None:
        """The strip and the sweep."""
        recipe = {label: face.recipe(self._editor, label) for label in face.edits}
        if self._output.strip:
            rows = self._row(face, self._output.strip, STRIP, "strip")
            sheet = strip_sheet(rows, self._output.strip, STRIP, STRIP_CELL)
            self.pictures["strip", number, ""] = FacePicture(sheet, "generated", list(recipe.values())[-1])
        if self._output.sweep:
            values = sweep_values(check_sweep(self._output), SWEEP_PICTURES)
            rows = self._row(face, self._output.sweep, values, "sweep")
            for label, edit in face.edits.items():
                self.pictures["sweep", number, label] = Sweep(rows[edit.space], recipe=recipe[label])

    def _row(self, face: EditedFace, name: str, values: Sequence[float], what: str) -> dict[Space, list[Image.Image]]:
        """Full pictures of one attribute at several strengths; the others stay where they are."""
        edit, portrait = face.rendering.edit, face.portrait
        for end in (values[0], values[-1]):  # in between, a share of what is found there counts
            strengths = dict(_with(edit.strengths, name, end))
            portrait = self._editor.preserve(
                portrait, strengths, edit.spaces, edit.local, edit.locked, rest=bool(edit.preserve)
            )
        rows: dict[Space, list[Image.Image]] = {space: [] for space in edit.spaces}
        for step, value in enumerate(values, 1):
            strengths, kept = dict(_with(edit.strengths, name, value)), {"locked": edit.locked, "preserve": edit.preserve}
            drawn = self._editor.render(portrait, strengths, edit.spaces, local=edit.local, **kept)
            for space, image in drawn.images.items():
                rows[space].append(image)
            self._told(what, step, len(values))
        return rows


def _with(strengths: tuple[tuple[str, float], ...], name: str, value: float) -> tuple[tuple[str, float], ...]:
    """Strengths with one slider somewhere else."""
    return tuple((each, at) for each, at in (dict(strengths) | {name: value}).items() if at)
