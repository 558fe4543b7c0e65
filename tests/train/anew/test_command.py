"""A command keeps the lock that it is given, ends with its parent's interruption, and leaves what it should."""

import os
import subprocess
import threading
from dataclasses import replace

import pytest

from editor.files.temporary import one_process_at_a_time
from editor.train.anew.command import CommandError, run_command
from editor.train.anew.stages import Step
from tests.train.anew.fakes import STAGES, small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path)


CODES, FLOW = Step("old", STAGES[0]), Step("old", STAGES[1])


def test_what_is_printed_is_the_report_and_the_log_has_the_rest(run):
    assert run_command(run, CODES) == {"from": "old encoder"}
    assert run.log(CODES).read_text() == f"$ {run.command(CODES)}\n"
    assert run_command(run, FLOW)["from"] == "old encoder" and '"from"' in run.log(FLOW).read_text()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"file": "other.bin"}, "did not write .*other.bin"), ({"report": "made.bin"}, "its report .*made.bin cannot be read")],
)
def test_what_it_does_not_leave_is_told(run, change, words):
    with pytest.raises(CommandError, match=words):
        run_command(run, Step("old", replace(STAGES[1], **change)))


def test_an_interruption_ends_the_command(run, monkeypatch):
    (run.data / "wait-flow").touch()
    started, wait = [], subprocess.Popen.wait

    def interrupted(process, timeout=None):
        started.append(process)
        if len(started) == 1:
            raise KeyboardInterrupt
        return wait(process, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_command(run, FLOW)
    assert started[0].returncode is not None


@pytest.mark.skipif(os.name == "nt", reason="folders are not locked there")
def test_a_command_that_outlives_its_parent_keeps_the_lock(run):
    (run.data / "wait-flow").touch()
    run.folder.mkdir()
    with one_process_at_a_time(run.folder, pytest.fail) as lock:
        assert lock is not None
        command = threading.Thread(target=run_command, args=(run, FLOW, lock))
        command.start()
        while not (run.work(FLOW) / "half").exists():
            pass
    with one_process_at_a_time(run.folder, (run.data / "wait-flow").unlink):
        assert (run.work(FLOW) / "report.json").exists(), "it was waited for"
    command.join()
