"""Labels from a CSV and from CelebA's own list say the same; what is wrong is named."""

import pytest

from editor.data.labels import read_labels
from editor.errors import SettingError

EXPECTED = (("Smiling", "Young"), {"000001": [True, False], "000002": [False, True]})
FILES = (EXPECTED[0], {f"{name}.jpg": values for name, values in EXPECTED[1].items()})


def test_a_csv(tmp_path):
    (tmp_path / "a.csv").write_text("id,Smiling,Young\n000001,1,0\n000002,-1,1\n")
    assert read_labels(tmp_path / "a.csv") == EXPECTED


def test_celebas_own_list(tmp_path):
    (tmp_path / "list_attr_celeba.txt").write_text("2\nSmiling Young \n000001.jpg  1 -1\n000002.jpg -1  1\n")
    assert read_labels(tmp_path / "list_attr_celeba.txt") == FILES


@pytest.mark.parametrize("row", ["000001,2,0", "000001,1", "000001,1,", "000001,1,0,1", "000001,yes,0"])
def test_a_wrong_row_is_named(tmp_path, row):
    (tmp_path / "a.csv").write_text(f"id,Smiling,Young\n{row}\n")
    with pytest.raises(SettingError, match=r"row 2 \(000001\)"):
        read_labels(tmp_path / "a.csv")


@pytest.mark.parametrize("text", ["", "id,Smiling\n", "nonsense\n"])
def test_a_table_without_labels(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(SettingError, match="no labels"):
        read_labels(tmp_path / "a.csv")


def test_no_table(tmp_path):
    with pytest.raises(SettingError, match="cannot be read"):
        read_labels(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["LIST.TXT", "list.txt", "list.csv", "list"])
def test_celebas_list_is_known_by_what_it_holds_not_by_its_name(tmp_path, name):
    (tmp_path / name).write_text("2\nSmiling Young \n000001.jpg  1 -1\n000002.jpg -1  1\n")
    assert read_labels(tmp_path / name) == FILES


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_excels_semicolons_in_any_encoding(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes("id;Smiling;Jünger\r\n000001;1;0\r\n000002;-1,0;1.0\r\n".encode(encoding))
    assert read_labels(tmp_path / "a.csv") == (("Smiling", "Jünger"), EXPECTED[1])


def test_the_id_need_not_stand_first(tmp_path):
    (tmp_path / "a.csv").write_text(",Smiling,image_id,Young\n0,1,000001.jpg,0\n1,-1,000002.jpg,1\n")
    assert read_labels(tmp_path / "a.csv") == FILES


@pytest.mark.parametrize("count", ["5\n", "0\n", "2\nSmiling\n000001.jpg 1\n"])
def test_a_list_with_a_count_only_or_a_wrong_one_is_refused(tmp_path, count):
    (tmp_path / "list_attr.txt").write_text(count)
    with pytest.raises(SettingError, match=r"list_attr\.txt.*(no labels|it counts 2 faces, and 1 follow)"):
        read_labels(tmp_path / "list_attr.txt")


def test_two_rows_of_one_face_that_differ_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("id,Smiling\n1,1\n2,1\n1.jpg,0\n")
    with pytest.raises(SettingError, match=r"a\.csv, row 4: the id 1 is there twice"):
        read_labels(tmp_path / "a.csv")


@pytest.mark.parametrize("names", ["Smiling\tYoung", " Smiling\tYoung ", "id\tSmiling\tYoung"])
def test_celebas_list_may_be_parted_by_tabs(tmp_path, names):
    (tmp_path / "a.txt").write_text(f"2\n{names}\n000001.jpg\t1\t-1\n000002.jpg\t-1\t1\n")
    assert read_labels(tmp_path / "a.txt") == FILES


def test_two_endings_of_one_name_are_two_rows(tmp_path):
    (tmp_path / "a.csv").write_text("id,Smiling\n1.jpg,1\n1.png,0\n")
    assert read_labels(tmp_path / "a.csv") == (("Smiling",), {"1.jpg": [True], "1.png": [False]})
