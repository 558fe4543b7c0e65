"""What a command prints never ends its work: a closed pipe, a full disk or a terminal that lacks a letter does no harm.

Closed pipe      (`| head -1`, `| true`): what is printed is dropped; the exit code is that of the command
Closed stream    (`2>&-`): the same
Other errors     (`> /dev/full`): the work is done, then the error is told and the exit code is 1
Letters          that the terminal's encoding lacks, and bytes of names that are not UTF-8, are printed as escapes
"""

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any


class _Outlet(io.RawIOBase):
    """Writes on to a stream's bytes until that fails; from then on it drops them, and keeps the error."""

    def __init__(self, target: Any):
        self.error: OSError | None = None
        self._target = target

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._target.isatty()

    def fileno(self) -> int:
        return self._target.fileno()

    def write(self, content: Any) -> int:
        if self.error is None:
            try:
                return self._write(content)
            except OSError as error:
                self.error = error
        return len(content)

    def _write(self, content: Any) -> int:
        """Write a part. A pipe that does not wait (None: it is full) is waited for."""
        while (written := self._target.write(content)) is None:
            select.select([], [self.fileno()], [])
        self._target.flush()
        return written


class Streams:
    """The command's stdout and stderr."""

    def __init__(self) -> None:
        self._outlets: list[_Outlet] = []

    def add(self, outlet: _Outlet) -> None:
        """Watch another one."""
        self._outlets.append(outlet)

    @property
    def error(self) -> OSError | None:
        """Why something printed was lost, if other than by a closed pipe: whoever closes one wants no more."""
        errors = (outlet.error for outlet in self._outlets)
        return next((error for error in errors if error and not isinstance(error, ConnectionError)), None)


@contextmanager
def safe_streams() -> Iterator[Streams]:
    """Let `sys.stdout` and `sys.stderr` take whatever is printed, everybody's progress bars included.

    >>> with safe_streams() as streams:
    ...     print("done")
    done
    >>> streams.error is None
    True
    """
    _fill_closed_descriptors()
    streams = Streams()
    with ExitStack() as stack:
        for name in ("stdout", "stderr"):
            stack.enter_context(_safe(name, streams))
        yield streams


@contextmanager
def _safe(name: str, streams: Streams) -> Iterator[None]:
    before = getattr(sys, name)
    if before is not None and not hasattr(before, "buffer"):  # a program's own stand-in, which needs no care
        yield
        return
    if before is not None:
        before.flush()
    target = open(os.devnull, "wb", buffering=0) if before is None else getattr(before.buffer, "raw", before.buffer)  # noqa: PTH123, SIM115
    outlet = _Outlet(target)
    streams.add(outlet)
    encoding = getattr(before, "encoding", None) or "utf-8"
    after = io.TextIOWrapper(io.BufferedWriter(outlet), encoding, errors="backslashreplace", line_buffering=True)
    setattr(sys, name, after)
    try:
        yield
    finally:
        after.flush()
        setattr(sys, name, before)


def _fill_closed_descriptors() -> None:
    """Open what was closed of stdin, stdout and stderr: the next file opened would take the place libraries print to."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest that is free
