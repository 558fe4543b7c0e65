"""What validation counts: faces that the judge takes for the same person, and those in which it finds none."""

import numpy as np
import pytest
import torch

from editor.encode import PyramidConfig, PyramidEncoder
from editor.train.encoder.validation import Validation


class Brightness:
    """Stands for dlib: a picture's brightness; finds nobody in black pictures."""

    def embed(self, picture):
        level = np.asarray(picture).mean() / 255
        return np.full(1, level) if level else None


@pytest.fixture(scope="module")
def encoder() -> PyramidEncoder:
    torch.manual_seed(0)
    return PyramidEncoder(PyramidConfig(resolution=32, pyramid=4, summary=2, glance=8)).eval()


def measured(encoder, photos, drawn):
    return Validation(photos, lambda _: torch.full((1, 3, 64, 64), drawn), Brightness())(encoder, torch.device("cpu"))


def test_a_white_drawing_is_the_white_photo_and_not_the_black_one(encoder):
    photos = torch.stack([torch.full((3, 32, 32), level, dtype=torch.uint8) for level in (255, 0)])
    found = measured(encoder, photos, drawn=1.0)
    assert found["same_person"] == 0.5, "nobody is found in the black photo"
    assert found["identity_distance"] == pytest.approx(0)
    assert found["mse_central"] == pytest.approx(2.0), "0 on one and 4 on the other"


def test_another_brightness_is_another_person(encoder):
    found = measured(encoder, torch.full((3, 3, 32, 32), 255, dtype=torch.uint8), drawn=-0.6)
    assert found["same_person"] == 0 and found["identity_distance"] == pytest.approx(0.8, abs=0.01)


def test_without_photos_nothing_is_measured(encoder):
    assert measured(encoder, torch.empty(0, 3, 32, 32, dtype=torch.uint8), drawn=0.0) == {}
