"""Options and a recipe -> the edits that are asked for, face by face and in each space."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from editor.actions.fit import QUICK
from editor.cli.edit.options import EditOptions, FaceOptions, parse_settings
from editor.errors import SettingError
from editor.recipe import FaceEdit, Recipe
from editor.spaces import SPACES, Space

WHICH = "The recipe edits {count} faces. Say with --face N which one {option} is of."


@dataclass(frozen=True, eq=False)
class Asked:
    """The edits that are asked for.

    Attributes:
        versions: label -> the edits, one a face. Both versions of "w-plus" and "w-star" differ in the space alone; the
            only version of one space has an empty label.
        chosen: number of the edit that --strip and --sweep are of; None: several are there, and none was named.
    """

    versions: Mapping[str, tuple[FaceEdit, ...]]
    chosen: int | None

    @property
    def edits(self) -> tuple[FaceEdit, ...]:
        """Those of the last version, which is that in W* where there are both."""
        return list(self.versions.values())[-1]

    def spaces(self, number: int) -> tuple[Space, ...]:
        """The spaces in which one face is edited.

        >>> asked_for(EditOptions(space="both"), FaceOptions(), None).spaces(0)
        ('w_plus', 'w_star')
        """
        return tuple(dict.fromkeys(edits[number].space for edits in self.versions.values()))

    def the_chosen(self, option: str) -> int:
        """Number of the edit that an option is of.

        Raises:
            SettingError: there are several.
        """
        if self.chosen is None:
            raise SettingError(WHICH.format(count=len(self.edits), option=option))
        return self.chosen


def asked_for(edit: EditOptions, face: FaceOptions, recipe: Recipe | None) -> Asked:
    """What the options ask for, on top of a recipe.

    Options of one edit change the only edit of a recipe, or that of the face that --face names. Where a recipe has several
    and no face is named, the options that can be of all are of all of them. Without a recipe the likeness is improved as the
    page improves it on opening a photo.

    Raises:
        SettingError: options do not fit the recipe, or a strength is no number.
        RecipeError: a value cannot be.

    >>> recipe = Recipe((FaceEdit({"Smiling": 1.5}, face=0), FaceEdit({"Young": -1}, face=1)))
    >>> asked = asked_for(EditOptions(settings=("Young=1",)), FaceOptions(face=2), recipe)
    >>> [dict(each.strengths) for each in asked.edits]
    [{'Smiling': 1.5}, {'Young': 1.0}]
    """
    edits = (recipe.edits if recipe else ()) or (FaceEdit({}, refine=QUICK),)
    chosen = _chosen(edits, face.face)
    strengths = parse_settings(edit.settings)
    if chosen is None and (strengths or face.points):
        raise SettingError(WHICH.format(count=len(edits), option="--set" if strengths else "--points"))
    if face.points and face.face and len(edits) == 1:
        raise SettingError("--face and --points exclude each other: both say which face.")
    changes = _changes(edit, face)
    if len(edits) == 1 and face.face:
        changes |= {"face": face.face - 1, "points": ()}
    if face.points:
        changes |= {"points": face.points, "face": 0}
    touched = range(len(edits)) if chosen is None else (chosen,)
    spaces: tuple[Space | None, ...] = SPACES if edit.space == "both" else (edit.space,)
    versions = {}
    for space in spaces:
        label = space.replace("_", "-") if space and len(spaces) > 1 else ""
        into: dict[str, Any] = changes | ({"space": space} if space else {})
        versions[label] = tuple(
            replace(each, **into, strengths={**each.strengths, **strengths}) if number in touched else each
            for number, each in enumerate(edits)
        )
    return Asked(versions, chosen)


def _chosen(edits: tuple[FaceEdit, ...], face: int | None) -> int | None:
    if len(edits) == 1:
        return 0
    if face is None:
        return None
    found = [number for number, each in enumerate(edits) if not each.points and each.face == face - 1]
    if not found:
        faces = ", ".join(str(each.face + 1) for each in edits if not each.points) or "none by its number"
        raise SettingError(f"The recipe has no edit of face {face}. The faces it edits: {faces}.")
    return found[-1]


def _changes(edit: EditOptions, face: FaceOptions) -> dict[str, Any]:
    """Settings that were given, other than strengths, space and place."""
    changes: dict[str, Any] = {name: getattr(face, name) for name in ("refine", "tune") if getattr(face, name) is not None}
    for name in ("local", "preserve"):
        if getattr(edit, name) or getattr(edit, f"no_{name}"):
            changes[name] = getattr(edit, name)
    return changes | ({"locked": edit.locks} if edit.locks else {})
