"""SHA-256 of files, cached by size and time, so that a gigabyte is read once and not at every start."""

import json
import threading
import time
from contextlib import suppress
from pathlib import Path

from editor.errors import EditorError
from editor.files.writing import write_atomically
from editor.weights.entry import sha256_of

SETTLED_SECONDS = 2.0
"""How old a file must be to be remembered: one that is written again at once may keep its time."""


class Hashes:
    """The sha256 of files, by their size and their time of change. Kept in a JSON file.

    >>> _ = (folder / "empty").write_bytes(b"")
    >>> Hashes(folder / "hashes.json").of(folder / "empty") == sha256_of(folder / "empty")
    True
    """

    def __init__(self, record: Path):
        """
        Args:
            record: the JSON file. It is made where it is missing. Where it cannot be written, every start hashes anew.
        """
        self._record, self._writing = record, threading.Lock()

    def of(self, path: Path) -> str:
        """The sha256 of a file in hexadecimal, computed only where the file is new or has changed.

        Raises:
            OSError: the file cannot be read.
        """
        name, status = str(path.absolute()), path.stat()
        state = [status.st_size, status.st_mtime_ns]
        known = self._read().get(name, [])
        if known[:2] == state:
            return known[2]
        digest = sha256_of(path)
        if time.time_ns() - status.st_mtime_ns > SETTLED_SECONDS * 1e9:
            self._remember(name, [*state, digest])
        return digest

    def _read(self) -> dict[str, list]:
        """What is remembered: path -> size, time and sha256. Nothing where the record is missing or damaged."""
        try:
            known = json.loads(self._record.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        entries = known.items() if isinstance(known, dict) else ()
        return {name: entry for name, entry in entries if isinstance(entry, list) and len(entry) == 3}

    def _remember(self, name: str, entry: list) -> None:
        """Add one file; those that are gone are dropped."""
        with self._writing, suppress(EditorError):
            known = {other: kept for other, kept in self._read().items() if Path(other).exists()} | {name: entry}
            text = json.dumps(known, indent=1)
            write_atomically(self._record, lambda part: part.write_text(text, encoding="utf-8"))
