"""Who is in which part of the data: train, validation or test. Nobody is in two of them.

A data set says it in a table with the columns id, person and split. Where there is no table, people are chosen at random.

train         what models learn from
validation    what is looked at while they learn
test          what they are measured on; tables may call it heldout
unused        none of these

If somebody were in two of the first three, a model would be measured on people that it has learnt from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from editor.data.identifiers import by_id
from editor.data.people import number_people
from editor.data.tables import Row, Table, read_table
from editor.errors import TableError

SPLITS = ("train", "validation", "test", "unused")
ALSO_CALLED = {"heldout": "test"}
"""Another name -> the one in `SPLITS`."""
UNUSED = "unused"
TEST_SHARE = 0.14
"""Share of the people in a file of codes that nothing is trained on."""
VALIDATION_SHARE = 0.12
"""Share of the others on whom what is trained is chosen."""


@dataclass(frozen=True)
class Member:
    """One row of a split.

    Attributes:
        person: who it is, one integer a person; whoever is not known is somebody new.
        split: one of `SPLITS`.
    """

    person: int
    split: str


def split_name(name: str) -> str:
    """The name of a split as it is in `SPLITS`; a name that is not there comes back in small letters.

    >>> split_name("Test"), split_name("heldout")
    ('test', 'test')
    """
    return ALSO_CALLED.get(name.casefold(), name.casefold())


def read_split(path: Path, people: bool = True) -> dict[str, Member]:
    r"""Id -> member. People are numbered over the whole table, so their numbers agree between splits.

    Args:
        people: whether there must be a column of people. Without the column everybody is somebody new.

    Raises:
        TableError: the table cannot be read, a column is missing, a split is unknown, two rows of one id differ, or a person is
            in two splits.

    >>> rows = "id,person,split\n1.jpg,anna,train\n2.jpg,anna,train\n3.jpg,ben,test\n"
    >>> size = (folder / "split.csv").write_text(rows)
    >>> members = read_split(folder / "split.csv")
    >>> members["1.jpg"] == members["2.jpg"], members["3.jpg"]
    (True, Member(person=1, split='test'))
    """
    table = read_table(path)
    identity, part = table.column("id"), table.column("split")
    person = table.column("person") if people else table.find("person")
    rows = by_id(table, identity)
    splits = [_split(table, row, identity, part) for row in rows.values()]
    numbers = number_people(["" if person is None else row.cells[person] for row in rows.values()])
    members = [Member(*pair) for pair in zip(numbers, splits, strict=True)]
    if person is not None:
        _check_disjoint(table, person, zip(rows.values(), members, strict=True))
    return dict(zip(rows, members, strict=True))


def _split(table: Table, row: Row, identity: int, part: int) -> str:
    found = split_name(row.cells[part])
    if not found:
        raise table.error(row.line, f"the split of {row.cells[identity]} is empty.")
    if found not in SPLITS:
        raise table.error(row.line, f"the split {row.cells[part]!r} is not one of {', '.join(SPLITS)}.")
    return found


def _check_disjoint(table: Table, person: int, members: Iterable[tuple[Row, Member]]) -> None:
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


def chosen_people(people: torch.Tensor, share: float, seed: int) -> torch.Tensor:
    """Which rows are of people chosen for validation or test, bool [N]. PyTorch chooses.

    For codes: T, the directions and Table 1. `chosen_people_of_photos` chooses others under the same seed.

    Args:
        people: [N], who is who.
        share: of the people, from 0 to 1.

    >>> chosen_people(torch.tensor([7, 7, 8, 8, 9, 9]), share=0.34, seed=0)
    tensor([False, False, False, False,  True,  True])
    """
    everybody = people.unique()
    order = torch.randperm(len(everybody), generator=torch.Generator().manual_seed(seed))
    return torch.isin(people, everybody[order[: _count(share, len(everybody))]])


def chosen_people_of_photos(people: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which rows are of people chosen for validation, bool [N]. NumPy chooses.

    For photos: the encoder and the two classifiers of images. `chosen_people` chooses others under the same seed. Both stay, so
    that every shipped file was trained on the people that its seed names.

    Args:
        people: [N], who is who.
        share: of the people, from 0 to 1.

    >>> chosen_people_of_photos(np.array([7, 7, 8, 8, 9, 9]), share=0.34, seed=0)
    array([False, False, False, False,  True,  True])
    """
    everybody = np.unique(people)
    order = np.random.default_rng(seed).permutation(everybody)
    return np.isin(people, order[: _count(share, len(everybody))])


def _count(share: float, people: int) -> int:
    """How many of some people a share is: of two or more, somebody is chosen and somebody left."""
    return min(max(round(share * people), 1), people - 1) if share else 0
