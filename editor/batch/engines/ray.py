"""Ray Data, on this machine or a cluster: one actor for each GPU or group of cores, which holds the models.

Tasks go in chunks, each of which is one execution of Ray Data: it hands blocks of a few photos to the actors as these are free,
and outcomes come back as blocks are done. Photos and outputs never pass through Ray: actors read and write them. An actor that
dies is started again and gets its block again, with what it had done already left as it is, until one photo has been tried too
often. Ray itself would try for ever.
"""

import itertools
import logging
import os
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from editor.batch.attempt import attempt
from editor.batch.engines import ATTEMPTS, gave_up, keep_to
from editor.batch.engines.places import WORKER_BYTES
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
        workers: how many actors; 0: one for each GPU, else one for each group of cores that the memory suffices for. Where
            there are more actors than GPUs, they share these.
        threads: cores of each actor.
        on_cpu: leave GPUs alone.
        address: of a cluster, `auto` for the one that this machine belongs to; empty: Ray is started here.
        attempts: how often a photo is tried on which actors die.
    """

    workers: int = 0
    threads: int = 1
    on_cpu: bool = False
    address: str = ""
    attempts: int = ATTEMPTS

    def run(self, work: Work, tasks: Iterator[Task]) -> Generator[Sequence[Outcome], None, None]:
        """See `Engine`."""
        with _connected(self) as ray:
            attempts = ray.remote(num_cpus=0)(_Attempts).remote()
            share = _share(ray.cluster_resources(), self)
            while chunk := list(itertools.islice(tasks, CHUNK * share.workers)):
                yield from self._execute(ray, work, chunk, share, attempts)

    def _execute(self, ray: Any, work: Work, tasks: list[Task], share: "_Share", attempts: Any) -> Iterator[list[Outcome]]:
        """One execution of Ray Data."""
        rows = [{"task": task.to_json()} for task in tasks]
        size = min(BLOCK, -(-len(rows) // share.workers))
        photos = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // size))
        results = photos.map_batches(
            _Actor,
            fn_constructor_args=(work, self.threads, self.attempts, attempts),
            batch_size=None,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=min(share.workers, len(rows)), max_tasks_in_flight_per_actor=QUEUED),
            num_cpus=self.threads,
            num_gpus=share.gpus or None,
        )
        try:
            for batch in results.iter_batches(batch_size=None, batch_format="numpy", prefetch_batches=0):
                yield [Outcome.from_json(text) for text in batch["outcome"]]
        except (ray.exceptions.RayError, RuntimeError) as error:
            raise EditorError(f"Ray stopped the work: {_first_line(error)} What is done is kept: run again.") from error


class _Share(NamedTuple):
    """How many actors, and how much of a GPU each has."""

    workers: int
    gpus: float


def _share(resources: dict[str, float], engine: OnRay) -> _Share:
    """The actors that a cluster has room for.

    >>> _share({"CPU": 8.0, "GPU": 2.0}, OnRay()), _share({"CPU": 8.0}, OnRay(threads=2))
    (_Share(workers=2, gpus=1.0), _Share(workers=4, gpus=0.0))
    >>> _share({"CPU": 8.0, "GPU": 1.0}, OnRay(workers=4))
    _Share(workers=4, gpus=0.25)
    """
    gpus = 0.0 if engine.on_cpu else resources.get("GPU", 0.0)
    groups = min(resources.get("CPU", 1.0) / engine.threads, resources.get("memory", 2.0**60) / WORKER_BYTES)
    workers = engine.workers or int(gpus) or max(1, int(groups))
    return _Share(workers, min(1.0, gpus / workers))


class _Attempts:
    """Counts how often each photo under way was begun. It outlives the actors that it counts for."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._finished: set[str] = set()

    def begin(self, key: str, before: str) -> tuple[int, bool]:
        """Begin a photo; the one before it is finished. Returns how often it was begun, and whether it was finished."""
        self._finished.add(before)
        self._counts[key] += 1
        return self._counts[key], key in self._finished

    def forget(self, keys: list[str]) -> None:
        for key in keys:
            self._counts.pop(key, None)
        self._finished.difference_update(keys)


class _Actor:
    """A worker, as Ray Data calls it: with blocks, which it gets again on a new actor where one died on them."""

    def __init__(self, work: Work, threads: int, most: int, attempts: Any):
        keep_to(threads)
        self._worker, self._problem = attempt(work.start, Place(threads=threads))  # Ray would keep an error's type only
        self._most, self._attempts = most, attempts

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        tasks = [Task.from_json(text) for text in batch["task"]]
        befores = ["", *(task.key for task in tasks)]
        outcomes = [self._outcome(task, before).to_json() for task, before in zip(tasks, befores, strict=False)]
        self._attempts.forget.remote(befores)
        return {"outcome": outcomes}

    def _outcome(self, task: Task, before: str) -> Outcome:
        import ray

        if not self._worker:
            return Outcome(task, self._problem, fatal=True)
        count, finished = ray.get(self._attempts.begin.remote(task.key, before))
        if count > self._most and not finished:
            return gave_up(task, self._most, "Ray started it again each time")
        return perform(self._worker, replace(task, begun=task.begun or count > 1))


@contextmanager
def _connected(engine: OnRay) -> Iterator[Any]:
    """Connect to Ray, or start it here without its page and without telling anybody that it is used."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_worker_niceness", "0")  # workers would wait for whatever else runs here: that is 15 by default
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
    log = logging.getLogger("ray.data")
    level = log.level
    log.setLevel(logging.CRITICAL)  # it tells of each execution, and of each block whose actor died, with its traceback
    try:
        with ray.data.DataContext.current(context):
            yield ray
    finally:
        log.setLevel(level)
        if started:
            ray.shutdown()


def _start(ray: Any, engine: OnRay) -> None:
    """Start Ray here, with the cores that the workers need, or connect to a cluster."""
    quiet = {"log_to_driver": False, "logging_level": "error"}
    try:
        if engine.address:
            ray.init(address=engine.address, **quiet)
        else:
            ray.init(num_cpus=(engine.workers or 1) * engine.threads, include_dashboard=False, **quiet)
    except (ConnectionError, RuntimeError, ValueError) as error:
        where = engine.address or "this machine"
        raise SettingError(f"Ray cannot be reached at {where}: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
