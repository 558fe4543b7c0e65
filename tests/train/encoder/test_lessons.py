"""Codes of photos: that they draw what they are of, and that a killed search goes on."""

import dataclasses

import pytest
import torch

from editor.data.labelled_faces import read_labelled_faces
from editor.errors import WeightsError
from editor.generate.preconditioner import Preconditioner
from editor.judge.likeness import pixel_distance
from editor.spaces import WPlus
from editor.train.encoder.lessons import Lessons, Teacher, read_lessons, write_lessons
from editor.train.encoder.pictures import PictureDistances

BASIS = torch.randn(512, 3 * 8 * 8, generator=torch.Generator().manual_seed(0)) / 30
KNOWN = Preconditioner(torch.eye(512), torch.zeros(18, 512, 1), torch.zeros(18, 1))


def drawn(codes):
    return (codes.float().mean(1) @ BASIS).view(-1, 3, 8, 8).tanh()


def pictures(codes, photos):
    leaf = codes.clone().requires_grad_()
    with torch.enable_grad():
        distance = pixel_distance(drawn(leaf), photos)
        (pull,) = torch.autograd.grad(distance.sum(), leaf)
    return PictureDistances(*[distance.detach()] * 4), pull


@pytest.fixture
def teacher():
    return Teacher(lambda faces: WPlus(torch.zeros(len(faces), 18, 512)), pictures, KNOWN, 8, torch.device("cpu"))


def test_codes_draw_their_faces_better_and_each_as_if_it_were_alone(teacher, random):
    faces = drawn(torch.randn(3, 18, 512, generator=random))
    codes = teacher.teach(faces, steps=10)
    before, after = pixel_distance(drawn(codes * 0), faces), pixel_distance(drawn(codes), faces)
    assert (after < 0.8 * before).all()
    assert torch.allclose(codes[1:2], teacher.teach(faces[1:2], steps=10), atol=1e-4)


def test_a_search_that_was_killed_goes_on_and_mirrors_half(teacher, given_data, tmp_path, monkeypatch):
    monkeypatch.setattr("editor.train.encoder.lessons.TOGETHER", 2)
    photos = read_labelled_faces(given_data, "train")
    whole = teacher.lessons(photos, 6, 1, 0, 16, tmp_path / "a.pt")
    write_lessons(Lessons(whole.ids[:4], whole.mirrored[:4], whole.codes[:4]), tmp_path / "b.pt")
    assert len(set(whole.ids)) == 6 and 0 < whole.mirrored.sum() < 6 and whole.codes.dtype == torch.float16

    def never(faces):
        assert len(faces) == 2, "what is known is not searched again"
        return teacher.encode(faces)

    again = dataclasses.replace(teacher, encode=never).lessons(photos, 6, 1, 0, 16, tmp_path / "b.pt")
    assert again.ids == whole.ids and torch.equal(again.codes, whole.codes)
    assert torch.equal(read_lessons(tmp_path / "b.pt").mirrored, whole.mirrored)


def test_faces_of_lessons_are_mirrored_as_their_codes(teacher, given_data):
    photos = read_labelled_faces(given_data, "train")
    lessons = Lessons(photos.ids[:2], torch.tensor([False, True]), torch.empty(2, 18, 512))
    one, other = (lessons.faces(photos, 16), Lessons(lessons.ids, ~lessons.mirrored, lessons.codes).faces(photos, 16))
    assert torch.equal(one, other.flip(-1))


def test_another_file_is_told(tmp_path):
    torch.save({"other": 1}, tmp_path / "lessons.pt")
    with pytest.raises(WeightsError, match="Delete it"):
        read_lessons(tmp_path / "lessons.pt")
