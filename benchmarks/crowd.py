"""Many visitors at once: what each of them waits for, and what they take of the memory.

The page is served as it is, and asked over HTTP as its scripts ask, without a browser. All visitors who are there move a slider
at the same moment and again as soon as each is answered; then all of them want a full picture at once.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.curves import Curve
from benchmarks.machine import resident
from editor import Editor
from editor.ui.server import private_cache

if TYPE_CHECKING:
    from tests.ui.serving import Caller

EXAMPLE = "a.jpg"
ROUNDS = 2
"""Live moves of each visitor. Full ones take so long that one has to do."""
SLIDER = "Smiling"


def crowd_curve(editor: Editor, sizes: Sequence[int] = (1, 2, 4, 8, 16)) -> Curve:
    """Latency of live and full moves, how evenly visitors are served, and memory, against the number of visitors."""
    live, full, fair, held, before = [], [], [], [], resident()
    callers: list[Caller] = []
    with served(editor) as url:
        for size in sizes:
            callers += [arrived(url) for _ in range(size - len(callers))]
            waits = together(callers, ROUNDS, full=False)
            live.append(median(wait for each in waits for wait in each))
            fair.append(round(evenness(waits), 3))
            full.append(median(wait for each in together(callers, 1, full=True) for wait in each))
            held.append(resident() - before)
        for caller in callers:  # what full moves leave to be measured is drawn before this
            expect(caller("draw", strengths={SLIDER: 0.1}, full=False))
            caller.leave()
    seconds = {"live move, both spaces": live, "full move, both spaces": full}
    facts = {"evenness": fair, "megabytes_a_visitor": round((held[-1] - held[0]) / (sizes[-1] - sizes[0]), 1)}
    return Curve("visitors", "visitors moving a slider at once", sizes, seconds, {"the server's process": held}, facts)


@contextmanager
def served(editor: Editor) -> Iterator[str]:
    """The page of an editor, served on this machine; its address."""
    with private_cache() as cache:
        from editor.ui.address import listen
        from editor.ui.page import build
        from editor.ui.server import launch

        server = launch(build(editor, Path(cache)), listen("127.0.0.1", 0))
        try:
            yield server.url
        finally:
            server.close()


def arrived(url: str) -> "Caller":
    """A visitor who has opened an example and moved a slider once."""
    from tests.ui.serving import Caller

    caller = Caller(url).arrive()
    expect(caller("open", example=EXAMPLE))
    expect(caller("draw", strengths={SLIDER: 0.1}, full=False))
    return caller


def together(callers: Sequence["Caller"], rounds: int, full: bool) -> list[list[float]]:
    """Seconds that each visitor waits for each of their moves, when all begin at once."""
    begin = threading.Barrier(len(callers))

    def moves(caller: "Caller") -> list[float]:
        begin.wait()
        waits = []
        for number in range(rounds):
            start = perf_counter()
            expect(caller("draw", strengths={SLIDER: 0.2 + number / 10 + full / 20}, full=full))
            waits.append(perf_counter() - start)
        return waits

    with ThreadPoolExecutor(len(callers)) as threads:
        return list(threads.map(moves, callers))


def evenness(waits: Sequence[Sequence[float]]) -> float:
    """How evenly visitors are served: the least mean wait of a visitor over the largest; 1 is perfectly even."""
    means = [mean(each) for each in waits]
    return min(means) / max(means)


def expect(answer: tuple[int, object]) -> None:
    """Fail where the server refused; a measurement of refusals would look fast."""
    status, said = answer
    if status != 200:
        raise RuntimeError(f"the server answered {status}: {said}")
