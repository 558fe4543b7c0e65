"""Paste an edit back into its photo: what the edit changed is added to the photo's own pixels (`editor.paste`)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from editor.edit.regions import Regions, seen_in
from editor.edited_photo import EditedPhoto
from editor.errors import PhotoError, SettingError
from editor.face import Face, Quad
from editor.models import Models
from editor.paste import carry, change_between
from editor.photos.original import Original, read_original
from editor.portrait import Edit, Portrait, Rendering
from editor.recipe import FaceEdit, Recipe
from editor.spaces import Space

BORDER = 3.0
"""Where an attribute's map is above one over this, its edit may change the photo in full: edits fade by the map already."""


def paste(
    models: Models, portrait: Portrait, rendering: Rendering, space: Space, onto: EditedPhoto | None = None
) -> EditedPhoto:
    """The whole photo with an edit in it.

    Args:
        rendering: of this portrait, in full.
        space: which of its pictures.
        onto: the same photo with edits of other faces in it, or a smaller copy of it; None: the photo as it was opened.

    Raises:
        PhotoError: the photo is gone or has changed since it was opened, or `onto` has other proportions.
        SettingError: the rendering is live, or was not made in this space.

    >>> edited = paste(editor.models, portrait, editor.render(portrait, {}), "w_star")
    >>> edited.image.size == portrait.face.photo_size, edited.changed, edited.recipe.edits
    (True, None, ())
    """
    if rendering.live or space not in rendering.images:
        raise SettingError(f"There is no full picture of this edit in {space}. Render the edit in full, and in that space.")
    base = onto or unedited(models, portrait)
    quad = _scaled(portrait.face, base.image.size)
    edit = rendering.edit
    if not edit.strengths:
        return base
    bounds = _bounds(models.regions, models.directions.attributes, edit) if edit.local else None
    face, before, after = _of_one_size(portrait.face.image, portrait.reconstruction, rendering.images[space])
    change = change_between(face, before, after, bounds)
    image, box = carry(change, face, quad, replace(base.original, image=base.image))
    recipe = replace(base.recipe, edits=(*base.recipe.edits, face_edit(portrait, edit, space)))
    return EditedPhoto(image, base.original, recipe, _around(base.changed, box))


def face_edit(portrait: Portrait, edit: Edit, space: Space) -> FaceEdit:
    """An edit of a portrait as a recipe names it.

    >>> face_edit(portrait, Edit((("Smiling", 1.5),)), "w_star").strengths
    {'Smiling': 1.5}
    """
    return FaceEdit(
        dict(edit.strengths),
        face=portrait.face.index,
        points=portrait.face.points,
        space=space,
        local=edit.local,
        locked=edit.locked,
        preserve=space in edit.preserve,
        refine=portrait.refined,
        tune=portrait.tuned,
    )


def _of_one_size(*pictures: Image.Image) -> list[Image.Image]:
    """Squares, each as large as the smallest: a face that was aligned already may be larger or smaller than it is drawn."""
    size = min(picture.size for picture in pictures)
    return [picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS) for picture in pictures]


def unedited(models: Models, portrait: Portrait, original: Original | None = None) -> EditedPhoto:
    """The photo of a portrait, with no edit in it yet.

    Args:
        original: the photo, or a smaller copy of it; None: it is read again.

    Raises:
        PhotoError: the photo is gone or has changed since it was opened.

    >>> unedited(editor.models, portrait).image.size == portrait.face.photo_size
    True
    """
    if original is None:
        source = portrait.face.source
        if source is None:
            raise PhotoError("The photo of this face is not at hand. Open it again.")
        original = read_original(source)
    return EditedPhoto(original.image, original, Recipe((), models.name or "own", models.hashes))


def _scaled(face: Face, size: tuple[int, int]) -> Quad:
    """Where a face lies in a copy of its photo.

    Raises:
        PhotoError: the copy has other proportions.
    """
    width, height = face.photo_size or face.image.size
    scale = np.array(size) / (width, height)
    if abs(size[1] - height * scale[0]) > 1 and abs(size[0] - width * scale[1]) > 1:
        raise PhotoError("The face is of another photo than the one that it is to be pasted into.")
    return Quad((face.quad.corners + 0.5) * scale - 0.5)


def _bounds(regions: Regions | None, names: Sequence[str], edit: Edit) -> torch.Tensor | None:
    """Where an edit may change anything, [S, S] in [0, 1]; None: everywhere."""
    if regions is None:
        return None
    moved = [name for name, _ in edit.strengths]
    maps = [regions.maps[names.index(name)].float().cpu() for name in moved]
    narrower = [map_ if (seen := seen_in(name)) is None else seen for name, map_ in zip(moved, maps, strict=True)]
    return (torch.stack(narrower).amax(0) * BORDER).clamp(0, 1)


def _around(one: tuple[int, int, int, int] | None, other: tuple[int, int, int, int] | None) -> tuple[int, int, int, int] | None:
    """The smallest box around two."""
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
