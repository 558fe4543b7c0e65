"""Codes of photos: that a killed search for them goes on, and which faces they belong to."""

import pytest
import torch

from editor.data.labelled_faces import read_labelled_faces
from editor.errors import WeightsError
from editor.spaces import WPlus
from editor.train.encoder.lessons import Lessons, find_lessons, read_lessons, write_lessons


def refine(faces, steps):
    """Stands for refining: a code holds its face's left upper pixel, which tells a face from its mirror image."""
    return WPlus(steps * faces[:, 0, 0, 0][:, None, None].expand(-1, 18, 512))


def test_a_search_that_was_killed_goes_on_and_mirrors_half(given_data, tmp_path):
    photos = read_labelled_faces(given_data, "train")
    whole = find_lessons(refine, photos, 6, 1, 0, 16, tmp_path / "a.pt", together=2)
    write_lessons(Lessons(whole.ids[:4], whole.mirrored[:4], whole.codes[:4]), tmp_path / "b.pt")
    assert len(set(whole.ids)) == 6 and 0 < whole.mirrored.sum() < 6 and whole.codes.dtype == torch.float16

    def rest(faces, steps):
        assert len(faces) == 2, "what is known is not searched again"
        return refine(faces, steps)

    again = find_lessons(rest, photos, 6, 1, 0, 16, tmp_path / "b.pt", together=2)
    assert again.ids == whole.ids and torch.equal(again.codes, whole.codes)
    assert torch.equal(read_lessons(tmp_path / "b.pt").mirrored, whole.mirrored)


def test_beyond_the_number_of_photos_the_other_view_of_each_follows(given_data, tmp_path):
    photos = read_labelled_faces(given_data, "train")
    count = len(photos)
    found = find_lessons(refine, photos, 2 * count, 1, 0, 16, tmp_path / "a.pt", together=5)
    assert found.ids[:count] == found.ids[count:] and torch.equal(found.mirrored[:count], ~found.mirrored[count:])


def test_faces_of_lessons_are_mirrored_as_their_codes(given_data):
    photos = read_labelled_faces(given_data, "train")
    lessons = Lessons(photos.ids[:2], torch.tensor([False, True]), torch.empty(2, 18, 512))
    one, other = (lessons.faces(photos, 16), Lessons(lessons.ids, ~lessons.mirrored, lessons.codes).faces(photos, 16))
    assert torch.equal(one, other.flip(-1))


def test_another_file_is_told(tmp_path):
    torch.save({"other": 1}, tmp_path / "lessons.pt")
    with pytest.raises(WeightsError, match="Delete it"):
        read_lessons(tmp_path / "lessons.pt")
