"""Photos find their rows by path, and by the file's name alone only where that can mean one photo."""

from itertools import permutations
from pathlib import Path

import pytest

from editor.data.identifiers import by_id, clean_id, match_photos, photo_name
from editor.data.tables import read_table
from editor.errors import TableError

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


FOLDER = ["2.jpg", "2.png", "x/1.jpg", "y/1.jpg", "y/1.png", "3.JPG", "3.png"]


@pytest.mark.parametrize(
    ("each", "photo"),
    [
        ("2.jpg", "2.jpg"),
        ("2.png", "2.png"),
        ("x/1.jpg", "x/1.jpg"),
        ("1.png", "y/1.png"),
        ("x/1", "x/1.jpg"),
        ("3.jpg", "3.JPG"),
    ],
)
def test_an_id_with_its_ending_means_that_file_and_no_other(each, photo):
    assert match(FOLDER, [each]) == {photo: each}


def test_every_file_of_one_name_has_its_own_row():
    assert match(FOLDER[:2], ["2.jpg", "2.png"]) == {"2.jpg": "2.jpg", "2.png": "2.png"}


def test_another_ending_serves_where_no_file_has_the_rows():
    assert match(["000001.png"], ["000001.jpg"]) == {"000001.png": "000001.jpg"}


@pytest.mark.parametrize("each", ["2", "1.jpg", "y/1", "./3"])
def test_what_is_told_of_an_id_that_is_not_enough_leads_to_one_that_is(each):
    with pytest.raises(TableError, match=r"could all be the photo of the id .*the photo's path with its ending"):
        match(FOLDER, [clean_id(each)])


def test_the_number_of_a_name_serves_where_nothing_else_does():
    assert match(["000001.jpg", "a/000020.jpg"], ["1", "20", "3"]) == {"000001.jpg": "1", "a/000020.jpg": "20"}
    assert match(["1", "20"], ["000001.jpg", "000020.jpg"]) == {"1": "000001.jpg", "20": "000020.jpg"}
    assert match(["000.jpg", "010.jpg"], ["0", "10"]) == {"000.jpg": "0", "010.jpg": "10"}


def test_a_name_comes_before_its_number():
    assert match(["1.jpg", "01.jpg"], ["1", "01"]) == {"1.jpg": "1", "01.jpg": "01"}
    assert match(["1.jpg", "01.jpg"], ["1"]) == {"1.jpg": "1"}
    assert match(["3.jpg"], ["3", "03", "003"]) == {"3.jpg": "3"}


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["01.jpg", "001.jpg"], ["1"]),
        (["a/01.jpg", "b/01.jpg"], ["1"]),
        (["01.jpg"], ["1", "001"]),
        (["1.jpg", "01.jpg"], ["1", "001"]),
    ],
)
def test_a_number_that_could_mean_two_is_refused(names, ids):
    with pytest.raises(TableError, match=r"could (all )?be the photo of"):
        match(names, ids)


@pytest.mark.parametrize("each", ["b/1", "1a", "10", "-1", "\u0661"])
def test_another_number_is_another_photo(each):
    assert match(["a/000001.jpg"], [each]) == {}


def test_composed_and_decomposed_letters_are_the_same_name():
    assert photo_name(Path("d/zoe\u0308.jpg"), Path("d")) == photo_name(Path("d/zo\u00eb.jpg"), Path("d"))


def rows(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    table = read_table(tmp_path / "t.csv")
    return by_id(table, table.column("id"))


def test_the_same_row_twice_counts_once(tmp_path):
    assert list(rows(tmp_path, "id,a\n1.jpg,0\n2,1\n1,0\n")) == ["1.jpg", "2"]


def test_two_endings_are_two_ids_and_none_is_the_same_as_either(tmp_path):
    assert list(rows(tmp_path, "id,a\n1.jpg,0\n1.png,1\n")) == ["1.jpg", "1.png"]
    with pytest.raises(TableError, match=r"t\.csv, row 4: the id 1 is there twice, and row 3 says something else"):
        rows(tmp_path, "id,a\n1.jpg,0\n1.png,1\n1,0\n")


def test_rows_of_one_id_that_differ_are_refused(tmp_path):
    with pytest.raises(TableError, match=r"t\.csv, row 4: the id 1 is there twice, and row 2 says something else"):
        rows(tmp_path, "id,a\n1,0\n2,1\n1,1\n")


def test_an_empty_id_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"t\.csv, row 3: the id is empty"):
        rows(tmp_path, "id,a\n1,0\n,1\n")
