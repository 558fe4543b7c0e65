"""Folders of photos become codes: whatever one photo does, the others are encoded, and each photo is of its own row."""

import io

import pytest
import torch
from PIL import Image

from editor.data.encoding import Reading, encode_folder, encode_photos
from editor.data.labelled_folder import read_folder
from editor.errors import FaceError, SettingError, TableError
from editor.spaces import WPlus


class Reader:
    """Stands for the networks: a code holds the photo's colour. Names say what goes wrong."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def __call__(self, photo: bytes, name: str) -> WPlus:
        self.tried.append(name.removesuffix(".png"))
        if "none" in name:
            raise FaceError(f"{name} has no face.")
        if "odd" in name:
            raise ValueError("torch.cat(): expected a non-empty list")
        with Image.open(io.BytesIO(photo)) as picture:
            return WPlus(torch.full((1, 18, 512), float(picture.convert("RGB").getpixel((0, 0))[0])))


def paint(folder, **photos: int):
    for name, red in photos.items():
        path = folder / f"{name.replace('__', '/')}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (red, 0, 0)).save(path)
    return folder


@pytest.fixture
def photos(tmp_path):
    return tmp_path / "photos"


def codes_of(photos, labels=None, people=None, reader=None):
    folder = read_folder(photos, labels, people)
    return encode_folder(Reading(reader or Reader()), folder, "e", photos.parent / "work")


def table(photos, text: str, name: str = "labels.csv"):
    path = photos.parent / name
    path.write_text(text)
    return path


def test_one_photo_that_fails_in_any_way_does_not_end_the_rest(photos):
    codes, skipped = codes_of(paint(photos, a=1, none=2, odd=3, z=4))
    assert codes.ids == ("a", "z") and codes.w_plus[:, 0, 0].tolist() == [1, 4]
    assert {photo.stem: reason for photo, reason in skipped.items()} == {
        "none": "none.png has no face.",
        "odd": "unexpected ValueError: torch.cat(): expected a non-empty list",
    }


def test_a_photo_that_failed_is_not_tried_again_when_a_run_goes_on(photos):
    reader, folder = Reader(), read_folder(paint(photos, a=1, odd=3), None, None)
    for _ in range(2):
        encode_photos(Reading(reader), folder.photos, photos.parent / "work")
    assert reader.tried == ["a", "odd"]


def test_when_none_can_be_encoded_the_first_reason_is_told_and_the_next_run_tries_again(photos):
    for _ in range(2):
        reader = Reader()
        with pytest.raises(SettingError, match=r"None of 2 photos.*odd\.png: unexpected ValueError"):
            codes_of(paint(photos, odd=1, odd2=2), reader=reader)
        assert reader.tried == ["odd", "odd2"]


def test_names_that_are_not_utf8_are_no_hindrance(photos):
    paint(photos, a=1)
    (photos / "a.png").rename(photos / "none-\udcff.png")
    codes, skipped = codes_of(paint(photos, a=1))
    assert codes.ids == ("a",) and "no face" in next(iter(skipped.values()))


def test_rows_are_found_by_path(photos):
    labels = table(paint(photos, x__1=1, y__1=2), "id,Smiling\nx/1.png,1\ny/1.png,0\n")
    codes, _ = codes_of(photos, labels)
    assert codes.ids == ("x/1", "y/1") and codes.labels.tolist() == [[True], [False]] and codes.people.tolist() == [0, 1]


@pytest.mark.parametrize("what", ["labels", "people"])
def test_one_row_for_two_photos_is_refused_before_the_work(photos, what):
    text = {"labels": "id,Smiling\n1,1\n", "people": "id,person\n1,anna\n"}[what]
    with pytest.raises(TableError, match=r"x/1\.png and .*y/1\.png could all be the photo of the id 1"):
        read_folder(paint(photos, x__1=1, y__1=2), **{"labels": None, "people": None, what: table(photos, text)})


def test_photos_of_one_name_are_two_people_where_nothing_is_said(photos):
    codes, _ = codes_of(paint(photos, x__1=1, y__1=2))
    assert codes.people.tolist() == [0, 1] and codes.ids == ("x/1", "y/1")


def test_people_may_be_names_and_none(photos):
    rows = "id;person\r\na;anna\r\nb;10.0\r\nc;10\r\nd;\r\ne;anna\r\nf;photo d\r\n"
    people = table(photos, rows, "people.csv")
    codes, _ = codes_of(paint(photos, a=1, b=1, c=1, d=1, e=1, f=1), None, people)
    assert codes.people.tolist() == [0, 1, 1, 2, 0, 3]


def test_a_row_with_the_ending_is_of_that_file_alone(photos):
    paint(photos, a=1)
    Image.new("RGB", (64, 64), (200, 0, 0)).save(photos / "a.jpg", quality=100)
    codes, skipped = codes_of(photos, table(photos, "id,Smiling\na.jpg,1\n"))
    assert codes.w_plus[0, 0, 0] > 100 and len(codes) == 1 and [photo.name for photo in skipped] == ["a.png"]
    folder = read_folder(photos, table(photos, "id,Smiling\na.png,0\na.jpg,1\n"), None)
    assert folder.ids(folder.photos) == ("a.jpg", "a.png") and list(folder.labels.values()) == [[True], [False]]


def test_rows_that_a_spreadsheet_shortened_find_their_photos(photos):
    paint(photos, **{"000001": 1, "000010": 2})
    people = table(photos, "id;person\n1;anna\n10;anna\n", "people.csv")
    codes, _ = codes_of(photos, table(photos, "id;Smiling\n1;1\n10;0\n"), people)
    assert codes.labels.tolist() == [[True], [False]] and codes.people.tolist() == [0, 0]


def test_the_size_on_the_disk_is_not_underrated(photos):
    folder = read_folder(paint(photos, a=1, b=2), None, None)
    encode_folder(Reading(Reader()), folder, "e", photos.parent / "work")
    written = sum(path.stat().st_size for path in (photos.parent / "work").rglob("*.safetensors"))
    assert written / 2 < folder.size / 2 < written * 2
