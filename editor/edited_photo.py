"""The photo with its edit in it: what is saved. A value beside the original that it was made from."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from editor.errors import EditorError
from editor.files.writing import check_files, write_atomically
from editor.photos.original import Original
from editor.recipe import Recipe
from editor.saving.credentials import Credentials, signed
from editor.saving.formats import FORMATS, Quality, content_of, format_of, lost_in
from editor.saving.marks import packet
from editor.sheets import beside


@dataclass(frozen=True, eq=False)
class EditedPhoto:
    """A whole photo with the edits of a recipe in it.

    Attributes:
        image: upright, of mode RGB, RGBA, L or LA, in the colours of the original.
        original: the photo that it was made from, which says the profile, the dots per inch and how a JPEG was compressed.
        recipe: the edits.
        changed: left, top, right and bottom in pixels of a box outside which nothing changed; None: nothing changed at all.

    >>> photo = EditedPhoto(Image.new("RGB", (64, 64)), Original(Image.new("RGB", (64, 64))), Recipe(()), None)
    >>> photo.save(folder / "edited.png")
    ()
    """

    image: Image.Image
    original: Original
    recipe: Recipe
    changed: tuple[int, int, int, int] | None = None

    def save(
        self,
        path: Path | str,
        quality: Quality = "keep",
        mark: bool = True,
        recipe: bool = True,
        overwrite: bool = False,
        credentials: Credentials | None = None,
    ) -> tuple[str, ...]:
        """Write the photo, whole or not at all. The ending of the name says the format.

        Args:
            path: where to. Its folder is made where it is missing.
            quality: 1 to 100, of JPEG, WebP and AVIF; "keep": as the original if both are JPEGs, else high; "lossless".
            mark: say in the file that AI edited the photo.
            recipe: put the recipe into the file.
            overwrite: replace a file that is there.
            credentials: sign the file with a key of one's own.

        Returns:
            Sentences about what the file does not keep of the photo.

        Raises:
            SettingError: no format has the ending, or a setting is none.
            EditorError: there is a file already, or it cannot be written.
        """
        path = Path(path)
        format = format_of(path)
        if not overwrite:
            _require_free(path)
        check_files([path])
        content = self.content(format, quality, mark, recipe)
        if credentials:
            content = signed(content, FORMATS[format].media_type, credentials)
        if not overwrite:  # another program may have written it meanwhile
            _require_free(path)
        write_atomically(path, lambda part: part.write_bytes(content))
        return self.lost_in(format)

    def content(self, format: str, quality: Quality = "keep", mark: bool = True, recipe: bool = True) -> bytes:
        """The bytes of a file, not signed.

        Args:
            format: one of `editor.saving.formats.FORMATS`.
            quality, mark, recipe: as for `save`.

        Raises:
            SettingError: there is no such format or quality, or the photo is larger than the format can hold.
        """
        inside = self.recipe if recipe else None
        return content_of(
            self.image,
            format,
            quality=quality,
            icc_profile=self.original.icc_profile,
            dpi=self.original.dpi,
            jpeg=self.original.jpeg,
            xmp=packet("edited" if mark else None, inside) if mark or inside else None,
            recipe=inside,
        )

    def lost_in(self, format: str) -> tuple[str, ...]:
        """Sentences about what a file of a format does not keep of the photo."""
        return self.original.notes + lost_in(self.image, format, self.original.icc_profile, self.original.dpi)

    def before_after(self) -> "EditedPhoto":
        """The original and the edited photo beside each other, to be saved as this is.

        >>> photo = EditedPhoto(Image.new("RGB", (64, 64)), Original(Image.new("RGB", (64, 64))), Recipe(()), None)
        >>> photo.before_after().image.size
        (136, 64)
        """
        return replace(self, image=beside([self.original.image, self.image]), changed=None)


def _require_free(path: Path) -> None:
    if os.path.lexists(path) and not path.is_dir():
        raise EditorError(f"{path} is there already, and is kept. Choose another name, or ask to overwrite it.")
