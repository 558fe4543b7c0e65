"""Improving in the background: what is better is opened, and whoever stops, leaves or opens another photo ends it."""

import pytest

from editor.errors import EditorError
from editor.ui import text
from editor.ui.improving import Improver
from editor.ui.visitor import Visitor
from tests.ui.fake import FakeEditor, portrait


@pytest.fixture
def editor():
    return FakeEditor()


@pytest.fixture
def improver():
    improver = Improver()
    yield improver
    improver.close()


@pytest.fixture
def visitor(tmp_path):
    visitor = Visitor(tmp_path / "one")
    visitor.open_photo(tmp_path / "photo.jpg", portrait())
    return visitor


def begun(improver, editor, visitor, steps=60):
    """A job that has begun and is held up."""
    editor.hold_up()
    job = improver.likeness(lambda: editor, visitor, "refine", steps)
    assert editor.begun.wait(10)
    return job


def ended(job, editor):
    editor.held.set()
    assert job.over.wait(10)
    return job.state


def test_each_better_likeness_takes_the_place_of_the_last(improver, editor, visitor):
    job = improver.likeness(lambda: editor, visitor, "refine", 60)
    assert job.over.wait(10) and (job.state, job.step) == ("done", 60)
    assert visitor.portrait.w_plus == "better 60" and visitor.revision == 7


def test_a_stop_ends_it_at_the_next_step_and_keeps_the_best(improver, editor, visitor):
    job = begun(improver, editor, visitor)
    best = visitor.portrait
    job.stop()
    assert ended(job, editor) == "stopped" and visitor.portrait is best
    again = improver.likeness(lambda: editor, visitor, "refine", 10)
    assert again.over.wait(10) and again.state == "done", "the next one is not stopped"


def test_another_photo_ends_it_and_may_be_improved_at_once(improver, editor, visitor, tmp_path):
    job = begun(improver, editor, visitor)
    other = portrait("other")
    visitor.open_photo(tmp_path / "other.jpg", other)
    assert visitor.portrait is other
    second = improver.likeness(lambda: editor, visitor, "tune", 10)
    assert second and ended(job, editor) == "stopped"
    assert second.over.wait(10) and second.state == "done" and visitor.portrait.w_plus == "better 10"


def test_a_visitor_who_leaves_ends_it(improver, editor, visitor):
    job = begun(improver, editor, visitor)
    visitor.end()
    assert ended(job, editor) == "stopped" and visitor.portrait is None


def test_whoever_left_while_waiting_holds_nobody_up(improver, editor, visitor, tmp_path):
    others = [Visitor(tmp_path / str(number)) for number in range(3)]
    first = begun(improver, editor, visitor)
    jobs = []
    for other in others:
        other.open_photo(tmp_path / "photo.jpg", portrait())
        jobs.append(improver.likeness(lambda: editor, other, "refine", 10))
    assert [improver.ahead(job) for job in (first, *jobs)] == [0, 1, 2, 3]
    others[0].end()
    assert jobs[0].over.is_set() and jobs[0].state == "stopped", "at once, not when its turn comes"
    assert improver.ahead(jobs[1]) == 1 and improver.ahead(jobs[2]) == 2
    first.stop()
    assert ended(first, editor) == "stopped"
    assert all(job.over.wait(10) for job in jobs) and [job.state for job in jobs] == ["stopped", "done", "done"]


def test_one_visitor_has_one_job_and_only_for_what_is_open(improver, editor, visitor, tmp_path):
    job = begun(improver, editor, visitor)
    assert (
        improver.likeness(lambda: editor, visitor, "refine", 10)
        is improver.likeness(lambda: editor, visitor, "tune", 10)
        is None
    )
    assert ended(job, editor) == "done"
    assert improver.likeness(lambda: editor, Visitor(tmp_path / "new"), "refine", 10) is None


FAILURES = {
    "told": (EditorError("Memory ran out. The last good likeness is kept."), "Memory ran out. The last good likeness is kept."),
    "memory": (MemoryError(), text.NO_MEMORY),
    "the GPU's memory": (RuntimeError("CUDA out of memory"), text.NO_MEMORY),
    "a bug": (ZeroDivisionError("secret"), text.UNEXPECTED),
}


@pytest.mark.parametrize(("error", "sentence"), FAILURES.values(), ids=FAILURES)
def test_what_goes_wrong_is_told_in_a_sentence_and_the_next_one_runs(improver, editor, visitor, error, sentence, caplog):
    editor.fails = error
    job = improver.likeness(lambda: editor, visitor, "refine", 10)
    assert job.over.wait(10) and (job.state, job.error) == ("failed", sentence)
    assert len(caplog.records) == (sentence == text.UNEXPECTED)
    again = improver.likeness(lambda: editor, visitor, "refine", 10)
    assert again.over.wait(10) and again.state == "done"


def test_the_end_of_the_server_ends_it(editor, visitor):
    improver = Improver()
    job = begun(improver, editor, visitor)
    improver.close()
    assert ended(job, editor) == "stopped"
