"""The hashes of what a stage reads: the labelled faces, and entries of its set's manifest."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from editor.errors import SettingError
from editor.train.anew.stages import Step
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


def inputs_of(step: Step, hashes: Mapping[str, str], data: str) -> dict[str, str]:
    """What a step reads -> its hash; empty where its set has no such entry, which the step's command then tells.

    Args:
        hashes: of the entries of the step's set.
        data: hash of the labelled faces.

    >>> from editor.train.anew.stages import STAGES
    >>> inputs_of(Step("new", STAGES[1]), {"encoder": "aa", "preconditioner": "bb", "flow": "cc"}, "dd")
    {'encoder': 'aa', 'preconditioner': 'bb', 'preview': '', 'likeness': '', 'data': 'dd'}
    """
    return {name: hashes.get(name, "") for name in step.stage.reads} | {"data": data}
