"""Labels of faces from a table: a CSV, or CelebA's own list_attr_celeba.txt.

CSV                     id, then one column of 0/1 or -1/1 for every attribute
list_attr_celeba.txt    a count, a line of names, then file name and -1/1 for every attribute, separated by spaces

The ids are in the column `id` or `image_id`; in the first where no column is called so.
"""

from pathlib import Path

from editor.data.identifiers import by_id, clean_id
from editor.data.tables import Row, Table, integer, read_table
from editor.errors import TableError


def read_labels(path: Path) -> tuple[tuple[str, ...], dict[str, list[bool]]]:
    r"""The attributes' names, and for every id whether it has each attribute. `clean_id` has written the ids.

    Raises:
        TableError: it cannot be read, a row is short, a value is not 0/1 or -1/1, or two rows of one id differ.

    >>> size = (folder / "labels.csv").write_text("id,Smiling,Young\n1.jpg,1,-1\n2.jpg,-1,1\n")
    >>> read_labels(folder / "labels.csv")
    (('Smiling', 'Young'), {'1.jpg': [True, False], '2.jpg': [False, True]})
    """
    table = read_table(path)
    column = table.find("id", "image_id") or 0
    columns = [at for at, name in enumerate(table.columns) if name and at != column]
    if not columns or not table.rows:
        raise TableError(f"{path} holds no labels: a header and a row a face are expected.")
    labels = {name: _values(table, row, column, columns) for name, row in by_id(table, column).items()}
    return tuple(table.columns[at] for at in columns), labels


def _values(table: Table, row: Row, column: int, columns: list[int]) -> list[bool]:
    values = [integer(row.cells[at]) for at in columns]
    for value, at in zip(values, columns, strict=True):
        if value not in (-1, 0, 1):
            face, name, found = clean_id(row.cells[column]), table.columns[at], row.cells[at] or "nothing"
            about = f"row {row.line} ({face}): {name} is {found}, and every attribute must be 0/1 or -1/1."
            raise TableError(f"{table.path}, {about}")
    return [value == 1 for value in values]
