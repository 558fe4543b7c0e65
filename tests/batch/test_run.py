"""A run loses no photo and repeats none, whatever stops it; what is skipped is skipped for a reason."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from editor.batch.engines.inline import Inline
from editor.batch.engines.local import Local
from editor.batch.journal import FILE, FOLDER, open_journal
from editor.batch.work import Place, Task, perform
from editor.errors import EditorError, SettingError
from tests.batch.conftest import texts
from tests.batch.workers import OneKind, Upper
from tests.conftest import ROOT

EXPECTED = {f"{number % 2}/{number}.jpg": f"FACE {number}" for number in range(9)}
TWO = Local((Place(0), Place(1)))


@pytest.mark.parametrize("engine", [Inline(), TWO], ids=["inline", "local"])
def test_every_photo_becomes_one_file_and_no_other(batch, photos, tmp_path, engine):
    summary, reasons = batch([photos], engine=engine)
    assert (summary.done, summary.before, summary.skipped, reasons) == (9, 0, 0, {})
    assert texts(tmp_path / "out") == EXPECTED


def test_bad_photos_cost_themselves_only(batch, photos, tmp_path):
    """One has no face, one meets a bug, one kills its worker each time, one is a folder's name, one cannot be read."""
    for name, text in {"a": "none", "b": "bug", "c": "die"}.items():
        (photos / f"{name}.jpg").write_text(text)
    (photos / "d.jpg").symlink_to(photos / "gone.jpg")
    log = tmp_path / "log"
    summary, reasons = batch([photos], Upper(str(log)), TWO)
    assert (summary.done, summary.skipped) == (9, 4) and texts(tmp_path / "out") == EXPECTED
    words = {
        "a": "There is no face in a.jpg.",
        "b": "unexpected ZeroDivisionError",
        "c": "each of 3 times",
        "d": "cannot be read",
    }
    assert reasons.keys() == {f"{name}.jpg" for name in words}
    assert all(word in reasons[f"{name}.jpg"] for name, word in words.items())
    assert log.read_text().split("\n").count("die") == 3
    again, reasons = batch([photos], engine=Inline())
    assert (again.done, again.before, again.skipped) == (0, 9, 4) and len(reasons) == 4
    (photos / "a.jpg").write_text("face now")
    (photos / "c.jpg").write_text("alive")
    retried, _ = batch([photos], retry=True)
    assert (retried.done, retried.skipped) == (2, 2) and texts(tmp_path / "out")["a.jpg"] == "FACE NOW"


COMMAND = """
import sys
from pathlib import Path
from editor.batch.engines.local import Local
from editor.batch.journal import open_journal
from editor.batch.run import Output, run
from editor.batch.sources import photos_of
from editor.batch.work import Place
from tests.batch.workers import OneKind, Upper

if __name__ == "__main__":
    photos, out, log = sys.argv[1:]
    work = Upper(log, seconds=0.02)
    with open_journal(Path(out) / ".face-editor", work.identity) as journal:
        engine = Local((Place(0), Place(1)))
        try:
            run(photos_of([photos]), Output(out), work, engine, journal, lambda outcome: None)
        except KeyboardInterrupt:
            sys.exit(130)
"""


@pytest.fixture
def command(tmp_path, photos):
    """Start a run as a process of its own."""
    script = tmp_path / "command.py"
    script.write_text(COMMAND)
    arguments = [sys.executable, script, photos, tmp_path / "out", tmp_path / "log"]

    def start() -> subprocess.Popen:
        return subprocess.Popen(arguments, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)

    return start


def tried(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT])
def test_a_run_stopped_at_any_moment_goes_on(command, tmp_path, stop):
    moments = 0
    for count in (1, 4):  # the first photo, and one in the middle
        process = command()
        while len(tried(tmp_path / "log")) < count and process.poll() is None:
            time.sleep(0.001)
        os.killpg(process.pid, stop) if stop == signal.SIGINT else process.kill()
        moments += process.wait(20) != 0
        assert process.returncode in (0, 130 if stop == signal.SIGINT else -9)
        if stop == signal.SIGINT:
            assert not list((tmp_path / "out").rglob("*.part"))
    assert moments
    assert command().wait(20) == 0
    assert texts(tmp_path / "out") == EXPECTED, "none is lost, none is half-written"
    assert len(tried(tmp_path / "log")) <= 9 + 2 * moments, "only what two workers held is tried again"


def test_what_was_written_but_not_noted_is_not_made_again(batch, photos, tmp_path):
    batch([photos])
    path = tmp_path / "out" / FOLDER / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    assert b"done" in lines[-1]
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])  # the kill came while the last line was written
    log = tmp_path / "log"
    summary, _ = batch([photos], Upper(str(log)))
    assert (summary.done, summary.before) == (1, 8) and not log.exists()


def test_files_that_are_there_are_kept_unless_they_may_be_replaced(batch, photos, tmp_path):
    mine = tmp_path / "out" / "0" / "4.jpg"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    summary, reasons = batch([photos])
    assert (summary.done, summary.skipped) == (8, 1) and "--overwrite" in reasons["4.jpg"] and mine.read_text() == "mine"
    summary, _ = batch([photos], overwrite=True)
    assert (summary.done, summary.before) == (1, 8) and mine.read_text() == "FACE 4"


def test_other_work_is_refused_in_the_same_folder(tmp_path):
    with open_journal(tmp_path, {"recipe": "one", "models": "same"}):
        pass
    with pytest.raises(SettingError, match=r"not the same recipe. Choose another output folder"):
        open_journal(tmp_path, {"recipe": "two", "models": "same"}).__enter__()


def test_two_runs_at_once_are_refused(tmp_path):
    with open_journal(tmp_path, {}), pytest.raises(SettingError, match="Another process"):
        open_journal(tmp_path, {}).__enter__()


def test_a_full_disk_stops_the_run_and_skips_nothing(batch, photos, tmp_path, monkeypatch):
    def full(*_):
        raise EditorError("The disk is full.") from OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("editor.batch.storage.write", full)
        with pytest.raises(EditorError, match=r"The disk is full. What is done is kept"):
            batch([photos])
    assert batch([photos])[0].done == 9


def test_an_engine_that_loses_photos_is_found_out(batch, photos):
    class Careless(Inline):
        def run(self, work, tasks):
            yield from (outcomes for number, outcomes in enumerate(super().run(work, tasks)) if number % 4)

    with pytest.raises(EditorError, match="3 photos came back neither done nor skipped"):
        batch([photos], engine=Careless())
    assert batch([photos])[0].done == 3


def test_workers_that_cannot_start_end_the_run(batch, photos):
    with pytest.raises(EditorError, match="The models cannot be loaded"):
        batch([photos], Upper("refused"), TWO)


def test_a_photo_that_changes_while_it_is_read_is_skipped(tmp_path, monkeypatch):
    photo = tmp_path / "a.jpg"
    photo.write_text("face")

    def grows(path, name):
        content = path.read_bytes()
        path.write_text("another face")
        return content

    monkeypatch.setattr("editor.batch.storage.read_file", grows)
    outcome = perform(Upper(), Task("key", str(photo), str(tmp_path / "out.jpg")))
    assert "changed while it was read" in outcome.reason and not (tmp_path / "out.jpg").exists()


def test_outcomes_are_the_same_in_any_order(batch, photos, tmp_path):
    """Also where names meet: A.jpg and a.jpg are one file on some disks."""
    (photos / "x.jpg").write_text("small")
    (photos / "X.jpg").write_text("large")
    batch([photos], engine=TWO)
    first = texts(tmp_path / "out")
    assert sorted(first.values()) == sorted([*EXPECTED.values(), "SMALL", "LARGE"])
    records = [json.loads(line) for line in (tmp_path / "out" / FOLDER / FILE).read_text().splitlines()]
    assert sum("begin" in record for record in records) == sum("done" in record for record in records) == 11
    summary, _ = batch([photos], engine=Inline())
    assert (summary.done, summary.before) == (0, 11) and texts(tmp_path / "out") == first


def test_photos_of_another_folder_are_other_photos(batch, tmp_path, monkeypatch):
    """However they are named: `photos/1.jpg` is a photo of its own in every album."""
    for album in ("anna", "ben"):
        (tmp_path / album / "photos").mkdir(parents=True)
        (tmp_path / album / "photos" / "1.jpg").write_text(album)
        monkeypatch.chdir(tmp_path / album)
        summary, _ = batch(["photos"])
        assert (summary.done, summary.before) == (1, 0)
    assert sorted(texts(tmp_path / "out").values()) == ["ANNA", "BEN"]
    summary, _ = batch([tmp_path / "ben" / "photos"])
    assert (summary.done, summary.before) == (0, 1), "the same photo by its whole path"


def test_a_photo_is_never_replaced_by_its_own_edit(batch, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.jpg").write_text("mine")
    summary, reasons = batch([tmp_path / "out" / "1.jpg"], overwrite=True)
    assert summary.skipped == 1 and "is the photo itself" in reasons["1.jpg"]
    assert texts(tmp_path / "out") == {"1.jpg": "mine"}


def test_a_pattern_does_not_find_the_outputs(batch, photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for done in (9, 0):
        assert batch(["**/*.jpg"])[0].done == done
    assert len(texts(tmp_path / "out")) == 9


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("first.webp", "first.webp"),
        ("first.heic", "first.heic.jpg"),
        ("2020.12 party", "2020.12 party.jpg"),
        ("anna/Dr. B", "anna/Dr. B.jpg"),
    ],
)
def test_a_list_may_name_outputs_with_dots(batch, tmp_path, given, written):
    (tmp_path / "1.jpg").write_text("face")
    (tmp_path / "list.csv").write_text(f'photo,output\n1.jpg,"{given}"\n')
    batch([tmp_path / "list.csv"], OneKind())
    assert texts(tmp_path / "out") == {written: "FACE"}


def test_a_caption_as_a_name_does_not_stop_the_run(batch, tmp_path):
    (tmp_path / "1.jpg").write_text("face")
    (tmp_path / "list.csv").write_text(f"photo,output\n1.jpg,Dr. {'a' * 300}\n")
    assert batch([tmp_path / "list.csv"])[0].done == 1
