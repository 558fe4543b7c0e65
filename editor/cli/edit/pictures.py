"""Pictures of a face alone, as files: crops, film strips and sweeps. They encode themselves as `EditedPhoto` does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from editor.cli.edit.outputs import MOVIE_QUALITY
from editor.recipe import Recipe
from editor.saving.formats import Quality, content_of
from editor.saving.marks import Kind, packet
from editor.saving.movies import movie_of

SMALL = 512
"""Side in pixels of a sweep as WebP or GIF, which have many bytes a picture."""


@dataclass(frozen=True, eq=False)
class FacePicture:
    """A picture of a face.

    Attributes:
        image: RGB, in sRGB.
        kind: what AI did; None: nothing.
        recipe: the edit that it shows.
    """

    image: Image.Image
    kind: Kind | None = None
    recipe: Recipe | None = field(default=None, repr=False)

    def content(self, format: str, quality: Quality = "keep", mark: bool = True, recipe: bool = True) -> bytes:
        """The bytes of a file, as `EditedPhoto.content`."""
        inside = self.recipe if recipe else None
        return content_of(self.image, format, quality=quality, xmp=_packet(self.kind if mark else None, inside), recipe=inside)

    def lost_in(self, format: str) -> tuple[str, ...]:
        """Nothing: every format holds such a picture."""
        return ()


@dataclass(frozen=True, eq=False)
class Sweep:
    """A moving picture of a face.

    Attributes:
        images: RGB, from the lowest strength to the highest.
        recipe: the edit around which the attribute moves.
    """

    images: Sequence[Image.Image]
    kind: Kind = "generated"
    recipe: Recipe | None = field(default=None, repr=False)

    def content(self, format: str, quality: Quality = "keep", mark: bool = True, recipe: bool = True) -> bytes:
        """The bytes of a file, as `EditedPhoto.content`."""
        side = self.images[0].width if format == "mp4" else SMALL
        shown = [image.resize((side, side), Image.Resampling.LANCZOS) for image in self.images]
        number = quality if isinstance(quality, int) else MOVIE_QUALITY
        xmp = _packet(self.kind if mark else None, self.recipe if recipe else None)
        return movie_of(shown, format, quality=number, xmp=xmp)

    def lost_in(self, format: str) -> tuple[str, ...]:
        """Nothing."""
        return ()


def _packet(kind: Kind | None, recipe: Recipe | None) -> bytes | None:
    return packet(kind, recipe) if kind or recipe else None
