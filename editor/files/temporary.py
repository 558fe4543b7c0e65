"""Temporary folders that are removed even after a process was killed, and locks between processes.

Each folder holds a lock file, which its process keeps locked. The system frees the lock when that process ends, however it
ends. A folder whose lock is free was therefore abandoned, and the next process that wants such a folder removes it.
"""

import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = ".lock"
"""Name of the lock file in each folder."""
RANDOM = re.compile("[a-z0-9_]{8}")
"""What `tempfile` puts behind a prefix."""
MAKING_SECONDS = 3600.0
"""How long a folder may be without a lock file before it counts as abandoned. It is made in less than a second."""


@contextmanager
def temporary_folder(prefix: str, parent: Path | None = None) -> Iterator[Path]:
    """Make a folder that only this user can read; it is removed with everything in it at the end.

    Abandoned folders with the same prefix are removed first.

    Args:
        parent: the folder to make it in; by default the system's folder for temporary files.

    Raises:
        OSError: the folder cannot be made.

    >>> with temporary_folder("example-") as work:
    ...     _ = (work / "note.txt").write_text("gone soon")
    >>> work.exists()
    False
    """
    parent = parent or Path(tempfile.gettempdir())
    remove_abandoned(prefix, parent)
    folder, lock = _locked_folder(prefix, parent)
    try:
        yield folder
    finally:
        os.close(lock)
        _remove(folder)


def remove_abandoned(prefix: str, parent: Path) -> None:
    """Remove the folders that ended processes of this user left in `parent`.

    A folder without a lock file may be in the making. It is removed if it is an hour old, and if its name and its permissions
    are as they are made here, for `parent` may be a folder that a person keeps other things in. What cannot be removed is left
    alone.

    Raises:
        OSError: `parent` cannot be looked at.

    >>> abandoned = folder / "example-1"
    >>> abandoned.mkdir()
    >>> (abandoned / LOCK).touch()  # which no process keeps locked
    >>> remove_abandoned("example-", folder)
    >>> abandoned.exists()
    False
    """
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            if not _is_own_folder(folder):
                continue
            if (folder / LOCK).exists():
                _remove_if_abandoned(folder)
            elif _was_never_finished(folder, prefix):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_process_at_a_time(folder: Path, waiting: Callable[[], None]) -> Iterator[int | None]:
    """Let one process, and one of its threads, into the block for a folder; others wait for it.

    Gives the lock's descriptor, or None where the folder cannot be opened. A process that inherits it keeps the lock until
    it ends, also where this one is killed.

    Where folders cannot be locked (Windows, some network disks) nobody waits, so the block must bear company.

    Args:
        waiting: called once if another process is in the block.

    >>> with one_process_at_a_time(folder, waiting=lambda: print("Another process is at work.")):
    ...     print("alone")
    alone
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        yield None
        return
    try:
        with suppress(OSError):
            if not _lock(descriptor, wait=False):
                waiting()
                _lock(descriptor, wait=True)
        yield descriptor
    finally:
        os.close(descriptor)


def _locked_folder(prefix: str, parent: Path) -> tuple[Path, int]:
    """A new folder and the descriptor of its locked lock file."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(OSError):  # a disk without locks: then nobody else can lock it either, and the folder is left alone
            _lock(lock, wait=True)
        if (folder / LOCK).exists():
            return folder, lock
        os.close(lock)  # another process took it for abandoned in the moment before it was locked


def _remove_if_abandoned(folder: Path) -> None:
    lock = os.open(folder / LOCK, os.O_RDWR)
    try:
        abandoned = _lock(lock, wait=False)
        if abandoned:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
    if abandoned and sys.platform == "win32":  # where an open file cannot be removed
        shutil.rmtree(folder, ignore_errors=True)


def _was_never_finished(folder: Path, prefix: str) -> bool:
    """Whether a folder without a lock file is one that a process made here, before it ended too early to finish."""
    status = folder.stat()
    is_private = sys.platform != "win32" and status.st_mode & 0o777 == 0o700
    is_named_here = RANDOM.fullmatch(folder.name.removeprefix(prefix))
    return bool(is_private and is_named_here) and time.time() - status.st_mtime > MAKING_SECONDS


def _remove(folder: Path) -> None:
    """Remove a folder, also where a thread that is about to end still writes into it."""
    for _ in range(5):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return


def _is_own_folder(path: Path) -> bool:
    """Whether it is a folder, no link to one, and belongs to this user."""
    if path.is_symlink() or not path.is_dir():
        return False
    return sys.platform == "win32" or path.stat().st_uid == os.geteuid()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, wait: bool) -> bool:
        """Lock a file. False if another process has locked it; after ten seconds if `wait`."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int, wait: bool) -> bool:
        """Lock a file or a folder, now or after waiting for it. False if another process has locked it.

        Raises:
            OSError: the disk knows no locks.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
