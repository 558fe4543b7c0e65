"""Errors of the disk that holds the weights, in words a person understands, and the room that is left on it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from editor.errors import WeightsError
from editor.weights.entry import WeightEntry

DISK_ERRORS = {
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EROFS: "it is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "this user's share of the disk is used up",
    errno.EEXIST: "there is a file in its place",
    errno.ENOTDIR: "there is a file in its place",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "its links lead in a circle",
}


@contextmanager
def disk_errors_told(folder: Path, variable: str) -> Iterator[None]:
    """Tell errors of a disk as a WeightsError that names the variable to change.

    Raises:
        WeightsError: the block raised an OSError.

    >>> with disk_errors_told(Path("cache"), "EDITOR_CACHE"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    editor.errors.WeightsError: cache cannot be written: the disk is full. Point EDITOR_CACHE at a folder that can.
    """
    try:
        yield
    except OSError as error:
        raise WeightsError(f"{folder} cannot be written: {reason(error)}. Point {variable} at a folder that can.") from error


def check_room(entry: WeightEntry, folder: Path, variable: str) -> None:
    """Check that a disk has room to fetch an entry's file, and to unpack it where it is an archive.

    Args:
        folder: on that disk; it need not exist yet.
        variable: the environment variable that moves the folder elsewhere.

    Raises:
        WeightsError: there is less.

    >>> entry = WeightEntry("net", "hub", "net.pt", sha256="", size=10**18, licence="MIT", origin="")
    >>> check_room(entry, Path("cache"), "EDITOR_CACHE")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.WeightsError: cache has ... MB free and net needs 1100000000000 MB. Free some, or point EDITOR_CACHE at...
    """
    need = 3 * entry.size if entry.members else int(1.1 * entry.size)
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(there).free
    if free < need:
        raise WeightsError(
            f"{folder} has {free / 1e6:.0f} MB free and {entry.name} needs {need / 1e6:.0f} MB. "
            f"Free some, or point {variable} at another disk."
        )


def folder_named_by(variable: str) -> Path | None:
    """The folder or file that a variable names, `~` being the user's home; None where it names none.

    Raises:
        WeightsError: it begins with `~` and the name of nobody.

    >>> folder_named_by("A_VARIABLE_THAT_NOBODY_SET") is None
    True
    """
    text = os.environ.get(variable)
    try:
        return Path(text).expanduser() if text else None
    except RuntimeError as error:
        raise WeightsError(f"{variable} is {text!r}, and nobody's home is known by that name. Write the whole path.") from error


def reason(error: OSError) -> str:
    """What is wrong with a disk or a name, in words.

    >>> reason(OSError(errno.EROFS, "Read-only file system"))
    'it is read-only'
    """
    return DISK_ERRORS.get(error.errno or 0) or error.strerror or str(error)
