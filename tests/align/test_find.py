"""Finding a face: what it tells besides the face, and that the file's form does not matter."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from editor import FaceError
from editor.align import FaceFinder
from editor.face import Face
from editor.images import preview_of, read_photo
from tests.conftest import ROOT, difference
from tests.photos.files import encoded

PLACES = {"a": (0, 90, 420), "b": (440, 40, 360), "c": (820, 60, 300), "d": (1140, 70, 250), "a again": (1410, 100, 200)}
"""Left, top and side of each of five people beside each other."""


@pytest.fixture(scope="module")
def find() -> FaceFinder:
    return FaceFinder(torch.device("cpu"))


@pytest.fixture(scope="module")
def person() -> Image.Image:
    """One of the generated people, not in the middle of a photo."""
    photo = Image.new("RGB", (680, 560), (120, 130, 140))
    photo.paste(_generated("a", 400), (150, 80))
    return photo


@pytest.fixture(scope="module")
def face(find, person) -> Face:
    return find(person)


@pytest.fixture(scope="module")
def people() -> Image.Image:
    photo = Image.new("RGB", (1650, 540), (120, 130, 140))
    for name, (left, top, side) in PLACES.items():
        photo.paste(_generated(name[0], side), (left, top))
    return photo


def _generated(name: str, side: int) -> Image.Image:
    picture = Image.open(ROOT / "assets" / "examples" / f"{name}.jpg").convert("RGB")
    return picture.resize((side, side), Image.Resampling.LANCZOS)


def by_hand(face: Face) -> np.ndarray:
    """Eyes and mouth of a face that was found, as a person would place them: shares of the photo."""
    assert face.landmarks is not None
    return (np.stack([*face.landmarks[:2], face.landmarks[3:].mean(0)]) + 0.5) / face.photo_size


def test_notes_about_the_photo_come_with_the_face(find, photo):
    content = encoded(photo, "JPEG", quality=90)
    whole, cut = find(content), find(content[:-4])
    assert whole.notes == () and len(cut.notes) == 1 and "missing" in cut.notes[0]
    assert np.abs(np.asarray(whole.image, dtype=int) - np.asarray(cut.image, dtype=int)).mean() < 1


def test_found_faces_can_be_compared_and_hashed(find, photo):
    one, other = find(photo), find(photo)
    assert one != other and len({one, other, one}) == 2


def test_a_face_that_is_not_there_is_told(find, photo):
    with pytest.raises(FaceError, match="no face 2"):
        find(photo, 1)


def off(one: Face, other: Face) -> float:
    """How far corners of two faces and their boxes are apart at most, in shares of the face's side.

    Of a file that loses something, the detector reads landmarks a percent or two elsewhere.
    """
    corners = np.linalg.norm(one.quad.corners - other.quad.corners, axis=1).max()
    boxes = np.abs(np.array(one.detections[0].box) - other.detections[0].box).max()
    return float(max(corners, boxes) / other.quad.side)


@pytest.mark.parametrize(
    ("kind", "orientation"), [*((kind, number) for kind in ("PNG", "JPEG") for number in range(1, 9)), ("HEIF", 6)]
)
def test_whichever_way_the_camera_was_held_the_face_is_the_same(find, person, face, kind, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    undone = {6: 8, 8: 6}.get(orientation, orientation)  # all others undo themselves
    turn = Image.Exif()
    turn[274] = undone
    stored = person.copy()
    stored.info["exif"] = turn.tobytes()
    stored = ImageOps.exif_transpose(stored)
    found = find(encoded(stored, kind, quality=95, exif=exif.tobytes()))
    assert found.photo_size == person.size and off(found, face) < (0.05 if kind != "PNG" else 1e-9)
    assert kind != "PNG" or (difference(found.image, face.image) == 0 and found.boxes == face.boxes)


@pytest.mark.parametrize("kind", ["AVIF", "WEBP", "TIFF"])
def test_in_files_of_any_kind_the_face_is_the_same(find, person, face, kind):
    assert off(find(encoded(person, kind, quality=90)), face) < 0.05


def test_a_name_in_any_script_is_opened(find, person, face, tmp_path):
    path = tmp_path / "фото 我 #%20é.jpg"
    path.write_bytes(encoded(person, "PNG"))
    assert difference(find(path).image, face.image) == difference(find(str(path)).image, face.image) == 0


def test_five_people_keep_their_order_and_each_can_be_opened(find, people):
    photo = read_photo(encoded(people, "JPEG", quality=90))
    first = find(photo)
    assert len(first.detections) == len(PLACES)
    for index, (left, top, side) in enumerate(PLACES.values()):
        face = find(photo, index, detections=first.detections)
        middle = face.quad.corners.mean(0)
        assert left < middle[0] < left + side and top < middle[1] < top + side, "largest first"
        assert face.index == index and face.detections == first.detections
    again = find(encoded(people, "WEBP", quality=80))
    assert np.abs(np.array(again.boxes) - first.boxes).max() < 0.05


def test_faces_that_were_found_before_are_not_looked_for(find, people, monkeypatch):
    first = find(people)
    second = find(people, 1)
    monkeypatch.setattr(find._detector, "detect", lambda photo: pytest.fail("looked for faces"))
    assert difference(find(people, 1, detections=first.detections).image, second.image) == 0
    with pytest.raises(FaceError, match="no face 6"):
        find(people, 5, detections=first.detections)


def test_a_photo_that_was_read_is_not_read_again(find, person, face):
    photo = read_photo(person)
    assert read_photo(photo) is photo
    assert difference(find(photo).image, face.image) == 0


def test_a_covered_face_is_cut_out_where_a_person_sees_it(find, person, face):
    points = by_hand(face)
    left, top, right, bottom = (round(edge) for edge in face.detections[0].box)
    covered = person.copy()
    covered.paste((90, 90, 90), (left, top, right, bottom))
    with pytest.raises(FaceError, match="seen from the front"):
        find(covered)
    cut = find(covered, points=points)
    assert np.allclose(cut.quad.corners, face.quad.corners)
    seen = (np.asarray(cut.image) != 90).any(-1)
    assert 0.3 < seen.mean() < 0.9
    apart = np.abs(np.asarray(cut.image, dtype=int) - np.asarray(face.image, dtype=int))[seen]
    assert np.median(apart) == 0 and apart.mean() < 2
    assert cut.detections == () and cut.landmarks is None and cut.boxes == []


@pytest.mark.parametrize("degrees", [120, 180, 300])
def test_a_turned_face_is_cut_out_upright_where_a_person_sees_it(find, person, face, degrees):
    turned = person.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(120, 130, 140))
    angle = np.radians(degrees)
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = ((by_hand(face) - 0.5) * person.size) @ back / turned.size + 0.5
    one, other = (each.image.resize((128, 128)) for each in (find(turned, points=points), face))
    assert difference(one, other) < 3


def test_points_keep_the_faces_that_were_found(find, person, face):
    again = find(person, points=by_hand(face), detections=face.detections)
    assert again.detections == face.detections and difference(again.image, face.image) == 0


@pytest.mark.parametrize("side", [200, 825])
def test_boxes_and_outline_lie_on_the_face_in_a_preview(find, people, side):
    """A face found in the preview itself lies where the photo's does."""
    face = find(people)
    preview = preview_of(people, side)
    assert max(preview.size) == side
    for (left, top, right, bottom), (x, y, width) in zip(face.boxes, PLACES.values(), strict=True):
        place = np.array([x, y, x + width, y + width]) / (*people.size, *people.size)
        assert place[0] < left < right < place[2] and place[1] < top < bottom < place[3]
    if side == 825:
        found = find(preview)
        assert np.abs(np.array(found.boxes[0]) - face.boxes[0]).max() < 0.02
        assert np.abs(found.outline - face.outline).max() < 0.03
