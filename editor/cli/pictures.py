"""Pictures in a folder: names are checked before the work, each is written whole, none of another face is overwritten."""

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from editor.errors import EditorError, PhotoError
from editor.files.writing import check_files, check_space, write_atomically

if TYPE_CHECKING:
    from PIL import Image

PICTURE = 8_000_000
"""Bytes that a PNG of 1024 pixels a side may take, and the temporary file beside the one that it replaces."""


def edited(space: str) -> str:
    """What the picture edited in a space is called: `edited-w-plus`.

    >>> edited("w_plus")
    'edited-w-plus'
    """
    return f"edited-{space.replace('_', '-')}"


def check_pictures(folder: Path, stem: str, spaces: Iterable[str]) -> None:
    """Check that the pictures can be written under their names, and that the disk has room for them.

    Raises:
        EditorError: they cannot, or it has not.

    >>> check_pictures(folder / "new", "anna", ["w_plus", "w_star"])
    >>> (folder / "new").exists()
    False
    """
    spaces = tuple(spaces)
    check_space(folder, (2 + len(spaces)) * PICTURE)
    kinds = ("face", "reconstruction", *map(edited, spaces))
    check_files([folder / f"{stem}-{kind}.png" for kind in kinds])
    if (folder / f"{stem}-face.png").exists():  # another face's, perhaps
        check_files([folder / f"{stem}-2-{kind}.png" for kind in kinds])


def save_or_tell(pictures: "dict[str, Image.Image]", folder: Path, stem: str) -> list[Path]:
    """As `save`; where a picture cannot be written, those that were are printed before the error is.

    >>> from PIL import Image
    >>> [path.name for path in save_or_tell({"face": Image.new("RGB", (8, 8))}, folder, "anna")]
    ['anna-face.png']
    """
    saved: list[Path] = []
    try:
        return save(pictures, folder, stem, saved)
    except EditorError:
        print(*saved, sep="\n", end="\n" if saved else "")
        raise


def save(pictures: "dict[str, Image.Image]", folder: Path, stem: str, saved: list[Path] | None = None) -> list[Path]:
    """Write pictures as `STEM-KIND.png`; `face` is among them, and tells whose they are.

    Pictures of the same face are replaced. Where those of another face have the name (`a.jpg` and `a.png`, or another face
    of the same photo), these are called `STEM-2-KIND.png`, and so on.

    Args:
        saved: receives each path once the picture is there, so also those that are written before an error.

    Raises:
        EditorError: a file cannot be written.

    >>> from PIL import Image
    >>> one, other = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    >>> [save({"face": face}, folder, "anna")[0].name for face in (one, one, other)]
    ['anna-face.png', 'anna-face.png', 'anna-2-face.png']
    """
    names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
    stem = next(name for name in names if not _is_anothers(folder, name, pictures))
    paths = {kind: folder / f"{stem}-{kind}.png" for kind in pictures}
    for kind, path in paths.items():
        write_atomically(path, lambda part, picture=pictures[kind]: picture.save(part, "PNG"))
        if saved is not None:
            saved.append(path)
    return list(paths.values())


def _is_anothers(folder: Path, stem: str, pictures: "dict[str, Image.Image]") -> bool:
    """Whether the names are taken by pictures of another face."""
    from editor.images import open_photo

    face = folder / f"{stem}-face.png"
    if not face.exists():
        return any((folder / f"{stem}-{kind}.png").exists() for kind in pictures)
    try:
        return open_photo(face).tobytes() != pictures["face"].tobytes()
    except PhotoError:
        return True
