"""Reading a labelled data set."""

import numpy as np
import pytest
from PIL import Image

from editor.errors import PhotoError, SettingError
from editor.train.photos import ids_of_split, load_face, load_faces, read_labelled_faces


@pytest.fixture
def data(tmp_path):
    (tmp_path / "img").mkdir()
    for name in "abcd":
        Image.new("RGB", (64, 64), "red").save(tmp_path / "img" / f"{name}.jpg")
    (tmp_path / "attributes.csv").write_text("id,Smiling,Young\na,1,0\nb,-1,1\nc,0,1\nd,1,1\n")
    (tmp_path / "split.csv").write_text("id,person,split\na,0,train\nb,0,train\nc,1,train\nd,2,heldout\n")
    return tmp_path


def test_only_the_split_is_read(data):
    faces = read_labelled_faces(data, "train")
    assert faces.ids == ("a", "b", "c") and faces.attributes == ("Smiling", "Young")
    assert faces.labels.tolist() == [[True, False], [False, True], [False, True]]
    assert ids_of_split(data / "split.csv", "heldout") == {"d"}


def test_people_are_kept_together(data):
    train, apart = read_labelled_faces(data, "train").by_person(0.5, 0)
    assert not set(train.people) & set(apart.people) and len(train) + len(apart) == 3


def test_faces_are_shrunk_to_bytes(data):
    pictures = load_faces(read_labelled_faces(data, "train"), 32, progress=False)
    assert pictures.shape == (3, 3, 32, 32) and pictures.dtype.itemsize == 1
    assert np.allclose(pictures[0].float().mean((1, 2)), [254, 0, 0], atol=2)


@pytest.mark.parametrize("value", ["2", "0.5", ""])
def test_a_label_that_is_neither_yes_nor_no_is_refused(data, value):
    (data / "attributes.csv").write_text(f"id,Smiling\na,{value}\nb,1\nc,0\nd,0\n")
    with pytest.raises(SettingError, match="0/1"):
        read_labelled_faces(data, "train")


def test_what_is_missing_is_named(data, tmp_path):
    with pytest.raises(SettingError, match="nosplit"):
        read_labelled_faces(data, "nosplit")
    with pytest.raises(SettingError, match=r"split\.csv"):
        read_labelled_faces(tmp_path / "nowhere", "train")
    (data / "img" / "a.jpg").write_bytes(b"nothing")
    with pytest.raises(PhotoError, match=r"a\.jpg"):
        load_face(data / "img" / "a.jpg", 32)
