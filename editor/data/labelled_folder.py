"""A folder of photos with what tables say of them: labels, and who is who."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from editor.data.identifiers import last_part, match_photos, photo_name, without_ending
from editor.data.labels import read_labels
from editor.data.people import read_people
from editor.errors import SettingError
from editor.files.folders import pictures_in
from editor.spaces import CHANNELS, LAYERS

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class LabelledFolder:
    """Photos of a folder with what is known of them.

    Attributes:
        photos: those that have labels, by name.
        attributes: K names; none where nothing is labelled.
        labels: photo -> K values.
        people: photo -> who it is; whoever is not in it is a person of their own.
        unlabelled: photos that labels were given for others of, but not for them.
        names: photo -> its path in the folder.
    """

    photos: list[Path]
    attributes: tuple[str, ...]
    labels: dict[Path, list[bool]]
    people: dict[Path, str]
    unlabelled: list[Path]
    names: dict[Path, str]

    def work_beside(self, out: Path, *about: object) -> Path:
        """A hidden folder beside `out` for shards that are good for these photos and `about` only."""
        what = repr((about, [str(photo) for photo in self.photos]))
        return out.with_name(f".codes-{sha256(repr((out.name, what)).encode()).hexdigest()[:12]}")

    @property
    def size(self) -> int:
        """Bytes that the codes take on the disk: as shards, and then as one file beside them."""
        return 2 * len(self.photos) * LAYERS * CHANNELS * 4

    def ids(self, photos: Sequence[Path]) -> tuple[str, ...]:
        """A name for each photo: the file's where no other has it, else the path, else the path with the ending."""
        whole = [self.names[photo] for photo in photos]
        paths = [without_ending(name) for name in whole]
        shortest = [last_part(name) for name in paths]
        seen = [Counter(part) for part in (shortest, paths)]
        candidates = zip(shortest, paths, whole, strict=True)
        return tuple(a if seen[0][a] == 1 else b if seen[1][b] == 1 else c for a, b, c in candidates)


def read_folder(photos: Path, labels: Path | None, people: Path | None) -> LabelledFolder:
    """Look through a folder.

    Args:
        labels: a table for `read_labels`; None: photos are taken without labels.
        people: a table with the columns id and person.

    Raises:
        SettingError: no pictures, or none with labels.
        TableError: a table is not what it should be, or two photos could be meant by one id.

    >>> found = read_folder(data / "img", data / "attributes.csv", people=None)
    >>> len(found.photos), found.attributes, found.labels[found.photos[1]], found.unlabelled
    (28, ('Smiling', 'Young'), [True, False], [])
    """
    found = pictures_in(photos, deep=True)
    if not found:
        raise SettingError(f"{photos} holds no pictures.")
    names = {photo: photo_name(photo, photos) for photo in found}
    attributes, known = read_labels(labels) if labels else ((), {})
    rows = _of_photos(names, known, labels) if labels else {photo: [] for photo in found}
    if not rows:
        raise SettingError(f"None of the photos' names is an id in {labels}.")
    who = _of_photos(names, read_people(people), people) if people else {}
    taken, rest = ([photo for photo in found if (photo in rows) is there] for there in (True, False))
    return LabelledFolder(taken, attributes, rows, who, rest, names)


def _of_photos(names: dict[Path, str], known: dict[str, Value], table: Path) -> dict[Path, Value]:
    """What a table says of the photos it has a row for."""
    return {photo: known[each] for photo, each in match_photos(names, known, table).items()}
