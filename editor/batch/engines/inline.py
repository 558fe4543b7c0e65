"""This process does the work, one photo after another. What kills it ends the run; the journal knows how far it came."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from editor.batch.work import Outcome, Place, Task, Work, perform


@dataclass(frozen=True)
class Inline:
    """The engine.

    >>> task = Task("key", str(folder / "gone.jpg"), str(folder / "out.jpg"))
    >>> [outcome.reason for (outcome,) in Inline().run(upper, iter([task]))]
    ['gone.jpg cannot be read: No such file or directory. Choose another photo.']
    """

    place: Place = Place()

    def run(self, work: Work, tasks: Iterator[Task]) -> Generator[Sequence[Outcome], None, None]:
        """See `Engine`."""
        worker = work.start(self.place)
        for task in tasks:
            yield [perform(worker, task)]
