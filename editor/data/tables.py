"""Tables as people have them: what spreadsheets, pandas and CelebA write.

Encoding     UTF-8 or UTF-16; what is neither is read as Windows' Western European code page, which Excel writes
Cells        separated by commas, semicolons, tabs or bars, whichever the header holds most of; without any, by spaces
CelebA       a line with the number of faces, a line of names, then a line a face, separated by spaces or tabs
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from editor.errors import TableError

DELIMITERS = ",;\t|"
MAX_DIGITS = 18
"""Most digits of a whole number: every machine can hold it."""
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Row:
    """One row: the line of the file where it begins, counted from 1, and as many cells as the table has columns."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table's header and its rows. Cells carry no spaces around them; rows without anything in them are left out."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def find(self, *names: str) -> int | None:
        """The index of the first column with one of the names, in capitals or not; None: there is none."""
        return next((at for at, column in enumerate(self.columns) if column.casefold() in names), None)

    def column(self, name: str) -> int:
        """The index of a column.

        Raises:
            TableError: there is no such column.
        """
        if (index := self.find(name)) is None:
            raise self.error(1, f"there is no column {name!r} but {', '.join(map(repr, self.columns)) or 'nothing'}.")
        return index

    def error(self, line: int, message: str) -> TableError:
        """An error that names the file and the line."""
        return TableError(f"{self.path}, row {line}: {message}")


def read_table(path: Path) -> Table:
    r"""Read a table; an empty file gives one without columns and rows.

    Raises:
        TableError: it cannot be read, a column is named twice, a row is longer than the header, or a quotation mark is open.

    >>> size = (folder / "labels.csv").write_text("id;Smiling\n1.jpg;yes\n\n2.jpg;no\n")
    >>> table = read_table(folder / "labels.csv")
    >>> table.columns, table.rows
    (('id', 'Smiling'), (Row(line=2, cells=('1.jpg', 'yes')), Row(line=4, cells=('2.jpg', 'no'))))
    """
    header, *rows = list(_rows_of(path, _text(path))) or [(1, [])]
    columns = tuple(cell.strip() for cell in header[1])
    while columns and not columns[-1]:
        columns = columns[:-1]
    table = Table(path, columns, ())
    named = [column for column in columns if column]
    if doubled := sorted({column for column in named if named.count(column) > 1}):
        raise table.error(header[0], f"the column {doubled[0]!r} is there twice. Remove or rename one.")
    return Table(path, columns, tuple(_row(table, line, cells) for line, cells in rows))


def integer(cell: str) -> int | None:
    """The whole number in a cell; None: it is something else.

    Spreadsheets and pandas write 10 as 10.0 where other cells of the column are empty.

    >>> integer("10"), integer("-1.0"), integer("10,0"), integer("anna"), integer("")
    (10, -1, 10, None, None)
    """
    found = re.fullmatch(rf"([+-]?[0-9]{{1,{MAX_DIGITS}}})(?:[.,]0*)?", cell)
    return int(found[1]) if found else None


def _row(table: Table, line: int, cells: list[str]) -> Row:
    """A row of the table's length: Excel leaves out empty cells at a row's end."""
    width = len(table.columns)
    stripped = [cell.strip() for cell in cells]
    if any(stripped[width:]):
        about = f"row {line} ({stripped[0]}): it has {len(stripped)} cells, and the header names {width} columns."
        raise TableError(f"{table.path}, {about}")
    return Row(line, tuple(stripped[:width] + [""] * (width - len(stripped))))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read as a table: {error.strerror}.") from error
    encoding = next((encoding for mark, encoding in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    if not encoding and b"\0" in content[:2]:
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            raise TableError(f"{path} cannot be read as a table: it is damaged {encoding.upper()}.") from error
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise TableError(f"{path} cannot be read as a table: it is not text. Save it as CSV.")
    return text


def _rows_of(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every row that has anything in it, the header first."""
    lines = [(number, line) for number, line in enumerate(io.StringIO(text, newline=None), 1) if line.strip()]
    if len(lines) > 1 and lines[0][1].strip().isdecimal() and _delimiter(lines[1][1]) in (None, "\t"):
        return _celeba(path, lines[0][1].strip(), lines[1:])
    told = re.match(r'"?sep=(.)"?\s*$', lines[0][1].strip("\n"), re.IGNORECASE) if lines else None  # Excel's own first line
    header = lines[1 if told and len(lines) > 1 else 0][1] if lines else ""
    delimiter = told[1] if told else _delimiter(header)
    if not delimiter and len(header.split()) > 1:
        return _spaced(lines)
    rows = _delimited(path, text, delimiter or ",")
    return (row for row in rows if any(cell.strip() for cell in row[1]) and not (told and row[0] == lines[0][0]))


def _delimiter(header: str) -> str | None:
    bare = re.sub(r'"[^"]*"', "", header)
    best = max(DELIMITERS, key=bare.count)
    return best if best in bare else None


def _celeba(path: Path, count: str, lines: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    (number, names), *rows = lines
    if len(count) > MAX_DIGITS or int(count) != len(rows):  # Python refuses to read numbers of thousands of digits
        shown = count if len(count) <= MAX_DIGITS else f"{count[:MAX_DIGITS]}..."
        raise TableError(
            f"{path}, row 1: it counts {shown} faces, and {len(rows)} follow. Bring the whole file, or mend the count."
        )
    titles = names.split()
    yield number, titles if titles[0].casefold() in ("id", "image_id") else ["id", *titles]
    yield from _spaced(rows)


def _spaced(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    for number, line in lines:
        yield number, line.split()


def _delimited(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        limit = csv.field_size_limit()
        what = f"a cell has more than {limit:,} characters" if "limit" in str(error) else "the quotation marks do not match"
        raise TableError(f"{path}, row {line}: {what}. Is a quotation mark missing its partner?") from error
