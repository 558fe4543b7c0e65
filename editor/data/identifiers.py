"""Which row of a table is about which photo.

A photo's name is its path inside its folder, such as `anna/1.jpg`. A row's id is such a name, or less of it where that is
enough to tell: the file's name, either of them without the ending, or the number that a spreadsheet made of `000001`.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path, PurePath
from typing import NamedTuple, TypeVar

from editor.data.tables import Row, Table
from editor.errors import TableError
from editor.files.folders import PICTURES

Photo = TypeVar("Photo", bound=Hashable)
ENDING = re.compile(rf"({'|'.join(re.escape(ending) for ending in (*PICTURES, '.npy'))})$", re.IGNORECASE)


def clean_id(cell: str) -> str:
    r"""An id as a table writes it, with plain slashes and composed letters. It keeps the picture's ending.

    >>> clean_id("000001.jpg"), clean_id("anna\\1.PNG"), clean_id("./1"), clean_id("10.0")
    ('000001.jpg', 'anna/1.PNG', '1', '10')
    """
    name = unicodedata.normalize("NFC", cell).replace("\\", "/").removeprefix("./")
    whole = re.fullmatch(r"([0-9]+)\.0+", name)
    return whole[1] if whole else name


def without_ending(name: str) -> str:
    """A name without the picture's ending.

    >>> without_ending("anna/1.PNG"), without_ending("anna.smith")
    ('anna/1', 'anna.smith')
    """
    return ENDING.sub("", name)


def photo_name(photo: PurePath, folder: PurePath) -> str:
    """The name of a photo in a folder: its path there.

    >>> photo_name(PurePath("photos/anna/1.jpg"), PurePath("photos"))
    'anna/1.jpg'
    """
    return unicodedata.normalize("NFC", photo.relative_to(folder).as_posix())


def last_part(name: str) -> str:
    """`anna/1` -> `1`.

    >>> last_part("anna/1"), last_part("1")
    ('1', '1')
    """
    return name.rpartition("/")[2]


def by_id(table: Table, column: int) -> dict[str, Row]:
    """The rows of a table by the id in a column, as `clean_id` writes it.

    The same row twice counts once. `1.jpg` and `1.png` are two ids. `1` is the same id as either.

    Raises:
        TableError: an id is empty, or two rows of one id differ.

    >>> table = Table(Path("labels.csv"), ("id", "Smiling"), (Row(2, ("1.jpg", "yes")), Row(3, ("2.0", "no"))))
    >>> {name: row.cells[1] for name, row in by_id(table, column=0).items()}
    {'1.jpg': 'yes', '2': 'no'}
    """
    rows: dict[str, Row] = {}
    alike: dict[str, list[str]] = defaultdict(list)
    for row in table.rows:
        name = clean_id(row.cells[column])
        bare = without_ending(name)
        if not bare:
            raise table.error(row.line, "the id is empty.")
        same = [other for other in alike[bare] if name == other or bare in (name, other)]
        for other in same:
            _check_equal(table, column, rows[other], row)
        if not same:
            rows[name] = row
            alike[bare].append(name)
    return rows


def _check_equal(table: Table, column: int, first: Row, row: Row) -> None:
    cells = zip(table.columns, first.cells, row.cells, strict=True)
    if any(one != other for at, (title, one, other) in enumerate(cells) if title and at != column):
        name = without_ending(clean_id(row.cells[column]))
        raise table.error(row.line, f"the id {name} is there twice, and row {first.line} says something else of it.")


def match_photos(names: Mapping[Photo, str], ids: Iterable[str], table: Path) -> dict[Photo, str]:
    """The id of each photo that has one. What says most decides: see `WAYS`.

    Args:
        names: photo -> its name.
        table: where the ids are from, for the message.

    Raises:
        TableError: two photos fit one id, or two ids one photo.

    >>> names = {"A": "anna/000001.jpg", "B": "ben/2.png", "C": "3.jpg"}
    >>> found = match_photos(names, ["1", "ben/2"], Path("labels.csv"))
    >>> found["A"], found["B"], "C" in found
    ('1', 'ben/2', False)
    """
    found: dict[Photo, str] = {}
    left = set(ids)
    for way in WAYS:
        rest = {photo: name for photo, name in names.items() if photo not in found}
        if not rest or not left:
            break
        if way.form is _by_number:  # a number is only good where no other photo has it, be that one matched already
            numbers = {last_part(_by_number(name) or "") for name in rest.values()}
            rest = {photo: name for photo, name in names.items() if last_part(_by_number(name) or "") in numbers}
        pairs = _pair(rest, left, way, table)
        found = pairs | found
        left -= set(pairs.values())
    return found


class _Way(NamedTuple):
    """A way to compare a photo's name with an id.

    Attributes:
        form: what is compared; None: the name cannot be compared in this way.
        folders: whether all of it must be equal, or one may lack the other's first folders.
    """

    form: Callable[[str], str | None]
    folders: bool


def _as_written(name: str) -> str:
    return name


def _with_ending(name: str) -> str | None:
    """The name with its ending in small letters; None where there is no ending."""
    bare = without_ending(name)
    return None if bare == name else bare + name[len(bare) :].lower()


def _by_number(name: str) -> str | None:
    """The name with its number as a spreadsheet writes it; None where its last part is no number.

    >>> _by_number("anna/000010.jpg"), _by_number("000"), _by_number("a1")
    ('anna/10', '0', None)
    """
    folder, slash, last = without_ending(name).rpartition("/")
    return f"{folder}{slash}{last.lstrip('0') or '0'}" if re.fullmatch("[0-9]+", last) else None


WAYS = (
    _Way(_as_written, folders=True),
    _Way(_with_ending, folders=True),
    _Way(_with_ending, folders=False),
    _Way(without_ending, folders=True),
    _Way(without_ending, folders=False),
    _Way(_by_number, folders=False),
)
"""The ways to compare, the strictest first: what one of them matches is not asked about in the next."""


def _pair(names: Mapping[Photo, str], ids: set[str], way: _Way, table: Path) -> dict[Photo, str]:
    """The id of each photo that has one by one way of comparing."""
    by_part: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in ids:
        if form := way.form(each):
            by_part[last_part(form)].append((each, form))
    forms = {photo: form for photo, name in names.items() if (form := way.form(name))}
    alike = str.__eq__ if way.folders else _ends_alike
    pairs = [
        (photo, each) for photo, form in forms.items() for each, its in by_part.get(last_part(form), ()) if alike(form, its)
    ]
    _check_unique(pairs, table)
    return dict(pairs)


def _check_unique(pairs: list[tuple[Photo, str]], table: Path) -> None:
    photos, used = (Counter(part) for part in zip(*pairs, strict=True)) if pairs else (Counter(), Counter())
    for photo, each in pairs:
        if photos[photo] > 1:
            shown = " and ".join(sorted(its for other, its in pairs if other == photo))
            raise TableError(
                f"{table}: {photo} could be the photo of several ids, {shown}. "
                "Write in the id the photo's path with its ending, such as anna/1.jpg."
            )
        if used[each] > 1:
            shown = " and ".join(str(other) for other, its in pairs if its == each)
            raise TableError(
                f"{table}: {shown} could all be the photo of the id {each}. "
                "Write in the id the photo's path with its ending, such as anna/1.jpg."
            )


def _ends_alike(one: str, other: str) -> bool:
    """Whether one is the other or its last parts."""
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")
