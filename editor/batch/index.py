"""Which outputs are begun or done, in memory that ten million of them fit into: 17 bytes each.

Names are kept as 64-bit hashes in sorted arrays. Among ten million outputs two have one hash with a chance of 3 in a million;
then the second is given another name, so nothing is lost.
"""

from hashlib import sha256
from typing import NamedTuple

import numpy as np

from editor.batch.names import same_file

RECENT = 1 << 16
"""Entries that are kept in a dictionary before they are sorted in among the others."""
ABSENT, BEGUN_BEFORE, BEGUN, DONE, SKIPPED = range(5)
"""What is known of an output. `BEGUN_BEFORE`: by an earlier run, which did not tell how it ended."""


class Key(NamedTuple):
    """An output and the photo it is made of, as hashes.

    Attributes:
        output: of its name in the output folder.
        photo: of the photo's address.
    """

    output: int
    photo: int

    def __str__(self) -> str:
        return f"{self.output:016x}{self.photo:016x}"


def key_of(output: str, photo: str) -> Key:
    """The key of an output.

    Args:
        photo: whose address is whole: a relative one would be another photo's in another folder.

    >>> key_of("a.jpg", "photos/a.jpg").output == key_of("A.JPG", "photos/b.jpg").output
    True
    """
    return Key(_hash(same_file(output)), _hash(photo))


def read_key(text: str) -> Key:
    """What `str` made of a key.

    Raises:
        ValueError: the text is something else.

    >>> read_key(str(Key(1, 2)))
    Key(output=1, photo=2)
    """
    return Key(int(text[:16], 16), int(text[16:32], 16))


class Index:
    """A table from outputs to photos and states.

    >>> index = Index()
    >>> index.set(Key(1, 2), DONE)
    >>> index.get(1) == (2, DONE), index.get(2)
    (True, (0, 0))
    """

    def __init__(self) -> None:
        self._outputs = np.empty(0, np.uint64)
        self._photos = np.empty(0, np.uint64)
        self._states = np.empty(0, np.uint8)
        self._recent: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._outputs) + len(self._recent)

    def get(self, output: int) -> tuple[int, int]:
        """The photo and the state of an output; (0, ABSENT) where nothing is known."""
        if found := self._recent.get(output):
            return found
        at = self._place(output)
        return (int(self._photos[at]), int(self._states[at])) if at >= 0 else (0, ABSENT)

    def set(self, key: Key, state: int) -> None:
        """Keep the state of an output."""
        if (at := self._place(key.output)) >= 0:
            self._photos[at], self._states[at] = key.photo, state
            return
        self._recent[key.output] = (key.photo, state)
        if len(self._recent) >= max(RECENT, len(self._outputs) // 16):
            self._sort_in()

    def _place(self, output: int) -> int:
        """Where an output is in the arrays; -1 where it is not."""
        at = int(np.searchsorted(self._outputs, np.uint64(output)))
        return at if at < len(self._outputs) and int(self._outputs[at]) == output else -1

    def _sort_in(self) -> None:
        outputs = np.fromiter(self._recent, np.uint64, len(self._recent))
        photos = np.fromiter((photo for photo, _ in self._recent.values()), np.uint64, len(self._recent))
        states = np.fromiter((state for _, state in self._recent.values()), np.uint8, len(self._recent))
        order = np.argsort(outputs)
        places = np.searchsorted(self._outputs, outputs[order])
        self._outputs = np.insert(self._outputs, places, outputs[order])
        self._photos = np.insert(self._photos, places, photos[order])
        self._states = np.insert(self._states, places, states[order])
        self._recent = {}


def _hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big")
