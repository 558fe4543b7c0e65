"""What is done so far: a file of JSON lines that only grows, so that a run killed at any moment goes on where it was.

The first line says what the work is; another work is refused in the same folder. Then one line at a time:

    {"begin": KEY}                                     before an output may appear
    {"done": KEY, "photo": ..., "output": ..., ...}    after it is on the disk, whole
    {"skip": KEY, ..., "reason": ...}                  there is none, and why
    {"left": ..., "reason": ...}                       it was not begun, for this time

An output without its `done` line was begun: if its file is there, it is whole and this work's own, and is not made again. A
line that a kill cut off is removed. One process writes; another one is refused.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from editor.batch.index import BEGUN, BEGUN_BEFORE, DONE, SKIPPED, Index, Key, read_key
from editor.batch.work import Outcome
from editor.errors import EditorError, SettingError
from editor.files.temporary import one_process_at_a_time

FOLDER = ".face-editor"
"""The journal's folder in the output folder."""
FILE = "journal.jsonl"
VERSION = 2
"""In 1 a photo was known by its address as it was given, so another folder's photos could count as done."""


class Journal:
    """The journal of one run, opened by `open_journal`.

    Attributes:
        index: the state of every output that was begun.
    """

    def __init__(self, file: BinaryIO, index: Index):
        self.index = index
        self._file = file

    def begin(self, key: Key) -> None:
        """Note that an output may appear from now on."""
        self.index.set(key, BEGUN)
        self._write([{"begin": str(key)}])

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Note what came of tasks, and have it on the disk when this returns."""
        for outcome in outcomes:
            self.index.set(read_key(outcome.task.key), SKIPPED if outcome.reason else DONE)
        self._write([_line(outcome) for outcome in outcomes])
        os.fsync(self._file.fileno())

    def remark(self, outcome: Outcome) -> None:
        """Note why a photo was left out that was never begun. It is looked at anew by every run."""
        task = outcome.task
        self._write([{"left": task.photo, "output": task.output, "reason": outcome.reason}])

    def reasons(self) -> dict[str, str]:
        """Photos that were skipped, by this run or an earlier one -> why. What was done later is not among them."""
        found: dict[str, str] = {}
        with Path(self._file.name).open("rb") as file:
            for record in map(_parsed, file):
                if "skip" in record:
                    found[record["photo"]] = record["reason"]
                elif "done" in record:
                    found.pop(record["photo"], None)
        return found

    def _write(self, records: list[dict[str, Any]]) -> None:
        text = "".join(f"{json.dumps(record)}\n" for record in records).encode("ascii")
        try:
            self._file.write(text)
        except OSError as error:
            raise EditorError(f"{self._file.name} cannot be written: {error.strerror}. Make room, then run again.") from error


@contextmanager
def open_journal(folder: Path, identity: dict[str, str], retry: bool = False) -> Iterator[Journal]:
    """Open the journal in a folder, which is made where it is missing.

    Args:
        identity: what the work is; see `Work`.
        retry: forget what was skipped, so that it is tried again.

    Raises:
        SettingError: it is another work's, or another process is writing it.
        EditorError: it cannot be written.

    >>> with open_journal(folder, {"work": "upper"}) as journal:
    ...     journal.begin(Key(1, 2))
    >>> with open_journal(folder, {"work": "upper"}) as journal:
    ...     journal.index.get(1) == (2, BEGUN_BEFORE)
    True
    >>> with open_journal(folder, {"work": "lower"}):  # doctest: +ELLIPSIS
    ...     pass
    Traceback (most recent call last):
    editor.errors.SettingError: ... is of other work: ...
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EditorError(f"{folder} cannot be made: {error.strerror}. Choose another place.") from error

    def refuse() -> None:
        raise SettingError(f"Another process is at work with {folder}. Wait for it, or choose another folder.")

    with one_process_at_a_time(folder, refuse):
        path = folder / FILE
        index, whole = Index(), 0
        if path.exists():
            whole = _read(path, identity, index, retry)
        with _opened(path, whole) as file:
            if not whole:
                file.write(f"{json.dumps({'journal': VERSION, **identity})}\n".encode("ascii"))
                os.fsync(file.fileno())
            yield Journal(file, index)


@contextmanager
def _opened(path: Path, whole: int) -> Iterator[BinaryIO]:
    """The file, without what was cut off, open for adding to it without a buffer."""
    try:
        file = path.open("ab", buffering=0)
        file.truncate(whole)
    except OSError as error:
        raise EditorError(f"{path} cannot be written: {error.strerror}. Choose another place.") from error
    with file:
        yield file  # type: ignore[misc]  # a raw file has all that is used of one


def _read(path: Path, identity: dict[str, str], index: Index, retry: bool) -> int:
    """Fill an index, and say how many bytes of the journal are whole lines."""
    with path.open("rb") as file:
        head = file.readline()
        if not head.endswith(b"\n"):
            return 0
        _check_same(path, _parsed(head), identity)
        whole = len(head)
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            _take(_parsed(line), index, retry)
    return whole


def _take(record: dict[str, Any], index: Index, retry: bool) -> None:
    states = {"begin": BEGUN_BEFORE, "done": DONE, "skip": BEGUN_BEFORE if retry else SKIPPED}
    for word, state in states.items():
        if word in record:
            index.set(read_key(record[word]), state)


def _parsed(line: bytes) -> dict[str, Any]:
    """A line's record; {} where a disk lost it, which at worst makes a photo be worked on again."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _check_same(path: Path, head: dict[str, Any], identity: dict[str, str]) -> None:
    wanted = {"journal": VERSION, **identity}
    if other := sorted(name for name in head.keys() | wanted.keys() if head.get(name) != wanted.get(name)):
        raise SettingError(
            f"{path} is of other work: not the same {', '.join(other)}. "
            f"Choose another output folder, or remove {path.parent} to begin anew."
        )


def _line(outcome: Outcome) -> dict[str, Any]:
    task = outcome.task
    what = {"photo": task.photo, "output": task.output}
    if outcome.reason:
        return {"skip": task.key, **what, "reason": outcome.reason}
    return {"done": task.key, **what, "seconds": outcome.seconds}
