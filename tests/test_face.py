"""What a face tells of its place in the photo."""

import numpy as np
import pytest
from PIL import Image

from editor.align import whole_quad
from editor.face import Detection, Face, Quad

SQUARE = Image.new("RGB", (64, 64))


def detection(*box: float) -> Detection:
    return Detection((box[0], box[1], box[2], box[3]), np.zeros((5, 2)), 1.0)


def test_boxes_are_shares_of_the_photo_and_stay_in_it():
    found = (detection(20, 30, 60, 90), detection(-10, -5, 210, 50))
    face = Face(SQUARE, whole_quad(64, 64), found, photo_size=(200, 100))
    assert face.boxes == [pytest.approx((0.1, 0.3, 0.3, 0.9)), pytest.approx((0, 0, 1, 0.5))]


def test_the_outline_may_leave_the_photo():
    quad = Quad(np.array([[-20.0, 10], [-20, 110], [80, 110], [80, 10]]))
    face = Face(SQUARE, quad, photo_size=(200, 100))
    assert np.allclose(face.outline, [[-0.1, 0.1], [-0.1, 1.1], [0.4, 1.1], [0.4, 0.1]])


def test_of_an_aligned_face_the_outline_is_the_whole_and_there_are_no_boxes():
    face = Face(SQUARE, whole_quad(64, 64))
    assert face.outline.tolist() == [[0, 0], [0, 1], [1, 1], [1, 0]] and face.boxes == []
