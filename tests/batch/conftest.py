"""A folder of photos that are texts, and a run on it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from editor.batch.engines import Engine
from editor.batch.engines.inline import Inline
from editor.batch.journal import FOLDER, open_journal
from editor.batch.run import Output, Summary, run
from editor.batch.sources import photos_of
from editor.batch.work import Outcome
from tests.batch.workers import Upper


@pytest.fixture
def photos(tmp_path) -> Path:
    """Nine photos in two folders."""
    for number in range(9):
        path = tmp_path / "photos" / f"{number % 2}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"face {number}")
    return tmp_path / "photos"


Run = Callable[..., tuple[Summary, dict[str, str]]]


@pytest.fixture
def batch(tmp_path) -> Run:
    """Run a batch: what it did, and why photos were skipped."""

    def go(
        sources: Sequence[Path], work: Upper = Upper(), engine: Engine = Inline(), retry: bool = False, overwrite: bool = False
    ) -> tuple[Summary, dict[str, str]]:
        out, told = tmp_path / "out", []
        with open_journal(out / FOLDER, work.identity, retry) as journal:
            found = photos_of([str(source) for source in sources], str(out))
            summary = run(found, Output(str(out), overwrite), work, engine, journal, told.append)
        reasons = {Path(outcome.task.photo).name: outcome.reason for outcome in told if outcome.reason}
        assert all(isinstance(outcome, Outcome) for outcome in told)
        return summary, reasons

    return go


def texts(folder: Path) -> dict[str, str]:
    """What is in the files of a folder, by their path in it; the journal is left out."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".face-editor" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
