"""Reading a labelled data set."""

import numpy as np
import pytest
from PIL import Image

from editor.data.labelled_faces import ids_of_split, load_face, load_faces, read_labelled_faces
from editor.errors import PhotoError, SettingError


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
    train, validation = read_labelled_faces(data, "train").by_person(0.5, 0)
    assert not set(train.people) & set(validation.people) and len(train) + len(validation) == 3


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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_split_as_excel_writes_it(data, encoding):
    rows = "id;person;split\r\na;anna;train\r\nb;Zoë;train\r\nc;anna;unused\r\nd;;train\r\n"
    (data / "split.csv").write_bytes(rows.encode(encoding))
    train, unused = (read_labelled_faces(data, split) for split in ("train", "unused"))
    assert train.ids == ("a", "b", "d") and len(set(train.people)) == 3, "who has no name is nobody else"
    assert unused.people[0] == train.people[0], "anna is one person in both splits"
    assert ids_of_split(data / "split.csv", "unused") == {"c"}


def test_numbers_of_people_stay_as_they_are(data):
    (data / "split.csv").write_text("id,person,split\na,40.0,train\nb,40,train\nc,7,train\n")
    assert read_labelled_faces(data, "train").people.tolist() == [40, 40, 7]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("id,split\na,train\n", r"split\.csv, row 1: there is no column 'person'"),
        ("id,person,split\na,0,train\na,0,heldout\n", r"split\.csv, row 3: the id a is there twice"),
        ("id,person,split\na,0\n", r"split\.csv, row 2: the split of a is empty"),
    ],
)
def test_a_split_that_says_too_little_or_two_things_is_refused(data, rows, words):
    (data / "split.csv").write_text(rows)
    with pytest.raises(SettingError, match=words):
        read_labelled_faces(data, "train")


def test_faces_are_taken_by_their_ids_in_order(data):
    faces = read_labelled_faces(data, "train")
    assert faces.of_ids(("c", "a")).labels.tolist() == [[False, True], [True, False]]
    with pytest.raises(SettingError, match="z"):
        faces.of_ids(("z",))


@pytest.mark.parametrize("case", [str.upper, str.title])
def test_a_split_is_the_same_in_capitals(data, case):
    (data / "split.csv").write_text(f"id,person,split\na,0,{case('train')}\nb,0,train\n")
    assert read_labelled_faces(data, "train").ids == ("a", "b") == read_labelled_faces(data, case("train")).ids
    assert ids_of_split(data / "split.csv", case("train")) == {"a", "b"}


@pytest.mark.parametrize("renamed", ["{:>06}.jpg", "{:>06}.png", "{}.png"])
def test_faces_are_found_by_the_number_that_a_spreadsheet_left(data, renamed):
    for number, name in enumerate("abc", 1):
        (data / "img" / f"{name}.jpg").rename(data / "img" / renamed.format(number))
    (data / "split.csv").write_text("id;person;split\n1;0;train\n2;1;train\n3;2;train\n4;3;train\n")
    (data / "attributes.csv").write_text("id;Smiling\n000001;1\n000002;0\n3;1\n")
    faces = read_labelled_faces(data, "train")
    assert faces.labels[:, 0].tolist() == [True, False, True] and len(load_faces(faces, 32, progress=False)) == 3


def test_two_endings_of_one_name_are_two_faces(data):
    Image.new("RGB", (64, 64), "blue").save(data / "img" / "a.png")
    (data / "split.csv").write_text("id,person,split\na.jpg,0,train\na.png,1,train\nb,2,heldout\n")
    (data / "attributes.csv").write_text("id,Smiling\na.jpg,1\na.png,0\nb,0\n")
    faces = read_labelled_faces(data, "train")
    red, blue = load_faces(faces, 32, progress=False)[:, :, 0, 0].tolist()
    assert faces.ids == ("a.jpg", "a.png") and faces.labels[:, 0].tolist() == [True, False]
    assert red[0] > 200 > red[2] and blue[2] > 200 > blue[0]


def test_a_jpeg_comes_before_another_picture_of_its_name(data):
    Image.new("RGB", (64, 64), "blue").save(data / "img" / "a.png")
    assert load_face(read_labelled_faces(data, "train").path(0), 32)[0, 0, 0] > 200
