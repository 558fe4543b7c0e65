"""A whole photo with edits of its faces in it."""

from dataclasses import dataclass

from PIL import Image

from editor.photos.original import Original
from editor.recipe import Recipe


@dataclass(frozen=True, eq=False)
class EditedPhoto:
    """A photo with edits in it.

    Attributes:
        image: the whole photo, upright, of mode RGB, RGBA, L or LA, in the photo's own colours.
        original: the photo it came from, with its profile, resolution and format.
        recipe: the edits, so that they can be made again.
        changed: left, top, right and bottom in pixels, outside of which every pixel is the original's; None: nothing changed.
    """

    image: Image.Image
    original: Original
    recipe: Recipe
    changed: tuple[int, int, int, int] | None = None
