"""Labels from a CSV and from CelebA's own list say the same; what is wrong is named."""

import pytest

from editor.errors import SettingError
from editor.train.labels import read_labels

EXPECTED = (("Smiling", "Young"), {"000001": [True, False], "000002": [False, True]})


def test_a_csv(tmp_path):
    (tmp_path / "a.csv").write_text("id,Smiling,Young\n000001.jpg,1,0\n000002,-1,1\n")
    assert read_labels(tmp_path / "a.csv") == EXPECTED


def test_celebas_own_list(tmp_path):
    (tmp_path / "list_attr_celeba.txt").write_text("2\nSmiling Young \n000001.jpg  1 -1\n000002.jpg -1  1\n")
    assert read_labels(tmp_path / "list_attr_celeba.txt") == EXPECTED


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
