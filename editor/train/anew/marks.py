"""The mark of each stage of a run: with which command and inputs it was begun, and whether it is done. A JSON file."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from editor.files.writing import write_atomically


@dataclass(frozen=True, eq=False)
class Mark:
    """What is known of a stage.

    Attributes:
        command: with its places not filled in, so that a run's folder can be moved.
        inputs: what the stage reads -> hash.
        done: whether it came to its end.
        made: sha256 of what it made; empty where it makes nothing, or is not done.
        seconds: how long its last start took.
    """

    command: str
    inputs: Mapping[str, str]
    done: bool = False
    made: str = ""
    seconds: float = 0.0

    def is_of(self, other: "Mark") -> bool:
        """Whether both are of the same command with the same inputs.

        >>> Mark("train flow", {"encoder": "aa"}, done=True).is_of(Mark("train flow", {"encoder": "bb"}))
        False
        """
        return (self.command, dict(self.inputs)) == (other.command, dict(other.inputs))


def read_mark(path: Path) -> Mark | None:
    """The mark in a file; None where there is none, or it was damaged.

    >>> write_mark(folder / "new-flow.json", Mark("train flow", {"encoder": "aa"}))
    >>> read_mark(folder / "new-flow.json")
    Mark(command='train flow', inputs={'encoder': 'aa'}, done=False, made='', seconds=0.0)
    >>> read_mark(folder / "new-codes.json") is None
    True
    """
    try:
        return Mark(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_mark(path: Path, mark: Mark) -> None:
    """Write a mark whole.

    Raises:
        EditorError: it cannot be written.

    >>> write_mark(folder / "new-flow.json", Mark("train flow", {}, done=True))
    """
    text = json.dumps(asdict(mark), indent=2) + "\n"
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))
