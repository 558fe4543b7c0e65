"""Folders of photos: which files are pictures."""

from pathlib import Path

PICTURES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp"),
    *(".gif", ".jp2", ".ppm"),
)


def pictures_in(folder: Path, deep: bool) -> list[Path]:
    """The pictures in a folder, by name, of the kinds in `PICTURES`.

    Args:
        deep: and those in the folders inside it.

    >>> for name in ("b.JPG", "a.png", "notes.txt"):
    ...     (folder / name).touch()
    >>> [path.name for path in pictures_in(folder, deep=False)]
    ['a.png', 'b.JPG']
    """
    found = folder.rglob("*") if deep else folder.glob("*")
    return sorted(path for path in found if path.suffix.lower() in PICTURES)
