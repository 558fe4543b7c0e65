"""The frame's measures on frames whose error is known."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from editor.errors import FaceError, SettingError
from editor.evaluate.product.alignment import measure_alignment


def landmarks(side: float, shift: float = 0.0, size: float = 1.0) -> np.ndarray:
    """Landmarks whose FFHQ quad is the frame of `side` pixels, moved and scaled about its centre."""
    eye, down = side / 8, side / 3.6
    points = np.array([[-eye, 0], [eye, 0], [0, down / 2], [-eye / 2, down], [eye / 2, down]]) - [0, 0.1 * down]
    return points * size + side / 2 + np.array([shift * side, 0])


def detector(**error):
    def detect(picture):
        return [SimpleNamespace(landmarks=landmarks(picture.width, **error))]

    return SimpleNamespace(detect=detect, exact_landmarks=lambda _, detection: detection)


@pytest.fixture
def faces(tmp_path):
    for side in (128, 256):
        Image.new("RGB", (side, side)).save(tmp_path / f"{side}.png")
    return sorted(tmp_path.iterdir())


def test_errors_are_measured_in_shares_of_the_frame(faces):
    exact = measure_alignment(detector(), faces)
    assert (exact.n, exact.not_found) == (2, 0) and max(exact.centre, exact.scale, exact.roll) < 1e-6
    assert measure_alignment(detector(shift=0.1), faces).centre == pytest.approx(0.1)
    assert measure_alignment(detector(size=1.2), faces).scale == pytest.approx(0.2)


def test_a_face_not_found_is_counted(faces):
    calls = iter([True, False])

    def detect(picture):
        if next(calls):
            raise FaceError("none")
        return detector().detect(picture)

    result = measure_alignment(SimpleNamespace(detect=detect, exact_landmarks=lambda _, detection: detection), faces)
    assert result.not_found == 1 and result.centre < 1e-6


def test_a_picture_that_cannot_be_read_does_not_count(faces, capsys):
    faces[0].write_bytes(b"no picture")
    result = measure_alignment(detector(shift=0.1), faces)
    assert (result.n, result.not_found) == (1, 0) and result.centre == pytest.approx(0.1)
    assert f"passed over {faces[0]}" in capsys.readouterr().err


def test_where_none_can_be_read_that_is_said(faces):
    for path in faces:
        path.write_bytes(b"no picture")
    with pytest.raises(SettingError, match="None of 2 photos"):
        measure_alignment(detector(), faces)
