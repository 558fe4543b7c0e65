"""Which photos show the same person: the column `person` of a table, as identifiers that compare equal for the same person."""

import re
from collections.abc import Sequence
from pathlib import Path

from editor.data.identifiers import by_id
from editor.data.tables import integer, read_table

UNKNOWN = {"", "-", "--", "?", "nan", "-nan", "null", "none", "nil", "n/a", "#n/a", "#n/a n/a", "<na>", "#na", "#nv", "unknown"}
"""What spreadsheets, pandas and people write for somebody whom they do not know, in small letters."""
ERRORS = re.compile(r"#[A-Z0-9/]+[!?]")
"""What a spreadsheet shows where a formula failed, such as #REF!"""


def read_people(path: Path) -> dict[str, str]:
    r"""Id -> person, from a CSV with the columns id and person. An id whose person is unknown is left out.

    Raises:
        TableError: it cannot be read, a column is missing, or two rows of one id differ.

    >>> size = (folder / "people.csv").write_text("id,person\n1.jpg,anna\n2.jpg,anna\n3.jpg,unknown\n")
    >>> read_people(folder / "people.csv")
    {'1.jpg': 'anna', '2.jpg': 'anna'}
    """
    table = read_table(path)
    person = table.column("person")
    people = {name: _person(row.cells[person]) for name, row in by_id(table, table.column("id")).items()}
    return {name: who for name, who in people.items() if who}


def number_people(persons: Sequence[str]) -> list[int]:
    """An integer for every entry: equal for the same person. Numbers stay what they are, an unknown one is somebody new.

    Numbers are given in order of the names, so they do not depend on the order of the rows.

    >>> number_people(["7", "anna", "7.0", "", "anna", "N/A"])
    [7, 8, 7, 9, 8, 10]
    """
    known = [_person(person) for person in persons]
    numbers = {person: number for person in known if (number := integer(person)) is not None}
    begin = max(numbers.values(), default=-1) + 1
    names = sorted({person for person in known if person} - numbers.keys())
    numbers |= {person: begin + n for n, person in enumerate(names)}
    nobody = iter(range(begin + len(names), begin + len(names) + len(known)))
    return [numbers[person] if person else next(nobody) for person in known]


def _person(cell: str) -> str:
    """A person as they are compared; "": nobody knows who."""
    if cell.casefold() in UNKNOWN or cell == "NA" or ERRORS.fullmatch(cell):  # Na is a name, NA is what R writes
        return ""
    number = integer(cell)
    return cell if number is None else str(number)
