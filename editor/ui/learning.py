"""Attributes that visitors make of their own photos: in the background, one at a time over all visitors."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editor import EditorError
from editor.edit.own import checked_name, write_own
from editor.errors import is_out_of_memory
from editor.ui import text
from editor.ui.admission import RefusedError
from editor.ui.asking import Fields
from editor.ui.job import Job
from editor.ui.saving import File
from editor.ui.studio import Answer, Studio
from editor.ui.visitor import Visitor, VisitorLeftError

MOST_PHOTOS = 100
"""Of one side."""
MOST_SKIPPED = 20
"""Photos that were passed over of which the reason is told."""
LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lesson:
    """What came of it.

    Attributes:
        file: the attribute's file.
        sentences: what a person should know of it.
        skipped: photos that were passed over, and why.
    """

    file: File
    sentences: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


class Learner:
    """The verbs that make an attribute of photos."""

    def __init__(self, studio: Studio):
        self._studio = studio
        self._thread = ThreadPoolExecutor(1, "learning")
        self._lock = threading.Lock()

    def learn(self, visitor: Visitor, fields: Fields) -> Answer:
        """Begin to make an attribute; what is under way for this visitor ends."""
        editor = self._studio.editor(visitor)
        name = checked_name(fields.word("name") or "", editor.models.directions.attributes)
        shows, lacks = (self._claimed(visitor, fields.names(side, MOST_PHOTOS)) for side in ("shows", "lacks"))
        job = Job("learn", len(shows) + len(lacks))
        if not visitor.begin_learning(job):
            visitor.disown([path.parent for path in (*shows, *lacks)])
            raise RefusedError(409, "busy", text.LEARNING)
        self._thread.submit(self._run, visitor, job, name, shows, lacks)
        return Answer({"name": name})

    def learning(self, visitor: Visitor, fields: Fields) -> Answer:
        """How far it is, and what came of it."""
        job, lesson = visitor.learning
        told: dict[str, Any] = {"job": job and {each: getattr(job, each) for each in ("state", "step", "steps", "error")}}
        if lesson:
            skipped = [{"photo": photo, "reason": reason} for photo, reason in lesson.skipped[:MOST_SKIPPED]]
            told |= {"sentences": list(lesson.sentences), "skipped": skipped, "left_out": len(lesson.skipped)}
        return Answer(told)

    def learned(self, visitor: Visitor, fields: Fields) -> Answer:
        """The attribute's file."""
        _, lesson = visitor.learning
        if lesson is None:
            raise RefusedError(409, "setting", text.NOTHING_LEARNED)
        return Answer(file=lesson.file)

    def unlearn(self, visitor: Visitor, fields: Fields) -> Answer:
        """End what is under way."""
        job, _ = visitor.learning
        if job:
            job.stop()
        return Answer()

    def _claimed(self, visitor: Visitor, paths: Sequence[str]) -> list[Path]:
        return [self._studio.claimed(path, visitor) for path in paths]

    def _run(self, visitor: Visitor, job: Job, name: str, shows: list[Path], lacks: list[Path]) -> None:
        def go_on(step: int, steps: int) -> None:
            job.step, job.steps = step, steps
            if job.ending or visitor.left:
                raise VisitorLeftError

        try:
            if not job.begin():
                return
            learned = self._studio.editor(visitor).learn(name, shows, lacks, go_on)
            write_own(learned.attribute, path := shows[0].parent / "attribute.safetensors")
            file = File(f"{name}.attribute.safetensors", "application/octet-stream", path.read_bytes())
            skipped = tuple((str(photo), reason) for photo, reason in learned.skipped)
            visitor.keep_lesson(job, Lesson(file, learned.attribute.sentences, skipped))
            job.close("done")
        except VisitorLeftError:
            job.close("stopped")
        except EditorError as error:
            job.close("failed", str(error))
        except Exception as error:
            if not is_out_of_memory(error):
                LOGGER.exception("Making an attribute failed")
            job.close("failed", text.NO_MEMORY if is_out_of_memory(error) else text.UNEXPECTED)
        finally:
            visitor.disown([path.parent for path in (*shows, *lacks)])
