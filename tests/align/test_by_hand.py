"""Which points a person may place, and where they lie then."""

import math

import numpy as np
import pytest

from editor.align.by_hand import placed_points
from editor.align.crop import ffhq_quad, quad_of_points
from editor.errors import FaceError, PointsError

GOOD = np.array([[0.4, 0.4], [0.6, 0.4], [0.5, 0.6]])
SIZE = (800, 600)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    """Shares of a square photo, turned about its middle."""
    angle = math.radians(degrees)
    return (points - 0.5) @ np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]) + 0.5


@pytest.mark.parametrize("degrees", range(0, 360, 40))
def test_a_face_may_lie_in_any_direction(degrees):
    points = turned(GOOD, degrees)
    assert np.allclose(placed_points(points, (500, 500)), points * 500 - 0.5)


def test_plain_lists_will_do():
    assert np.allclose(placed_points(GOOD.tolist(), SIZE), GOOD * SIZE - 0.5)


NO_FACES = {
    "no numbers": ([["a", "b"]] * 3, "three points"),
    "nothing": (None, "three points"),
    "ragged": ([[0.1, 0.2], [0.3], [0.4, 0.5]], "three points"),
    "two points": (GOOD[:2], "three points"),
    "not finite": ([[0.4, math.nan], [0.6, 0.4], [0.5, 0.6]], "three points"),
    "infinite": ([[0.4, 0.4], [math.inf, 0.4], [0.5, 0.6]], "three points"),
    "outside": (GOOD + np.array([0.5, 0]), "outside"),
    "pixels": (GOOD * SIZE, "outside"),
    "one place": ([[0.5, 0.5]] * 3, "too close"),
    "a tiny face": (GOOD * 0.02, "too close"),
    "both eyes in one place": ([[0.4, 0.4], [0.4, 0.4], [0.5, 0.6]], "too close"),
    "the mouth between the eyes": ([[0.4, 0.4], [0.6, 0.4], [0.5, 0.4]], "too close"),
    "swapped eyes": (GOOD[[1, 0, 2]], "swapped"),
    "a line": ([[0.2, 0.4], [0.4, 0.4], [0.8, 0.4]], "mouth lies below"),
    "far longer than broad": ([[0.49, 0.1], [0.51, 0.1], [0.5, 0.9]], "mouth lies below"),
}


@pytest.mark.parametrize(("points", "told"), NO_FACES.values(), ids=NO_FACES.keys())
def test_what_cannot_be_a_face_is_told(points, told):
    with pytest.raises(PointsError, match=told) as error:
        placed_points(points, SIZE)
    assert isinstance(error.value, FaceError) and str(error.value).endswith(".")


def test_the_square_is_that_of_the_landmarks():
    landmarks = np.array([[40.0, 40.0], [60.0, 42.0], [50.0, 50.0], [42.0, 60.0], [57.0, 63.0]])
    points = np.stack([*landmarks[:2], landmarks[3:].mean(0)])
    assert np.array_equal(quad_of_points(points).corners, ffhq_quad(landmarks).corners)
