"""Who does the work. An engine asks for tasks as it has hands free, and gives back outcomes as they come, in any order.

inline.py   this process, one photo after another
local.py    processes on this machine
ray.py      Ray Data, on this machine or a cluster
"""

import os
import sys
from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

from editor.batch.work import Outcome, Task, Work

ATTEMPTS = 3
"""How often a photo is tried on which workers die."""


class Engine(Protocol):
    """Does one kind of work to many photos."""

    def run(self, work: Work, tasks: Iterator[Task]) -> Generator[Sequence[Outcome], None, None]:
        """Outcomes of all tasks, in groups. Closing the generator stops the work and leaves no file half-written.

        Raises:
            EditorError: no worker can start.
        """
        ...


def keep_to(threads: int) -> None:
    """Have the libraries of this process, a worker's, use so many threads.

    >>> import subprocess, sys
    >>> code = "import os; from editor.batch.engines import keep_to; keep_to(3); print(os.environ['OMP_NUM_THREADS'])"
    >>> subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    '3'
    """
    for name in ("OMP_NUM_THREADS", "EDITOR_THREADS"):  # PyTorch's, and that of our runtimes; read when they are loaded
        os.environ[name] = str(threads)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(threads)


def gave_up(task: Task, attempts: int, how: str) -> Outcome:
    """The outcome of a task on which workers die.

    >>> gave_up(Task("key", "a.jpg", "out/a.jpg"), 3, "signal 9").reason  # doctest: +ELLIPSIS
    'The worker died on it each of 3 times (signal 9). The memory may not suffice: use fewer workers, or ...'
    """
    return Outcome(
        task,
        f"The worker died on it each of {attempts} times ({how}). "
        "The memory may not suffice: use fewer workers, or a smaller copy of the photo.",
    )
