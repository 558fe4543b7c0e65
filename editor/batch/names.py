"""What the file made of a photo is called: as the photo, in the same folders.

    anna/1.jpg -> anna/1.jpg             the same kind of file
    anna/1.heic -> anna/1.heic.jpg       another kind: the photo's own ending stays, so 1.heic and 1.jpg do not meet

A name depends on the photo's name alone, so it is the same on every run. Where two still meet, as `A.jpg` and `a.jpg` do on
some disks, `distinct` tells them apart.
"""

import unicodedata
from pathlib import PurePosixPath

from editor.errors import SettingError
from editor.files.names import LONGEST, digest, shortened

ALIKE = {".jpeg": ".jpg", ".tif": ".tiff"}
"""Endings of one kind of file."""


def output_name(name: str, ending: str) -> str:
    """The output's path in its folder.

    Args:
        name: the photo's path in its own, with slashes.
        ending: of the kind of file to write, such as `.jpg`.

    >>> output_name("anna/1.JPG", ".jpg"), output_name("1.heic", ".jpg"), output_name("2020.12", ".jpg")
    ('anna/1.JPG', '1.heic.jpg', '2020.12.jpg')
    >>> len(output_name("ж" * 300 + ".png", ".png").encode()) <= LONGEST
    True
    """
    *folders, last = name.split("/")
    own = PurePosixPath(last).suffix
    if kind(own) == kind(ending):
        last, ending = last[: -len(own)], own
    return "/".join([*map(_short, folders), _short(last, ending)])


def kind(ending: str) -> str:
    """One ending for each kind of file.

    >>> kind(".JPEG"), kind(".png")
    ('.jpg', '.png')
    """
    return ALIKE.get(ending.lower(), ending.lower())


def distinct(name: str, photo: str) -> str:
    """Another name for an output whose own is taken by another photo's.

    >>> distinct("anna/1.jpg", "photos/anna/1.JPG")
    'anna/1-aef2383de933.jpg'
    """
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}-{digest(photo)}{path.suffix}"))


def same_file(name: str) -> str:
    """Equal for names that are one file on some disk, whatever its letters' case or composition.

    >>> same_file("Anna/É.jpg") == same_file("anna/e\u0301.jpg")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def given_name(text: str) -> str:
    """An output's name as a list gives it, with slashes.

    Raises:
        SettingError: it leads out of the folder, or is no name at all.

    >>> given_name("anna\\\\first.jpg")
    'anna/first.jpg'
    >>> given_name("../first.jpg")
    Traceback (most recent call last):
    editor.errors.SettingError: The output '../first.jpg' must be a name inside the output folder.
    """
    parts = text.replace("\\", "/").split("/")
    if "\0" in text or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        raise SettingError(f"The output {text[:200]!r} must be a name inside the output folder.")
    if parts[-1].startswith("."):
        raise SettingError(f"The output {text[:200]!r} must not begin with a dot.")
    return "/".join(parts)


def _short(text: str, ending: str = "") -> str:
    """A name that fits, with its ending."""
    return shortened(text, LONGEST - len(ending)) + ending
