"""What finding a face tells besides the face."""

import numpy as np

from editor.portrait import Found
from editor.reader import FaceReader
from tests.photos.files import encoded


def test_notes_about_the_photo_come_with_the_face(editor, photo):
    content = encoded(photo, "JPEG", quality=90)
    reader = FaceReader(editor.models, editor.device)
    whole, cut = reader.find(content), reader.find(content[:-4])
    assert isinstance(cut, Found) and whole.notes == () and len(cut.notes) == 1 and "missing" in cut.notes[0]
    assert np.abs(np.asarray(whole.face, dtype=int) - np.asarray(cut.face, dtype=int)).mean() < 1


def test_found_faces_can_be_compared_and_hashed(editor, photo):
    reader = FaceReader(editor.models, editor.device)
    one, other = reader.find(photo), reader.find(photo)
    assert one != other and len({one, other, one}) == 2
