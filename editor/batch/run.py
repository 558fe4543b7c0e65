"""A whole run: photos become tasks, an engine works on them, and the journal says what came of each.

Nothing here holds all photos. Tasks are made as the engine asks for them; of what is done, only the index is in memory.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from editor.batch import storage
from editor.batch.engines import Engine
from editor.batch.index import ABSENT, BEGUN, BEGUN_BEFORE, DONE, SKIPPED, Key, key_of
from editor.batch.journal import Journal
from editor.batch.names import distinct, given_name, output_name
from editor.batch.sources import Found
from editor.batch.work import Outcome, Task, Work
from editor.errors import EditorError, SettingError
from editor.files.folders import PICTURES

Told = Callable[[Outcome], object]
"""Told of every photo, also of those that were done before."""


@dataclass(frozen=True)
class Summary:
    """What a run did.

    Attributes:
        done: photos worked on.
        before: photos that an earlier run had done, and those named twice.
        skipped: photos without an output, those skipped by an earlier run included.
        seconds: how long it took.
    """

    done: int = 0
    before: int = 0
    skipped: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Output:
    """Where outputs go.

    Attributes:
        folder: a path or an address.
        overwrite: whether files may be replaced that this journal knows nothing of.
    """

    folder: str
    overwrite: bool = False


def run(photos: Iterable[Found], output: Output, work: Work, engine: Engine, journal: Journal, told: Told) -> Summary:
    """Work on photos.

    Raises:
        EditorError: nothing can be written any more, or no worker can start. What is done is in the journal.

    >>> from editor.batch.engines.inline import Inline
    >>> from editor.batch.journal import open_journal
    >>> from editor.batch.sources import photos_of
    >>> (folder / "photos").mkdir()
    >>> _ = (folder / "photos" / "a.jpg").write_bytes(b"face")
    >>> for _ in range(2):
    ...     with open_journal(folder / "journal", {"work": "upper"}) as journal:
    ...         photos, output = photos_of([str(folder / "photos")]), Output(str(folder / "out"))
    ...         summary = run(photos, output, upper, Inline(), journal, told=lambda outcome: None)
    ...     summary.done, summary.before, (folder / "out" / "a.jpg").read_bytes()
    (1, 0, b'FACE')
    (0, 1, b'FACE')
    """
    begin = time.perf_counter()
    planner = _Planner(output, work, journal)
    done = 0
    with closing(engine.run(work, planner.tasks(photos, told))) as results:
        for outcomes in results:
            journal.note([outcome for outcome in outcomes if not outcome.fatal])
            for outcome in outcomes:
                if outcome.fatal:
                    raise EditorError(f"{outcome.reason} What is done is kept: run again to go on.")
                done += not outcome.reason
                planner.skipped += bool(outcome.reason)
                told(outcome)
                planner.under_way -= 1
    if planner.under_way:
        raise EditorError(f"{planner.under_way} photos came back neither done nor skipped. Run again to go on with them.")
    return Summary(done, planner.before, planner.skipped, round(time.perf_counter() - begin, 3))


class _Planner:
    """Makes tasks of photos, leaving out what needs no work."""

    def __init__(self, output: Output, work: Work, journal: Journal):
        self.before, self.skipped, self.under_way = 0, 0, 0
        self._output, self._work, self._journal = output, work, journal

    def tasks(self, photos: Iterable[Found], told: Told) -> Iterator[Task]:
        for found in photos:
            name, problem = self._named(found)
            key = key_of(name, storage.whole_address(found.photo))
            task = Task(str(key), found.photo, storage.join(self._output.folder, name))
            owner, state = self._journal.index.get(key.output)
            if state and owner != key.photo:
                problem = problem or f"{name} is the output of another photo. Give each photo a name of its own."
            if problem:
                self._skip(Outcome(task, problem), told)
            elif (ready := self._ready(task, key, state, told)) is not None:
                yield ready

    def _ready(self, task: Task, key: Key, state: int, told: Told) -> Task | None:
        """The task to do; None where there is nothing to do."""
        if state in (DONE, BEGUN):
            self.before += 1
            told(Outcome(task))
            return None
        if state == SKIPPED:
            self._skip(Outcome(task, "It was skipped before; the journal says why. --retry tries it again."), told)
            return None
        if storage.same_place(task.output, task.photo):
            self._skip(Outcome(task, f"{task.output} is the photo itself, which is not replaced. Choose another --out."), told)
            return None
        replaces = self._output.overwrite
        if state == ABSENT and not replaces and not storage.is_remote(task.output) and storage.exists(task.output):
            self._skip(Outcome(task, f"{task.output} exists and was kept. --overwrite replaces it."), told)
            return None
        self._journal.begin(key)
        self.under_way += 1
        return Task(task.key, task.photo, task.output, begun=state == BEGUN_BEFORE and not replaces)

    def _skip(self, outcome: Outcome, told: Told) -> None:
        """Count and tell it. It gets no place in the index: its output may be another photo's, or may go away."""
        self.skipped += 1
        self._journal.remark(outcome)
        told(outcome)

    def _named(self, found: Found) -> tuple[str, str]:
        """The output's name in its folder, and what is wrong with the photo or the name."""
        ending = self._work.ending(found.name)
        name = output_name(found.name or "photo", ending)
        if found.problem:
            return name, found.problem
        if found.output:
            try:
                given = given_name(found.output)
                says = given.lower().endswith(PICTURES)  # other dots are part of a name, as in "2020.12 party"
                return output_name(given, self._work.ending(given) if says else ending), ""
            except SettingError as error:
                return name, str(error)
        photo = storage.whole_address(found.photo)
        key = key_of(name, photo)
        owner, state = self._journal.index.get(key.output)
        return (distinct(name, photo) if state and owner != key.photo else name), ""
