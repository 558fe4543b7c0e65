"""Processes on this machine, each with its own models and its own share of the cores.

The standard library's pool ends with its first dead worker and cannot say which photo it died on. Here each worker has a pipe
and one task at a time, so a worker that dies costs one attempt at one photo. Workers end with the process that started them,
however that ends.
"""

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from editor.batch.attempt import reason_of
from editor.batch.engines import ATTEMPTS, gave_up, keep_to
from editor.batch.storage import remove_part
from editor.batch.work import Outcome, Place, Task, Work, perform
from editor.errors import EditorError

SPAWN = multiprocessing.get_context("spawn")  # a forked process would share locks of threads that it does not have


@dataclass(frozen=True)
class Local:
    """The engine.

    Attributes:
        places: one for each worker.
    """

    places: tuple[Place, ...]

    def run(self, work: Work, tasks: Iterator[Task]) -> Generator[Sequence[Outcome], None, None]:
        """See `Engine`."""
        crew = _Crew(work, self.places)
        again: deque[Task] = deque()
        try:
            while True:
                while crew.has_room() and (task := again.popleft() if again else next(tasks, None)):
                    crew.give(task)
                if not crew.busy():
                    return
                done, died = crew.results()
                for task, how in died:
                    if crew.may_try_again(task):
                        again.append(Task(task.key, task.photo, task.output, begun=True))
                    else:
                        done.append(gave_up(task, ATTEMPTS, how))
                if done:
                    yield done
        finally:
            crew.stop()


@dataclass(eq=False)
class _Hand:
    """A worker process. `task` is what it works on; it is ready once its models are loaded."""

    process: BaseProcess
    connection: Connection
    place: Place
    task: Task | None = None
    ready: bool = False


class _Crew:
    """The workers of one run. They are started when there is a task for them."""

    def __init__(self, work: Work, places: Sequence[Place]):
        self._work = work
        self._free = list(reversed(places))
        self._hands: list[_Hand] = []
        self._deaths: Counter[str] = Counter()
        self._failed_starts = 0

    def has_room(self) -> bool:
        return bool(self._free) or any(hand.task is None for hand in self._hands)

    def busy(self) -> bool:
        return any(hand.task for hand in self._hands)

    def may_try_again(self, task: Task) -> bool:
        self._deaths[task.key] += 1
        if self._deaths[task.key] < ATTEMPTS:
            return True
        del self._deaths[task.key]
        return False

    def give(self, task: Task) -> None:
        idle = next((hand for hand in self._hands if hand.task is None), None)
        hand = idle or self._started(self._free.pop())
        hand.task = task
        with suppress(OSError):  # it died while idle: `results` finds out
            hand.connection.send(task)

    def results(self) -> tuple[list[Outcome], list[tuple[Task, str]]]:
        """Wait until something happens: outcomes, and tasks whose worker died with how it did.

        Raises:
            EditorError: workers cannot start.
        """
        done, died = [], []
        for connection in wait([hand.connection for hand in self._hands if hand.task]):
            hand = next(each for each in self._hands if each.connection is connection)
            try:
                message = hand.connection.recv()
            except (EOFError, OSError):
                died += self._buried(hand)
                continue
            if isinstance(message, Outcome):
                hand.task = None
                done.append(message)
            elif message:
                raise EditorError(message)
            else:
                hand.ready, self._failed_starts = True, 0
        return done, died

    def stop(self) -> None:
        for hand in self._hands:
            hand.process.terminate()
        for hand in self._hands:
            hand.process.join(5)
            if hand.process.is_alive():
                hand.process.kill()
                hand.process.join()
            hand.connection.close()
            if hand.task:
                remove_part(hand.task.output)
        self._hands = []

    def _started(self, place: Place) -> _Hand:
        ours, theirs = SPAWN.Pipe()
        process = SPAWN.Process(target=_serve, args=(theirs, self._work, place), daemon=True)
        process.start()
        theirs.close()
        self._hands.append(_Hand(process, ours, place))
        return self._hands[-1]

    def _buried(self, hand: _Hand) -> list[tuple[Task, str]]:
        hand.process.join()
        hand.connection.close()
        self._hands.remove(hand)
        self._free.append(hand.place)
        code = hand.process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if not hand.ready:
            self._failed_starts += 1
            if self._failed_starts >= ATTEMPTS:
                raise EditorError(f"Workers die while they load the models ({how}). Use fewer: --workers 1.")
        if hand.task:
            remove_part(hand.task.output)
            return [(hand.task, how)]
        return []


def _serve(connection: Connection, work: Work, place: Place) -> None:
    """A worker process: start, then tasks until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    keep_to(place.threads)
    try:
        worker = work.start(place)
    except Exception as error:
        connection.send(reason_of(error))
        return
    connection.send("")
    with suppress(EOFError, OSError):
        while True:
            connection.send(perform(worker, connection.recv()))


def _end_with_parent() -> None:
    """End at once: whoever goes on with the run may write the same file."""
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)
