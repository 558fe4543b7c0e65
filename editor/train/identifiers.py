"""Which row of a table is about which photo.

A photo's name is its path inside its folder without the ending, such as `anna/1`. A row's id is such a name, or only the last
part of one where that is enough to tell.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import TypeVar

from editor.errors import TableError
from editor.folders import PICTURES
from editor.train.tables import Row, Table

Photo = TypeVar("Photo", bound=Hashable)
ENDING = re.compile(rf"({'|'.join(re.escape(ending) for ending in (*PICTURES, '.gif', '.jfif', '.npy'))})$", re.IGNORECASE)


def plain_id(cell: str) -> str:
    r"""An id as a table writes it, without the picture's ending and with plain slashes.

    >>> plain_id("000001.jpg"), plain_id("anna\\1.PNG"), plain_id("./1"), plain_id("10.0"), plain_id("anna.smith")
    ('000001', 'anna/1', '1', '10', 'anna.smith')
    """
    bare = ENDING.sub("", unicodedata.normalize("NFC", cell).replace("\\", "/").removeprefix("./"))
    whole = re.fullmatch(r"([0-9]+)\.0+", bare)
    return whole[1] if whole else bare


def photo_name(photo: PurePath, folder: PurePath) -> str:
    """The name of a photo in a folder: its path there without the ending."""
    return unicodedata.normalize("NFC", photo.relative_to(folder).with_suffix("").as_posix())


def last_part(name: str) -> str:
    """`anna/1` -> `1`."""
    return name.rpartition("/")[2]


def by_id(table: Table, column: int) -> dict[str, Row]:
    """The rows of a table by the id in a column. The same row twice counts once.

    Raises:
        TableError: an id is empty, or two rows of one id differ.
    """
    rows: dict[str, Row] = {}
    for row in table.rows:
        name = plain_id(row.cells[column])
        if not name:
            raise table.error(row.line, "the id is empty.")
        first = rows.setdefault(name, row)
        others = zip(table.columns, first.cells, row.cells, strict=True)
        if any(one != other for at, (title, one, other) in enumerate(others) if title and at != column):
            raise table.error(row.line, f"the id {name} is there twice, and row {first.line} says something else of it.")
    return rows


def match_photos(names: Mapping[Photo, str], ids: Iterable[str], table: Path) -> dict[Photo, str]:
    """The id of each photo that has one: by its whole name, else by the last part of it where only one photo can be meant.

    Args:
        names: photo -> its name.
        table: where the ids are from, for the message.

    Raises:
        TableError: two photos fit one id, or two ids one photo.
    """
    known = set(ids)
    found = _pair(names, known, lambda name: name, table)
    rest = {photo: name for photo, name in names.items() if photo not in found}
    return found | _pair(rest, known - set(found.values()), last_part, table)


def _pair(names: Mapping[Photo, str], ids: set[str], key: Callable[[str], str], table: Path) -> dict[Photo, str]:
    by_key: dict[str, list[str]] = defaultdict(list)
    for each in ids:
        by_key[key(each)].append(each)
    pairs = [(photo, each) for photo, name in names.items() for each in by_key.get(key(name), ()) if _ends_alike(name, each)]
    photos, used = (Counter(part) for part in zip(*pairs, strict=True)) if pairs else (Counter(), Counter())
    for photo, each in pairs:
        if photos[photo] > 1:
            raise TableError(
                f"{table}: {photo} could be the photo of several ids, {each} among them. Write the folders in the ids."
            )
        if used[each] > 1:
            shown = " and ".join(str(other) for other, its in pairs if its == each)
            raise TableError(f"{table}: {shown} could all be the photo of the id {each}. Write the folder in the id.")
    return dict(pairs)


def _ends_alike(one: str, other: str) -> bool:
    """Whether one is the other or its last parts."""
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")
