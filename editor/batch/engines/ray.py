"""Ray Data, on this machine or a cluster: one actor for each GPU or group of cores, which holds the models.

Tasks go in chunks, each of which is one execution of Ray Data: it hands blocks of a few photos to the actors as these are free,
and outcomes come back as blocks are done. Photos and outputs never pass through Ray: actors read and write them. An actor that
dies is started again; what its block had then goes photo by photo, so that a photo on which actors die costs no other.
"""

import itertools
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from editor.batch.engines import ATTEMPTS, gave_up, keep_to
from editor.batch.work import Outcome, Place, Task, Work, perform
from editor.errors import EditorError, SettingError

BLOCK = 4
"""Photos that are handed to an actor at a time."""
CHUNK = 500
"""Photos of one execution for each worker. At its end, actors wait for the last and new ones load the models."""
QUEUED = 2
"""Blocks that wait at an actor, so that it does not wait for them."""


@dataclass(frozen=True)
class OnRay:
    """The engine.

    Attributes:
        workers: how many actors.
        threads: cores of each actor.
        gpus: GPUs of each actor; a part of one lets several share it.
        address: of a cluster, `auto` for the one that this machine belongs to; empty: Ray is started here.
    """

    workers: int
    threads: int = 1
    gpus: float = 0.0
    address: str = ""

    def run(self, work: Work, tasks: Iterator[Task]) -> Generator[Sequence[Outcome], None, None]:
        """See `Engine`."""
        with _connected(self):
            while chunk := list(itertools.islice(tasks, CHUNK * self.workers)):
                yield from self._chunk(work, chunk)

    def _chunk(self, work: Work, chunk: list[Task]) -> Iterator[list[Outcome]]:
        waiting = {task.key: task for task in chunk}
        for size in [BLOCK, *[1] * (ATTEMPTS - 1)]:
            if waiting:
                for outcomes in self._execute(work, list(waiting.values()), size):
                    for outcome in outcomes:
                        waiting.pop(outcome.task.key)
                    yield outcomes
                waiting = {key: Task(task.key, task.photo, task.output, begun=True) for key, task in waiting.items()}
        if waiting:
            yield [gave_up(task, "Ray restarted it each time") for task in waiting.values()]

    def _execute(self, work: Work, tasks: list[Task], size: int) -> Iterator[list[Outcome]]:
        """One execution; photos whose block was lost have no outcome."""
        import ray

        rows = [{"task": task.to_json()} for task in tasks]
        photos = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // size))
        results = photos.map_batches(
            _Actor,
            fn_constructor_args=(work, self.threads),
            batch_size=None,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=min(self.workers, len(rows)), max_tasks_in_flight_per_actor=QUEUED),
            num_cpus=self.threads,
            num_gpus=self.gpus or None,
            max_task_retries=0,
        )
        try:
            for batch in results.iter_batches(batch_size=None, batch_format="numpy", prefetch_batches=0):
                yield [Outcome.from_json(text) for text in batch["outcome"]]
        except (ray.exceptions.RayError, RuntimeError) as error:
            raise EditorError(f"Ray stopped the work: {_first_line(error)} What is done is kept: run again.") from error


class _Actor:
    """A worker, as Ray Data calls it."""

    def __init__(self, work: Work, threads: int):
        keep_to(threads)
        self._worker = work.start(Place(threads=threads))

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        return {"outcome": [perform(self._worker, Task.from_json(text)).to_json() for text in batch["task"]]}


@contextmanager
def _connected(engine: OnRay) -> Iterator[None]:
    """Connect to Ray, or start it here without its page and without telling anybody that it is used."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise SettingError("--engine ray needs Ray: pip install 'semantic-face-editor[ray]'.") from error
    started = not ray.is_initialized()
    if started:
        _start(ray, engine)
    context = ray.data.DataContext.get_current().copy()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.max_errored_blocks = -1
    try:
        with ray.data.DataContext.current(context):
            yield
    finally:
        if started:
            ray.shutdown()


def _start(ray: Any, engine: OnRay) -> None:
    """Start Ray here, with the cores that the workers need, or connect to a cluster."""
    quiet = {"log_to_driver": False, "logging_level": "error"}
    try:
        if engine.address:
            ray.init(address=engine.address, **quiet)
        else:
            ray.init(num_cpus=engine.workers * engine.threads, include_dashboard=False, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        where = engine.address or "this machine"
        raise SettingError(f"Ray cannot be reached at {where}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
