"""What is done to one photo, and what came of it. A worker makes bytes of bytes; here they are read and written."""

import errno
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Protocol

from editor.batch import storage
from editor.batch.attempt import reason_of
from editor.errors import EditorError
from editor.photos.files import printable_name

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
"""Errors of a disk that takes no other file either."""


@dataclass(frozen=True)
class Place:
    """Where a worker runs.

    Attributes:
        number: 0 for the first worker.
        device: as PyTorch has it; None: whatever there is.
        threads: how many the worker may use.
    """

    number: int = 0
    device: str | None = None
    threads: int = 1


class Worker(Protocol):
    """Holds what was loaded for the work, and does it to one photo after another."""

    def __call__(self, photo: bytes, name: str, ending: str) -> bytes:
        """The output's bytes.

        Args:
            photo: the bytes of its file.
            name: what an error calls it.
            ending: of the file that will be written.

        Raises:
            EditorError: why there is none.
        """
        ...


class Work(Protocol):
    """A piece of work as a value, which is sent to the processes that do it."""

    def start(self, place: Place) -> Worker:
        """Load what the work needs. Seconds; once for each worker.

        Raises:
            EditorError: it cannot be loaded.
        """
        ...

    def ending(self, name: str) -> str:
        """The ending of the file that a photo of this name becomes."""
        ...

    @property
    def identity(self) -> dict[str, str]:
        """What decides the output's bytes: two runs may share a folder only where this is equal."""
        ...


@dataclass(frozen=True)
class Task:
    """One photo to be worked on.

    Attributes:
        key: names it in the journal.
        photo: its address.
        output: the address of the file to write.
        begun: it was begun before, so a file that is there is this work's own, and whole.
    """

    key: str
    photo: str
    output: str
    begun: bool = False

    def to_json(self) -> str:
        """For a journal or another machine; read by `Task.from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        """What `to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    Attributes:
        task: which.
        reason: why there is no output; empty where there is one.
        seconds: how long it took.
        fatal: whether no other photo can be written either, so that the run has to stop.
    """

    task: Task
    reason: str = ""
    seconds: float = 0.0
    fatal: bool = False

    def to_json(self) -> str:
        """For another machine; read by `Outcome.from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Outcome":
        """What `to_json` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "task": Task(**fields["task"])})


def perform(worker: Worker, task: Task) -> Outcome:
    """Read a photo, have the worker work on it, and write the output; whatever goes wrong is the outcome's reason.

    >>> _ = (folder / "a.txt").write_bytes(b"face")
    >>> task = Task("key", str(folder / "a.txt"), str(folder / "out" / "a.txt"))
    >>> perform(lambda photo, name, ending: photo.upper(), task).reason
    ''
    >>> (folder / "out" / "a.txt").read_bytes()
    b'FACE'
    """
    begin = time.perf_counter()
    try:
        if not (task.begun and storage.exists(task.output)):
            name = printable_name(Path(task.photo))
            content = worker(storage.read(task.photo), name, PurePath(task.output).suffix)
            storage.write(task.output, content)
        reason, fatal = "", False
    except MemoryError:
        reason, fatal = "The memory does not suffice for it. Use fewer workers, or a smaller copy of the photo.", False
    except Exception as error:
        cause = error.__cause__ if isinstance(error, EditorError) else error
        reason, fatal = reason_of(error), isinstance(cause, OSError) and cause.errno in FULL
    return Outcome(task, reason, round(time.perf_counter() - begin, 3), fatal)
