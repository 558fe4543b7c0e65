"""Finding faces in photos as people have them."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from editor.align import Detector, ffhq_quad
from editor.errors import FaceError


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(torch.device("cpu"))


def best(detector: Detector, photo: Image.Image):
    """The largest face, refined: what a portrait is cut from."""
    return detector.refine(photo, detector.detect(photo)[0])


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


@pytest.mark.parametrize("colour", ["black", "white", "green"])
def test_no_face_says_what_to_try(detector, colour):
    with pytest.raises(FaceError, match="seen from the front"):
        detector.detect(Image.new("RGB", (640, 480), colour))


def test_an_aligned_face_keeps_its_frame(detector, editor):
    """Faces drawn by the generator are framed as FFHQ is: their quad is the frame."""
    from editor.generate.mobile import read_mapping
    from editor.images import to_picture
    from editor.spaces import WPlus, broadcast_w
    from editor.weights import Gate

    mapping = read_mapping(Gate().path("mobilestylegan-ffhq"))
    mean = editor.models.encoder.w_mean
    w = mean + 0.6 * (mapping(torch.randn(6, 512, generator=torch.Generator().manual_seed(3))) - mean)
    errors = []
    for code in broadcast_w(w).split(1):
        face = to_picture(editor.runtime(WPlus(code)))
        quad = ffhq_quad(best(detector, face).landmarks)
        errors.append(np.linalg.norm(quad.corners.mean(0) - 512) / 1024)
        errors.append(abs(quad.side / 1024 - 1))
    assert np.mean(errors) < 0.025
