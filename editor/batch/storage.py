"""Where photos and outputs lie: a path of a disk, or an address with `://` in it, which fsspec reaches (`s3://bucket/a.jpg`).

Files appear whole or not at all. On a disk they are written under another name, brought to the disk, and renamed.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Any

from editor.errors import EditorError, PhotoError, SettingError
from editor.files.writing import check_folder, part_of, write_atomically
from editor.photos.files import MAX_BYTES, printable_name, read_file

WHOLE_OBJECTS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "memory")
"""Stores in which an object appears only once all of it has arrived."""


def is_remote(address: str) -> bool:
    """Whether fsspec reaches it.

    >>> is_remote("s3://bucket/photos"), is_remote("photos")
    (True, False)
    """
    return "://" in address


def filesystem(address: str) -> tuple[Any, str]:
    """fsspec's file system for a remote address, and the path in it.

    Raises:
        SettingError: fsspec or the file system's own package is not installed, or there is no such file system.

    >>> system, path = filesystem("memory://photos/a.jpg")
    >>> system.exists(path), path
    (False, '/photos/a.jpg')
    """
    try:
        import fsspec
    except ImportError as error:
        raise SettingError(f"{address}: addresses need fsspec: pip install 'semantic-face-editor[ray]'.") from error
    try:
        return fsspec.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise SettingError(f"{address} cannot be reached: {error}. Install what reaches it, or use another place.") from error


def whole_address(address: str) -> str:
    """The address as it is from any folder.

    >>> whole_address("s3://bucket/a.jpg"), whole_address("photos/../a.jpg") == os.path.abspath("a.jpg")
    ('s3://bucket/a.jpg', True)
    """
    return address if is_remote(address) else os.path.abspath(address)  # noqa: PTH100 (no link is followed)


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are of one file; false where one of them is of none.

    >>> (folder / "a.jpg").touch()
    >>> same_place(str(folder / "a.jpg"), str(folder / "." / "a.jpg")), same_place(str(folder / "a.jpg"), str(folder / "b.jpg"))
    (True, False)
    """
    if is_remote(one) or is_remote(other):
        return one == other
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 (millions of them)
    except OSError:
        return False


def join(folder: str, name: str) -> str:
    """The address of a file in a folder.

    >>> join("s3://bucket/out/", "anna/1.jpg"), join("out", "1.jpg") == os.path.join("out", "1.jpg")
    ('s3://bucket/out/anna/1.jpg', True)
    """
    return f"{folder.rstrip('/')}/{name}" if is_remote(folder) else str(Path(folder) / name)


def read(address: str) -> bytes:
    """All bytes of a photo.

    Raises:
        PhotoError: it cannot be read, is too large, or changed while it was read.

    >>> _ = (folder / "a.jpg").write_bytes(b"content")
    >>> read(str(folder / "a.jpg"))
    b'content'
    """
    name = printable_name(Path(address))
    if not is_remote(address):
        path = Path(address)
        before = _state(path)
        content = read_file(path, name)
        if _state(path) != before or (before and len(content) != before[0]):
            raise PhotoError(f"{name} changed while it was read. Run again once it is whole.")
        return content
    with _told_of_photo(name):
        system, path = filesystem(address)
        with system.open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PhotoError(f"{name} is larger than {MAX_BYTES / 1e6:.0f} MB. Save a smaller copy of it.")
    return content


def write(address: str, content: bytes) -> None:
    """Write a file, whole or not at all; one that is there is replaced.

    Raises:
        EditorError: it cannot be written.

    >>> write(str(folder / "out" / "a.jpg"), b"edited")
    >>> [path.name for path in (folder / "out").iterdir()]
    ['a.jpg']
    """
    if not is_remote(address):
        write_atomically(Path(address), lambda part: _fill(part, content))
        return
    system, path = filesystem(address)
    try:
        if _protocol(address) in WHOLE_OBJECTS:
            system.pipe_file(path, content)
        else:
            parent = path.rpartition("/")[0]
            part = f"{parent}/{part_of(Path(PurePath(path).name)).name}"
            system.makedirs(parent, exist_ok=True)
            system.pipe_file(part, content)
            system.mv(part, path)
    except Exception as error:  # each file system has errors of its own
        raise EditorError(f"{address} cannot be written: {error}. Choose another place.") from error


def exists(address: str) -> bool:
    """Whether there is anything at an address.

    >>> exists(str(folder / "a.jpg"))
    False
    """
    if is_remote(address):
        system, path = filesystem(address)
        return system.exists(path)
    return os.path.lexists(address)


def check_output(folder: str, fresh: bool) -> None:
    """Check that an output folder can be written, before models are loaded.

    Args:
        fresh: whether no run has begun there, so that files that are there are somebody else's. On a disk each is looked for
            in its turn. Behind an address that would take too long, so there may be none.

    Raises:
        EditorError: it cannot be written.
        SettingError: there are files behind an address.

    >>> check_output(str(folder / "out"), fresh=True)
    """
    if not is_remote(folder):
        check_folder(Path(folder))
    elif fresh and next(iter(_listed(folder)), None):
        raise SettingError(f"{folder} holds files already. Choose an empty place, or --overwrite them.")


def _listed(folder: str) -> list[str]:
    system, path = filesystem(folder)
    try:
        return system.ls(path, detail=False)
    except FileNotFoundError:
        return []
    except Exception as error:  # each file system has errors of its own
        raise SettingError(f"{folder} cannot be looked through: {error}.") from error


def remove_part(address: str) -> None:
    """Remove what a killed writer left of a file that is not whole.

    >>> remove_part(str(folder / "a.jpg"))
    """
    if not is_remote(address):
        with suppress(OSError):
            part_of(Path(address)).unlink(missing_ok=True)


@contextmanager
def _told_of_photo(name: str) -> Iterator[None]:
    try:
        yield
    except EditorError:
        raise
    except FileNotFoundError as error:
        raise PhotoError(f"{name} cannot be read: No such file or directory. Choose another photo.") from error
    except Exception as error:  # each file system has errors of its own
        raise PhotoError(f"{name} cannot be read: {error}. Choose another photo.") from error


def _fill(part: Path, content: bytes) -> None:
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # the journal must not be ahead of the disk


def _state(path: Path) -> tuple[int, int, int] | None:
    """Size, time and inode; None where `read_file` will say what is wrong."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _protocol(address: str) -> str:
    return address.partition("://")[0].lower()
