"""Photos find their rows by path, and by the file's name alone only where that can mean one photo."""

from itertools import permutations
from pathlib import Path

import pytest

from editor.errors import TableError
from editor.train.identifiers import by_id, match_photos, photo_name
from editor.train.tables import read_table

TABLE = Path("labels.csv")


def match(names, ids):
    return match_photos({name: name for name in names}, ids, TABLE)


def test_paths_come_before_names():
    assert match(["x/1", "y/1"], ["x/1", "y/1"]) == {"x/1": "x/1", "y/1": "y/1"}
    assert match(["x/1", "y/1"], ["y/1"]) == {"y/1": "y/1"}, "the other has no row"


def test_a_name_serves_where_only_one_photo_bears_it():
    assert match(["x/1", "y/2"], ["1", "2"]) == {"x/1": "1", "y/2": "2"}
    assert match(["1", "2"], ["images/1"]) == {"1": "images/1"}


def test_another_folder_is_another_photo():
    assert match(["x/1"], ["y/1"]) == {}


@pytest.mark.parametrize("names", permutations(["x/1", "y/1"]))
def test_a_name_that_could_mean_two_photos_is_refused(names):
    with pytest.raises(TableError, match=r"labels\.csv: [xy]/1 and [xy]/1 could all be the photo of the id 1"):
        match(names, ["1"])


def test_a_photo_that_could_mean_two_ids_is_refused():
    with pytest.raises(TableError, match=r"labels\.csv: 1 could be the photo of several ids"):
        match(["1"], ["x/1", "y/1"])


def test_two_endings_of_one_name_are_two_photos():
    names = {photo: photo_name(photo, Path("d")) for photo in (Path("d/1.jpg"), Path("d/1.png"))}
    with pytest.raises(TableError, match=r"1\.jpg and d/1\.png could all be"):
        match_photos(names, ["1"], TABLE)


def test_composed_and_decomposed_letters_are_the_same_name():
    assert photo_name(Path("d/zoe\u0308.jpg"), Path("d")) == photo_name(Path("d/zo\u00eb.jpg"), Path("d"))


def rows(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    table = read_table(tmp_path / "t.csv")
    return by_id(table, table.column("id"))


def test_the_same_row_twice_counts_once(tmp_path):
    assert list(rows(tmp_path, "id,a\n1.jpg,0\n2,1\n1,0\n")) == ["1", "2"]


def test_rows_of_one_id_that_differ_are_refused(tmp_path):
    with pytest.raises(TableError, match=r"t\.csv, row 4: the id 1 is there twice, and row 2 says something else"):
        rows(tmp_path, "id,a\n1,0\n2,1\n1,1\n")


def test_an_empty_id_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"t\.csv, row 3: the id is empty"):
        rows(tmp_path, "id,a\n1,0\n,1\n")
