"""Finding faces in photos as people have them."""

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image, ImageEnhance

from editor.align import Detector, ffhq_quad
from editor.errors import FaceError
from editor.face import Detection
from editor.images import to_picture


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(torch.device("cpu"))


def best(detector: Detector, photo: Image.Image):
    """The largest face, refined: what a portrait is cut from."""
    return detector.exact_landmarks(photo, detector.detect(photo)[0])


@pytest.fixture(scope="module")
def found(detector, photo):
    return best(detector, photo)


def off(quad, expected) -> float:
    """Largest corner distance in shares of the expected side."""
    return float(np.linalg.norm(quad.corners - expected.corners, axis=1).max() / expected.side)


def test_landmarks_lie_where_they_should(found):
    left, right, nose, mouth_left, mouth_right = found.landmarks
    assert left[0] < nose[0] < right[0] and mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
    assert found.probability > 0.99 and 150 < left[0] < 260 and 80 < left[1] < 160


@pytest.mark.parametrize("degrees", [90, 180, 270, 45])
def test_a_turned_photo(detector, photo, found, degrees):
    turned = photo.rotate(degrees, expand=True)
    points = found.landmarks - np.array(photo.size) / 2
    angle = np.radians(degrees)
    expected = points @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = ffhq_quad(expected + np.array(turned.size) / 2)
    assert off(ffhq_quad(best(detector, turned).landmarks), expected) < 0.06


def test_a_dark_photo(detector, photo, found):
    dark = ImageEnhance.Brightness(photo).enhance(0.08)
    assert off(ffhq_quad(best(detector, dark).landmarks), ffhq_quad(found.landmarks)) < 0.06


def test_a_small_face_in_the_corner_of_24_megapixels(detector, photo, found):
    large = Image.new("RGB", (6000, 4000), (120, 130, 140))
    large.paste(photo, (5400, 3450))
    moved = found.landmarks + np.array([5400, 3450])
    assert off(ffhq_quad(best(detector, large).landmarks), ffhq_quad(moved)) < 0.06


def test_all_faces_the_largest_first(detector, photo):
    both = Image.new("RGB", (900, 512), "grey")
    both.paste(photo.resize((300, 300)), (0, 100))
    both.paste(photo, (380, 0))
    faces = detector.detect(both)
    assert len(faces) == 2 and faces[0].size > faces[1].size and faces[0].box[0] > 380


def canvas(*items: tuple[Image.Image, tuple[int, int]], size=(3000, 2000)) -> Image.Image:
    picture = Image.new("RGB", size, (120, 130, 140))
    for item, place in items:
        picture.paste(item, place)
    return picture


def scaled(photo: Image.Image, side: int, degrees: int = 0) -> Image.Image:
    return photo.resize((side, side), Image.Resampling.LANCZOS).rotate(degrees)


def middles(faces) -> list[tuple[float, float]]:
    return [tuple(face.landmarks.mean(0)) for face in faces]


def lies_in(point, place: tuple[int, int], side: int) -> bool:
    return all(low < value < low + side for value, low in zip(point, place, strict=True))


def test_small_faces_beside_a_large_one_are_offered(detector, photo):
    """The box of the face is 89 px wide in the photo of 512: here 260, 78, 55 and 39."""
    places = [((50, 200), 1500), ((1700, 100), 450), ((1800, 800), 316), ((2400, 1500), 224)]
    faces = detector.detect(canvas(*((scaled(photo, side), place) for place, side in places)))
    assert len(faces) == 4
    assert all(lies_in(middle, *place) for middle, place in zip(middles(faces), places, strict=True)), "largest first"


@pytest.mark.parametrize("turns", [(0, 90), (0, 270), (0, 180), (180, 90), (180, 270)])
def test_faces_turned_differently_are_all_offered(detector, photo, found, turns):
    places = [((100, 200), 1000), ((1500, 500), 900)]
    pictures = [scaled(photo, side, turn) for (_, side), turn in zip(places, turns, strict=True)]
    faces = detector.detect(canvas(*zip(pictures, [place for place, _ in places], strict=True)))
    assert len(faces) == 2
    for turn, (place, side) in zip(turns, places, strict=True):
        face = next(face for face in faces if lies_in(face.landmarks.mean(0), place, side))
        down = face.landmarks[3:].mean(0) - face.landmarks[:2].mean(0)
        angle = np.radians(turn)
        assert down @ [np.sin(angle), np.cos(angle)] > 0.9 * np.linalg.norm(down), "the mouth lies where the turn puts it"


@pytest.mark.parametrize("name", ["coffee", "chelsea", "rocket", "retina"])
def test_no_face_is_seen_in_what_is_none(detector, photo, name):
    """A face on a picture without any stays the only one."""
    picture = Image.fromarray(getattr(skimage.data, name)()).resize((1600, 1200))
    picture.paste(photo.resize((400, 400)), (0, 0))
    assert len(detector.detect(picture)) == 1


@pytest.mark.parametrize("upright", [False, True])
def test_a_face_in_a_strip_is_found(detector, photo, upright):
    small = photo.resize((64, 64), Image.Resampling.LANCZOS)
    size, place = ((64, 2200), (0, 1900)) if upright else ((2200, 64), (1900, 0))
    faces = detector.detect(canvas((small, place), size=size))
    assert len(faces) == 1 and lies_in(faces[0].landmarks.mean(0), place, 64)


def test_each_face_of_a_panorama_is_found_once(detector, photo):
    places = [((x, 0), 400) for x in (100, 1150, 3100, 5000)]
    faces = detector.detect(canvas(*((scaled(photo, 400), place) for place, _ in places), size=(6000, 400)))
    assert len(faces) == 4
    assert all(any(lies_in(middle, *place) for middle in middles(faces)) for place in places)


@pytest.mark.parametrize("size", [(2200, 64), (64, 2200), (100_000, 64), (64, 64)])
def test_strips_without_a_face_say_so(detector, size):
    with pytest.raises(FaceError, match="seen from the front"):
        detector.detect(Image.new("RGB", size, (120, 130, 140)))


def test_detections_can_be_compared_and_hashed(found):
    other = Detection(found.box, found.landmarks.copy(), found.probability)
    assert found != other and len({found, other, found}) == 2
    quad = ffhq_quad(found.landmarks)
    assert quad != ffhq_quad(found.landmarks) and quad in {quad}


@pytest.mark.parametrize("colour", ["black", "white", "green"])
def test_no_face_says_what_to_try(detector, colour):
    with pytest.raises(FaceError, match="seen from the front"):
        detector.detect(Image.new("RGB", (640, 480), colour))


def test_an_aligned_face_keeps_its_frame(detector, editor):
    """Faces drawn by the generator are framed as FFHQ is: their quad is the frame."""
    from editor.generate.mobile import read_mapping
    from editor.spaces import WPlus, broadcast_w
    from editor.weights import WeightStore

    mapping = read_mapping(WeightStore().path("mobilestylegan-ffhq"))
    mean = editor.models.encoder.w_mean
    w = mean + 0.6 * (mapping(torch.randn(6, 512, generator=torch.Generator().manual_seed(3))) - mean)
    errors = []
    for code in broadcast_w(w).split(1):
        face = to_picture(editor.renderer.draw(WPlus(code)))
        quad = ffhq_quad(best(detector, face).landmarks)
        errors.append(np.linalg.norm(quad.corners.mean(0) - 512) / 1024)
        errors.append(abs(quad.side / 1024 - 1))
    assert np.mean(errors) < 0.025
