"""Files to be written: checked before the work that fills them, and written whole or not at all."""

import errno
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from safetensors import SafetensorError

from editor.errors import EditorError


def check_files(paths: Sequence[Path]) -> None:
    """Check that files can be written, before the work that fills them. The check leaves nothing behind.

    Raises:
        EditorError: a path is a folder, its folder cannot be made or written, or the file system refuses its name.

    >>> check_files([folder / "new" / "edited.jpg"])
    >>> (folder / "new").exists()
    False
    """
    for path in paths:
        with _told(path), _folder_for_now(path.parent):
            if path.is_dir():
                raise EditorError(f"{path} is a folder, and a file is to be written. Choose another name.")
            for name in (part_of(path), path):
                _try_to_create(name)


def check_folder(folder: Path) -> None:
    """Check that files can be written in a folder, which need not exist yet. The check leaves nothing behind.

    Raises:
        EditorError: the folder cannot be made or written.

    >>> check_folder(folder / "new")
    >>> (folder / "new").exists()
    False
    """
    with _told(folder), _folder_for_now(folder):
        _try_to_create(part_of(folder / "any"))


def check_space(folder: Path, size: int) -> None:
    """Check that a disk has room. It may still fill up while the work goes on.

    Args:
        folder: where the files will be written. It need not exist yet.
        size: how many bytes.

    Raises:
        EditorError: there is less.

    >>> check_space(folder / "new", size=1)
    """
    with _told(folder):
        there = next((each for each in (folder, *folder.parents) if each.exists()), Path())
        disk = shutil.disk_usage(there)
    if disk.total and disk.free < size:  # file systems without a size, as some networks' are, say 0
        raise EditorError(
            f"{folder} cannot take about {_megabytes(size)} MB: its disk has {_megabytes(disk.free)} MB left. "
            "Make room, or choose another place."
        )


def _megabytes(size: int) -> int:
    return round(size / 1e6)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Have `write` fill a temporary file in the same folder, then rename it to `path`.

    The folder is made where it is missing. After an error or a kill, `path` is what it was before.

    Raises:
        EditorError: the file cannot be written.

    >>> write_atomically(folder / "new" / "note.txt", lambda part: part.write_text("whole"))
    >>> (folder / "new" / "note.txt").read_text()
    'whole'
    """
    part = part_of(path)
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(part)
            part.replace(path)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """The temporary file for `path`. Its name is short, so every name that can be written can be written this way.

    >>> part_of(Path("out/1.jpg")).name
    '.4c468b3b16999fd9.part'
    """
    return path.with_name(f".{sha256(os.fsencode(path.name)).hexdigest()[:16]}.part")


def _try_to_create(path: Path) -> None:
    with suppress(FileExistsError):
        path.open("xb").close()
        path.unlink()


def _kind(path: Path) -> str:
    """What lies at a path that is no folder."""
    if path.exists():
        return "a file"
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return "a link that leads back to itself"
    return f"a link to {os.fsdecode(path.readlink())}, which does not exist"


@contextmanager
def _folder_for_now(folder: Path) -> Iterator[None]:
    """Make a folder, and afterwards remove again what was made."""
    ancestors = (folder, *folder.parents)
    if in_the_way := next((each for each in ancestors if os.path.lexists(each) and not each.is_dir()), None):
        raise EditorError(f"{in_the_way} is {_kind(in_the_way)}, and a folder is needed there. Choose another folder.")
    missing = [each for each in ancestors if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for each in missing:
            with suppress(OSError):
                each.rmdir()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Word the errors of the file system for a person."""
    if "\0" in str(path):
        raise EditorError(f"{str(path)!r} cannot be written: it holds a NUL character. Choose another name.")
    try:
        yield
    except OSError as error:
        raise EditorError(f"{path} cannot be written: {error.strerror or error}. Choose another place or name.") from error
    except SafetensorError as error:  # what safetensors makes of an error of the file system
        raise EditorError(f"{path} cannot be written: {error}. Choose another place or name.") from error


def require_free(paths: Collection[Path], overwrite: bool) -> None:
    """Refuse to replace files that are there, unless that is asked for.

    Raises:
        EditorError: there are such.

    >>> require_free([folder / "new.png"], overwrite=False)
    """
    there = [path for path in paths if os.path.lexists(path) and not path.is_dir()]
    if there and not overwrite:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise EditorError(f"{there[0]} is there already, and is kept{more}. Choose another --out, or give --overwrite.")
