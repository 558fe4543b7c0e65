"""Jobs that make a visitor's portrait better in the background, one at a time over all visitors, while they go on editing.

refine      a better likeness by another code
tune        a better likeness by a generator changed for this photo
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from editor import Editor, EditorError, Portrait
from editor.devices.memory import make_room
from editor.errors import is_out_of_memory
from editor.ui import text
from editor.ui.job import Job
from editor.ui.visitor import Visitor, VisitorLeftError

LIKENESS = {"refine": 40, "tune": 60}
"""Ways to a better likeness, and the steps that each takes unless it is said otherwise; `QUICK` are taken on opening."""
SHOW_EVERY = 20
"""Steps after which the likeness so far is shown."""
LOGGER = logging.getLogger(__name__)

Walk = Callable[[Portrait], Iterator[tuple[int, Portrait]]]
"""A portrait -> the steps of its improvement, each with the best portrait until then."""


class Improver:
    """Runs jobs in the order in which they were asked for."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "improving")
        self._jobs: list[Job] = []
        self._lock = threading.Lock()

    def likeness(self, editor_of: Callable[[], Editor], visitor: Visitor, way: str, steps: int) -> Job | None:
        """Begin to improve a visitor's likeness; None where they have a job under way, or nothing open.

        Args:
            editor_of: the editor that they have when it begins, which may be another one by then.
        """

        def walk(portrait: Portrait) -> Iterator[tuple[int, Portrait]]:
            editor = editor_of()
            return (editor.refining if way == "refine" else editor.tuning)(portrait, steps, SHOW_EVERY)

        return self._begin(visitor, Job(way, steps), walk)

    def ahead(self, job: Job) -> int:
        """How many jobs come before this one, the running one included."""
        with self._lock:
            self._jobs = [each for each in self._jobs if not each.over.is_set()]
            before = self._jobs[: self._jobs.index(job)] if job in self._jobs else []
        return sum(not each.ending for each in before)

    def close(self) -> None:
        """End everything at its next step, and begin nothing new."""
        with self._lock:
            for job in self._jobs:
                job.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _begin(self, visitor: Visitor, job: Job, walk: Walk) -> Job | None:
        if not visitor.begin(job):
            return None
        with self._lock:
            self._jobs.append(job)
        self._thread.submit(self._run, visitor, job, walk)
        return job

    def _run(self, visitor: Visitor, job: Job, walk: Walk) -> None:
        """Follow a walk, and open each better portrait in the place of the last."""
        if not job.begin():
            return
        try:
            job.close("done" if follow(visitor, job, walk) else "stopped")
        except VisitorLeftError:
            job.close("stopped")
        except EditorError as error:
            job.close("failed", str(error))
        except Exception as error:
            if is_out_of_memory(error):
                job.close("failed", text.NO_MEMORY)
            else:
                LOGGER.exception("Improving a portrait failed")
                job.close("failed", text.UNEXPECTED)
        make_room()


def follow(visitor: Visitor, job: Job, walk: Walk) -> bool:
    """Whether a walk came to its end. It ends early where it is stopped, the visitor leaves, or another photo is open.

    Raises:
        VisitorLeftError: the visitor left while a portrait was kept.
        EditorError: the walk failed; what was opened before stays.
    """
    shown = visitor.portrait
    if shown is None or job.ending:
        return False
    for step, better in walk(shown):
        if job.ending or visitor.left or visitor.portrait is not shown:
            return False
        if better is not shown:
            if not visitor.replace(shown, better):
                return False
            shown = better
        job.step = step
    return True
