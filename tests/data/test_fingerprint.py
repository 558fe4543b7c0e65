"""Labelled faces are told apart by their content."""

import pytest

from editor.data.fingerprint import hash_of_data
from editor.errors import SettingError


def test_tables_and_pictures_count_and_nothing_else(tmp_path):
    (tmp_path / "img").mkdir()
    for table in ("attributes.csv", "split.csv"):
        (tmp_path / table).touch()
    seen = [hash_of_data(tmp_path)]
    (tmp_path / "notes.txt").touch()
    assert hash_of_data(tmp_path) == seen[0]
    for path, content in (("split.csv", "id"), ("img/1.jpg", "face"), ("img/1.jpg", "a face")):
        (tmp_path / path).write_text(content)
        seen.append(hash_of_data(tmp_path))
    assert len(set(seen)) == 4


@pytest.mark.parametrize("missing", ["img", "split.csv"])
def test_what_is_missing_is_named(tmp_path, missing):
    for name in {"attributes.csv", "split.csv"} - {missing}:
        (tmp_path / name).touch()
    with pytest.raises(SettingError, match=rf"no folder of labelled faces: .*{missing}"):
        hash_of_data(tmp_path)
