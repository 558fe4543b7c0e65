"""Labels of faces from a table: a CSV, or CelebA's own list_attr_celeba.txt.

CSV                     id, then one column of 0/1 or -1/1 for every attribute
list_attr_celeba.txt    a count, a line of names, then file name and -1/1 for every attribute, parted by spaces
"""

import csv
from pathlib import Path

from editor.errors import SettingError


def read_labels(path: Path) -> tuple[tuple[str, ...], dict[str, list[bool]]]:
    """The attributes' names, and for every id (a file's name without its ending) whether it has each.

    Raises:
        SettingError: it cannot be read, a row is short, or a value is not 0/1 or -1/1.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read as a table of labels: {error}.") from error
    rows = [row for row in (line.split() for line in lines) if row] if path.suffix == ".txt" else list(csv.reader(lines))
    if path.suffix == ".txt" and rows and len(rows[0]) == 1:
        rows = [["id", *rows[1]], *rows[2:]]
    if len(rows) < 2 or len(rows[0]) < 2:
        raise SettingError(f"{path} holds no labels: a header and a row a face are expected.")
    (_, *names), *rest = rows
    labels = {}
    for number, (face, *values) in enumerate((row for row in rest if row), 2):
        if len(values) != len(names) or not {"-1", "0", "1"}.issuperset(value.strip() for value in values):
            raise SettingError(f"{path}, row {number} ({face}): every attribute must be 0/1 or -1/1.")
        labels[Path(face).stem] = [value.strip() == "1" for value in values]
    return tuple(names), labels
