"""What finding a face tells besides the face."""

import numpy as np
import pytest
import torch

from editor import FaceError
from editor.align import FaceFinder
from tests.photos.files import encoded


@pytest.fixture(scope="module")
def find() -> FaceFinder:
    return FaceFinder(torch.device("cpu"))


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
