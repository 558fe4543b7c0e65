"""A large file as pieces of a bounded size, for ways between machines that take no more at once.

    checkpoint.pt  ->  checkpoint.pt.3f2a01c9.000, .001, ...  and  checkpoint.pt.json, which lists and vouches for them

Pieces are plain stretches of the file: `cat NAME.*.0*` joins them too. The list is replaced last and whole, so that a
kill leaves either the pieces of before or those of after.
"""

import hashlib
import json
from pathlib import Path

from editor.errors import WeightsError


def cut(path: Path, limit: int) -> list[Path]:
    """Replace a file by pieces of at most `limit` bytes; returns the pieces. Those of an earlier cut go."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    starts = range(0, len(content), limit)
    pieces = [path.with_name(f"{path.name}.{digest[:8]}.{number:03d}") for number in range(len(starts))]
    for piece, start in zip(pieces, starts, strict=True):
        piece.write_bytes(content[start : start + limit])
    part = _list(path).with_suffix(".part")
    part.write_text(json.dumps({"sha256": digest, "pieces": [piece.name for piece in pieces]}, indent=2) + "\n")
    part.replace(_list(path))
    for old in path.parent.glob(f"{path.name}.*.[0-9][0-9][0-9]"):
        if old not in pieces:
            old.unlink()
    path.unlink()
    return pieces


def joined(path: Path) -> Path:
    """The file itself: where there are only its pieces, they are joined and verified first.

    Raises:
        WeightsError: a piece is missing or not what was cut.
    """
    if path.exists() or not _list(path).exists():
        return path
    listed = json.loads(_list(path).read_text())
    try:
        content = b"".join((path.parent / Path(name).name).read_bytes() for name in listed["pieces"])
    except OSError as error:
        raise WeightsError(f"{path} cannot be joined: {error.filename} is missing. Bring all pieces.") from error
    if hashlib.sha256(content).hexdigest() != listed["sha256"]:
        raise WeightsError(f"The pieces of {path} are not what was cut. Bring them anew.")
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
    return path


def _list(path: Path) -> Path:
    return path.with_name(path.name + ".json")
