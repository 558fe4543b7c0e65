"""Folders of photos: which files are pictures."""

from pathlib import Path

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp")


def pictures_in(folder: Path, deep: bool) -> list[Path]:
    """The pictures in a folder, by name; `deep`: and in the folders inside it."""
    found = folder.rglob("*") if deep else folder.glob("*")
    return sorted(path for path in found if path.suffix.lower() in PICTURES)
