"""Tables are read as people have them, and what is wrong with one is said with its file and row."""

import pytest

from editor.data.tables import read_table
from editor.errors import EditorError, TableError

COLUMNS = ("id", "person", "split")
ROWS = [("zoë", "anna", "train"), ("b", "10.0", "heldout")]


def text(delimiter: str, ending: str = "\n") -> str:
    return ending.join(delimiter.join(row) for row in [COLUMNS, *ROWS]) + ending


def read(path):
    table = read_table(path)
    return table.columns, [row.cells for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "  ", ", "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_delimiter_and_encoding_are_found_out(tmp_path, delimiter, encoding):
    (tmp_path / "t.csv").write_bytes(text(delimiter).encode(encoding))
    assert read(tmp_path / "t.csv") == (COLUMNS, ROWS)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\n"])
def test_every_line_ending_is_read(tmp_path, ending):
    (tmp_path / "t.csv").write_bytes(text(";", ending).encode())
    assert read(tmp_path / "t.csv") == (COLUMNS, ROWS)


def test_excels_own_first_line_names_the_delimiter(tmp_path):
    (tmp_path / "t.csv").write_text("sep=;\n" + text(";"))
    assert read(tmp_path / "t.csv") == (COLUMNS, ROWS)


def test_quoted_cells_may_hold_delimiters_and_lines(tmp_path):
    (tmp_path / "t.csv").write_text('"id","a;b;c;d"\n1,"two\nlines"\n2,"x, y"\n')
    table = read_table(tmp_path / "t.csv")
    assert table.columns == ("id", "a;b;c;d") and [row.line for row in table.rows] == [2, 4]
    assert [row.cells[1] for row in table.rows] == ["two\nlines", "x, y"]


def test_empty_rows_are_left_out_and_missing_cells_are_empty(tmp_path):
    (tmp_path / "t.csv").write_text("id,a,b,,\n1,x\n,,,,\n\n2,y,z,,\n")
    assert read(tmp_path / "t.csv") == (("id", "a", "b"), [("1", "x", ""), ("2", "y", "z")])


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_columns(tmp_path, content):
    (tmp_path / "t.csv").write_bytes(content)
    assert read(tmp_path / "t.csv") == ((), [])


def test_columns_are_found_by_name_in_capitals_too(tmp_path):
    (tmp_path / "t.csv").write_text("ID,Person\n1,anna\n")
    table = read_table(tmp_path / "t.csv")
    assert (table.column("id"), table.column("person"), table.find("split")) == (0, 1, None)
    with pytest.raises(TableError, match=r"t\.csv, row 1: there is no column 'split'"):
        table.column("split")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,a,a\n1,0,1\n", r"t\.csv, row 1: the column 'a' is there twice"),
        (b"id,a\n1,0\n2,0,1\n", r"t\.csv, row 3 \(2\): it has 3 cells"),
        (b'id,a\n1,"0\n2,0\n', r"t\.csv, row 2: the quotation marks do not match"),
        (b'id,a\n1,"' + b"x" * 140_000 + b'"\n', r"t\.csv, row 2: a cell has more than 131,072 characters"),
        (b"\xff\xfei\0d\0,", r"t\.csv cannot be read as a table: it is damaged UTF-16"),
        (b"id,a\n1,\0\n", r"t\.csv cannot be read as a table: it is not text"),
        (b"9" * 5000 + b"\nSmiling Young\n1.jpg 1 1\n", r"t\.csv, row 1: it counts 9{18}\.\.\. faces, and 1 follow"),
        (b"5\nSmiling\tYoung\n1.jpg\t1\t1\n", r"t\.csv, row 1: it counts 5 faces, and 1 follow"),
        (b"5\nSmiling Young\n1.jpg 1 1\n", r"t\.csv, row 1: it counts 5 faces, and 1 follow"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_row(tmp_path, content, words):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(EditorError, match=words) as caught:
        read_table(tmp_path / "t.csv")
    assert len(str(caught.value).splitlines()) == 1


def test_a_folder_or_nothing_is_no_table(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(TableError, match="cannot be read as a table"):
            read_table(path)
