"""A split keeps people apart, and says so where a table does not."""

import numpy as np
import pytest
import torch

from editor.data.labelled_faces import ids_of_split
from editor.data.splits import SPLITS, chosen_people, chosen_people_of_photos, read_split
from editor.errors import TableError


def split(tmp_path, rows: str, **more):
    (tmp_path / "split.csv").write_text("id,person,split\n" + rows)
    return read_split(tmp_path / "split.csv", **more)


@pytest.mark.parametrize("one", ["train", "validation", "test"])
@pytest.mark.parametrize("other", ["train", "validation", "test"])
@pytest.mark.parametrize(("person", "again"), [("anna", "anna"), ("7", "7.0")])
def test_nobody_is_in_two_splits(tmp_path, one, other, person, again):
    rows = f"1,{person},{one}\n2,bob,test\n3,{again},{other.title()}\n"
    if one == other:
        assert len(split(tmp_path, rows)) == 3
        return
    words = rf"split\.csv, rows 2 and 4: the person {again} is in {one} and in {other}"
    with pytest.raises(TableError, match=words):
        split(tmp_path, rows)
    with pytest.raises(TableError, match=words):
        ids_of_split(tmp_path / "split.csv", one)


def test_whoever_is_unused_or_unknown_is_in_no_two_splits(tmp_path):
    members = split(tmp_path, "1,anna,train\n2,anna,unused\n3,,train\n4,,heldout\n5,N/A,train\n6,N/A,heldout\n")
    assert members["1"].person == members["2"].person and len({member.person for member in members.values()}) == 5


def test_a_split_may_be_written_in_capitals(tmp_path):
    members = split(tmp_path, "".join(f"{n},{n},{name.title()}\n" for n, name in enumerate(SPLITS)))
    assert tuple(member.split for member in members.values()) == SPLITS


def test_the_test_split_may_be_called_heldout(tmp_path):
    members = split(tmp_path, "1,anna,test\n2,anna,Heldout\n")
    assert {member.split for member in members.values()} == {"test"}
    assert ids_of_split(tmp_path / "split.csv", "heldout") == ids_of_split(tmp_path / "split.csv", "test") == {"1", "2"}


def test_a_misspelt_split_is_told_with_those_there_are(tmp_path):
    words = r"split\.csv, row 3: the split 'trian' is not one of train, validation, test, unused\."
    with pytest.raises(TableError, match=words):
        split(tmp_path, "1,5,train\n2,6,trian\n")
    with pytest.raises(TableError, match=words):
        ids_of_split(tmp_path / "split.csv", "train")


def test_people_are_asked_for_only_where_they_are_needed(tmp_path):
    (tmp_path / "split.csv").write_text("id,split\n1,train\n2,heldout\n")
    assert ids_of_split(tmp_path / "split.csv", "train") == {"1"}
    with pytest.raises(TableError, match="no column 'person'"):
        read_split(tmp_path / "split.csv")


def test_the_people_that_a_seed_names_stay_the_same():
    """Shipped files were trained on them; PyTorch chooses for codes, NumPy for photos."""
    people = np.arange(20).repeat(2)
    of_codes = chosen_people(torch.from_numpy(people), 0.2, 3)
    of_photos = chosen_people_of_photos(people, 0.2, 3)
    assert sorted(set(people[of_codes.numpy()].tolist())) == [3, 6, 7, 12]
    assert sorted(set(people[of_photos].tolist())) == [8, 12, 16, 18]
    assert of_codes.sum() == of_photos.sum() == 8
