"""A list of photos, read row by row: CSV (comma, semicolon or tab), or Parquet with pyarrow.

The column `photo` has paths or addresses. A relative path starts at the list's own folder. The column `output`, which need not
be there, names the file to write in the output folder.
"""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from editor.batch.storage import filesystem, is_remote
from editor.errors import SettingError, TableError

ENDINGS = (".csv", ".tsv", ".parquet")
PHOTO, OUTPUT = "photo", "output"
ROWS = 1024
"""Rows of a Parquet file that are in memory at a time."""


@dataclass(frozen=True)
class Row:
    """One row. `photo` is an address, or empty; `output` is empty where the row names none."""

    number: int
    photo: str
    output: str


def is_manifest(source: str) -> bool:
    """Whether a source is a list, by its ending.

    >>> is_manifest("photos.CSV"), is_manifest("photos")
    (True, False)
    """
    return source.lower().endswith(ENDINGS)


def read_manifest(source: str) -> Iterator[Row]:
    """The rows of a list.

    Raises:
        SettingError: it cannot be read, or pyarrow is needed and not installed.
        TableError: it has no column `photo`, or is no list.

    >>> _ = (folder / "list.csv").write_text("photo,output\\na.jpg,first.jpg\\ns3://bucket/b.jpg,\\n")
    >>> [(row.photo.replace(str(folder), "~"), row.output) for row in read_manifest(str(folder / "list.csv"))]
    [('~/a.jpg', 'first.jpg'), ('s3://bucket/b.jpg', '')]
    """
    rows = _parquet_rows(source) if source.lower().endswith(".parquet") else _csv_rows(source)
    for number, (photo, output) in enumerate(rows, 1):
        yield Row(number, _address(photo, source) if photo else "", output)


def count_rows(source: str) -> int | None:
    """How many rows a Parquet file has; None where that would take reading a list.

    >>> count_rows("photos.csv")
    """
    if not source.lower().endswith(".parquet"):
        return None
    with _parquet(source) as file:
        return file.metadata.num_rows


def _csv_rows(source: str) -> Iterator[tuple[str, str]]:
    with _opened(source, "r") as file:
        try:
            head = file.readline()
            delimiter = max("\t;,", key=head.count)
            columns = next(csv.reader([head], delimiter=delimiter), [])
            at = _places(source, [column.strip().lower() for column in columns])
            for cells in csv.reader(file, delimiter=delimiter):
                if cells:
                    photo, output = (cells[place].strip() if 0 <= place < len(cells) else "" for place in at)
                    yield photo, output
        except UnicodeDecodeError as error:
            raise TableError(f"{source} is not UTF-8. Save it as CSV in UTF-8.") from error
        except csv.Error as error:
            raise TableError(f"{source} is not a CSV file that can be read: {error}.") from error


def _parquet_rows(source: str) -> Iterator[tuple[str, str]]:
    with _parquet(source) as file:
        names = file.schema_arrow.names
        places = _places(source, names)
        columns = [names[place] if place >= 0 else None for place in places]
        for batch in file.iter_batches(batch_size=ROWS, columns=[name for name in columns if name]):
            cells = [batch.column(name).to_pylist() if name else [None] * len(batch) for name in columns]
            for photo, output in zip(*cells, strict=True):
                yield _text(photo), _text(output)


@contextmanager
def _parquet(source: str) -> Iterator[Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        missing = "Parquet needs pyarrow: pip install 'semantic-face-editor[batch]', or use CSV."
        raise SettingError(f"{source}: {missing}") from error
    with _opened(source, "rb") as file:
        try:
            opened = parquet.ParquetFile(file)
        except pyarrow.ArrowInvalid as error:
            raise TableError(f"{source} is not a Parquet file that can be read.") from error
        yield opened


@contextmanager
def _opened(source: str, mode: str) -> Iterator[IO[Any]]:
    words: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8-sig", "newline": ""}
    try:
        if is_remote(source):
            system, path = filesystem(source)
            file = system.open(path, mode, **words)
        else:
            file = Path(source).open(mode, **words)  # noqa: SIM115 (closed below)
    except SettingError:
        raise
    except Exception as error:  # each file system has errors of its own
        raise SettingError(f"{source} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    with file:
        yield file


def _places(source: str, columns: list[str]) -> tuple[int, int]:
    if PHOTO not in columns:
        raise TableError(f"{source} has no column {PHOTO!r}. Name the column with the photos' paths so.")
    return columns.index(PHOTO), columns.index(OUTPUT) if OUTPUT in columns else -1


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _address(photo: str, source: str) -> str:
    if is_remote(photo):
        return photo
    if is_remote(source):
        return f"{source.rpartition('/')[0]}/{photo}"
    return os.path.join(os.path.dirname(source), photo)  # noqa: PTH118, PTH120 (millions of them)
