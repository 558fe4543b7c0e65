"""Temporary folders and locks, tried with real processes that are really killed."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from editor.files.temporary import one_process_at_a_time, remove_abandoned, temporary_folder
from tests.conftest import ROOT

HOLDS_A_FOLDER = """
import sys, time
from pathlib import Path
from editor.files.temporary import temporary_folder
with temporary_folder("part-", Path(sys.argv[1])) as folder:
    (folder / "photo.jpg").write_bytes(b"x")
    print(folder, flush=True)
    time.sleep(60)
"""
MAKES_MANY_FOLDERS = """
import sys
from pathlib import Path
from editor.files.temporary import temporary_folder
for _ in range(150):
    with temporary_folder("part-", Path(sys.argv[1])) as folder:
        (folder / "a").write_bytes(b"x")
        assert (folder / "a").read_bytes() == b"x"
"""


def started(code: str, parent: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code, str(parent)], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@contextmanager
def holder(parent: Path) -> Iterator[tuple[subprocess.Popen, Path]]:
    """A process that has a folder in `parent`, and that folder."""
    with started(HOLDS_A_FOLDER, parent) as process:
        assert process.stdout
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_folder_is_private_and_goes_at_the_end(tmp_path):
    with temporary_folder("part-", tmp_path) as folder:
        assert folder.parent == tmp_path and folder.stat().st_mode & 0o077 == 0
        (folder / "deep").mkdir()
        (folder / "deep" / "photo.jpg").write_bytes(b"x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    with holder(tmp_path) as (process, left):
        process.kill()
        process.wait()
        assert (left / "photo.jpg").exists(), "a killed process tidies nothing up"
        with temporary_folder("part-", tmp_path) as folder:
            assert list(tmp_path.iterdir()) == [folder]


def test_the_folder_of_a_process_that_runs_is_left_alone(tmp_path):
    with holder(tmp_path) as (_, used):
        remove_abandoned("part-", tmp_path)
        with temporary_folder("part-", tmp_path):
            assert (used / "photo.jpg").exists()


@pytest.mark.parametrize("kind", ["without a lock", "another prefix", "a link", "another user's"])
def test_only_abandoned_folders_of_this_user_are_removed(tmp_path, monkeypatch, kind):
    target = tmp_path / "elsewhere"
    with temporary_folder("other-" if kind == "another prefix" else "part-", tmp_path) as folder:
        folder.rename(target)  # with its lock file, and out of reach of what removes it at the end
    place = tmp_path / ("other-x" if kind == "another prefix" else "part-x")
    if kind == "a link":
        place.symlink_to(target)
    else:
        target.rename(place)
    if kind == "without a lock":
        (place / ".lock").unlink()
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + (kind == "another user's"))
    remove_abandoned("part-", tmp_path)
    assert place.exists() and (kind == "without a lock" or (place / ".lock").exists())
    if kind == "another user's":
        monkeypatch.undo()
        remove_abandoned("part-", tmp_path)
        assert not place.exists(), "its own user's next process removes it"


@pytest.mark.parametrize("prefix", ["part-", "face-editor-"])
def test_a_folder_that_was_never_finished_is_removed_after_an_hour(tmp_path, prefix):
    left = Path(tempfile.mkdtemp(prefix=prefix, dir=tmp_path))
    (left / "half").write_bytes(b"x")
    remove_abandoned(prefix, tmp_path)
    assert left.exists(), "it may be in the making"
    an_hour_ago = time.time() - 3601
    os.utime(left, (an_hour_ago, an_hour_ago))
    remove_abandoned(prefix, tmp_path)
    assert not left.exists()


@pytest.mark.parametrize(("name", "mode"), [("part-time-job", 0o700), ("part-time_job", 0o755)])
def test_a_persons_own_folder_stays_however_old_it_is(tmp_path, name, mode):
    own = tmp_path / name
    own.mkdir()
    own.chmod(mode)
    os.utime(own, (0, 0))
    remove_abandoned("part-", tmp_path)
    assert own.exists()


def test_processes_that_start_at_once_do_not_take_each_others_folders(tmp_path):
    processes = [started(MAKES_MANY_FOLDERS, tmp_path) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert list(tmp_path.iterdir()) == []


def test_one_is_in_the_block_at_a_time_and_the_others_are_told_that_they_wait(tmp_path):
    inside, most, told, lock = [], [], [], threading.Lock()

    def work(number: int) -> None:
        with one_process_at_a_time(tmp_path, lambda: told.append(number)):
            inside.append(number)
            time.sleep(0.05)
            with lock:
                most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert most == [1, 1, 1] and 1 <= len(told) <= 2


def test_a_folder_that_cannot_be_locked_keeps_nobody_out(tmp_path):
    with one_process_at_a_time(tmp_path / "absent", pytest.fail):
        pass
