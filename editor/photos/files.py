"""path -> bytes: read a regular file of limited size, and nothing else."""

import os
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from PIL import Image

from editor.errors import PhotoError

MAX_BYTES = 100_000_000
NOT_BLOCKING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened. Windows has no named pipes among its files, so it needs no O_NONBLOCK. It needs O_BINARY."""


def read_file(path: Path, name: str) -> bytes:
    """Read all bytes of a regular file.

    Args:
        path: where the file lies.
        name: what an error calls it.

    Raises:
        PhotoError: there is no such file, it is not a regular file, it cannot be read, or it is larger than `MAX_BYTES`.

    >>> _ = (folder / "a.jpg").write_bytes(b"content")
    >>> read_file(folder / "a.jpg", "a.jpg")
    b'content'
    >>> read_file(folder, "photos")
    Traceback (most recent call last):
    editor.errors.PhotoError: photos is a folder. Choose a photo in it.
    """
    try:
        _require_regular(path.stat().st_mode, name)  # before opening: to open a device can already do something
        with os.fdopen(os.open(path, NOT_BLOCKING), "rb") as file:
            _require_regular(os.fstat(file.fileno()).st_mode, name)  # the path may lead elsewhere by now
            content = file.read(MAX_BYTES + 1)  # a file can grow, and some file systems state a size of 0
    except OSError as error:
        raise PhotoError(f"{name} cannot be read: {error.strerror}. Choose another photo.") from error
    except ValueError as error:  # a null character in the path
        raise PhotoError(f"{name} is not the name of a file. Choose another photo.") from error
    if len(content) > MAX_BYTES:
        raise PhotoError(f"{name} is larger than {MAX_BYTES / 1e6:.0f} MB. Save a smaller copy of it.")
    return content


@dataclass(frozen=True)
class FileSource:
    """A file that was read, to read it again later: the same bytes or none.

    Attributes:
        path: where it lies.
        sha256: of its content.
    """

    path: Path
    sha256: str

    @classmethod
    def of(cls, path: Path, content: bytes) -> "FileSource":
        """What was read from a path.

        >>> FileSource.of(Path("a.jpg"), b"content").sha256[:8]
        'ed7002b4'
        """
        return cls(path.absolute(), sha256(content).hexdigest())

    def read(self) -> bytes:
        """The same bytes again.

        Raises:
            PhotoError: the file is gone, cannot be read, or holds something else by now.

        >>> path = folder / "b.jpg"
        >>> _ = path.write_bytes(b"content")
        >>> source = FileSource.of(path, b"content")
        >>> source.read()
        b'content'
        >>> _ = path.write_bytes(b"other content")
        >>> source.read()
        Traceback (most recent call last):
        editor.errors.PhotoError: b.jpg has changed since it was opened. Open it again.
        """
        name = printable_name(self.path)
        content = read_file(self.path, name)
        if sha256(content).hexdigest() != self.sha256:
            raise PhotoError(f"{name} has changed since it was opened. Open it again.")
        return content


Kept: TypeAlias = FileSource | bytes | Image.Image
"""What a photo that was read can be read from again."""


def printable_name(path: Path) -> str:
    """The last part of a path, in characters that any terminal and any page can show.

    >>> printable_name(Path("holidays/beach\\n.jpg"))
    'beach?.jpg'
    """
    name = path.name.encode("utf-8", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in name) or "The photo"


def _require_regular(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise PhotoError(f"{name} is a folder. Choose a photo in it.")
    if not stat.S_ISREG(mode):
        raise PhotoError(f"{name} is not a regular file. Choose a photo.")
