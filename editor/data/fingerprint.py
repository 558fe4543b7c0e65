"""A hash of a folder of labelled faces: what was made of other faces, labels or people is filed under another one."""

import hashlib
from pathlib import Path

from editor.errors import SettingError
from editor.weights import sha256_of

TABLES = ("attributes.csv", "split.csv")


def hash_of_data(data: Path) -> str:
    """A hash that changes with the tables of labelled faces, and with the names and sizes of the pictures.

    Raises:
        SettingError: a table or the folder of pictures is missing.

    >>> import shutil
    >>> own = shutil.copytree(data, folder / "own")
    >>> before = hash_of_data(own)
    >>> _ = (own / "img" / "000000.jpg").write_bytes(b"another picture")
    >>> hash_of_data(own) == before
    False
    """
    found = hashlib.sha256()
    try:
        for table in TABLES:
            found.update(sha256_of(data / table).encode())
        for path in sorted((data / "img").rglob("*")):
            found.update(f"{path.relative_to(data)} {path.stat().st_size}\n".encode())
        (data / "img").stat()
    except OSError as error:
        raise SettingError(
            f"{data} is no folder of labelled faces: {error.filename} cannot be read ({error.strerror}). "
            "It needs img/, attributes.csv and split.csv."
        ) from error
    return found.hexdigest()
