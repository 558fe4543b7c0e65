"""Batches made while earlier steps run: one thread that degrades pictures keeps a GPU waiting most of the time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Batch = TypeVar("Batch")


def ahead(begin: Callable[[int], Callable[[], Batch]], steps: Iterable[int], workers: int) -> Iterator[Batch]:
    """`begin(step)()` of every step, in order, the same whatever `workers` is.

    Args:
        begin: called here, one step after the other; what it gives is called in one of the threads.
        workers: threads, and how many steps they are ahead; 0: all is made when its turn comes.

    >>> list(ahead(lambda step: lambda: step**2, steps=range(4), workers=2))
    [0, 1, 4, 9]
    """
    if not workers:
        for step in steps:
            yield begin(step)()
        return
    pool, waiting = ThreadPoolExecutor(workers), deque[Future[Batch]]()
    try:
        for step in steps:
            waiting.append(pool.submit(begin(step)))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
