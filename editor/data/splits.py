"""Who is in which part of the data: a table with the columns id, person and split.

train         what models learn from
validation    what is looked at while they learn
heldout       what they are measured on
unused        neither

Nobody may be in two of the first three. Otherwise a model is measured on people that it has learnt from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from editor.data.identifiers import by_id
from editor.data.people import number_people
from editor.data.tables import Row, Table, read_table
from editor.errors import TableError

SPLITS = ("train", "validation", "heldout", "unused")
UNUSED = "unused"


@dataclass(frozen=True)
class Member:
    """One row of a split.

    Attributes:
        person: who it is, one integer a person; whoever is not known is somebody new.
        split: one of `SPLITS`.
    """

    person: int
    split: str


def read_split(path: Path, people: bool = True) -> dict[str, Member]:
    """Id -> member. People are numbered over the whole table, so their numbers agree between splits.

    Args:
        people: whether there must be a column of people. Without the column everybody is somebody new.

    Raises:
        TableError: the table cannot be read, a column is missing, a split is unknown, two rows of one id differ, or a person is
            in two splits.
    """
    table = read_table(path)
    identity, part = table.column("id"), table.column("split")
    person = table.column("person") if people else table.find("person")
    rows = by_id(table, identity)
    splits = [_split(table, row, identity, part) for row in rows.values()]
    numbers = number_people(["" if person is None else row.cells[person] for row in rows.values()])
    members = [Member(*pair) for pair in zip(numbers, splits, strict=True)]
    if person is not None:
        _check_apart(table, person, zip(rows.values(), members, strict=True))
    return dict(zip(rows, members, strict=True))


def _split(table: Table, row: Row, identity: int, part: int) -> str:
    found = row.cells[part].casefold()
    if not found:
        raise table.error(row.line, f"the split of {row.cells[identity]} is empty.")
    if found not in SPLITS:
        raise table.error(row.line, f"the split {row.cells[part]!r} is not one of {', '.join(SPLITS)}.")
    return found


def _check_apart(table: Table, person: int, members: Iterable[tuple[Row, Member]]) -> None:
    first: dict[int, tuple[Row, Member]] = {}
    for row, member in members:
        if member.split == UNUSED:
            continue
        before, other = first.setdefault(member.person, (row, member))
        if other.split != member.split:
            raise TableError(
                f"{table.path}, rows {before.line} and {row.line}: the person {row.cells[person]} is in {other.split} and in "
                f"{member.split}, and must be in one of them only."
            )
