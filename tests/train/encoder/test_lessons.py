"""Codes of photos: that a killed search for them goes on, and which faces they belong to."""

import dataclasses

import pytest
import torch

from editor.data.labelled_faces import read_labelled_faces
from editor.data.pictures import PictureDistances
from editor.data.refining import Refiner
from editor.errors import WeightsError
from editor.generate.preconditioner import Preconditioner
from editor.judge.likeness import pixel_distance
from editor.spaces import WPlus
from editor.train.encoder.lessons import Lessons, find_lessons, read_lessons, write_lessons

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
def refine() -> Refiner:
    return Refiner(lambda faces: WPlus(torch.zeros(len(faces), 18, 512)), pictures, KNOWN, 8, torch.device("cpu"))


def test_a_search_that_was_killed_goes_on_and_mirrors_half(refine, given_data, tmp_path, monkeypatch):
    monkeypatch.setattr("editor.train.encoder.lessons.TOGETHER", 2)
    photos = read_labelled_faces(given_data, "train")
    whole = find_lessons(refine, photos, 6, 1, 0, 16, tmp_path / "a.pt")
    write_lessons(Lessons(whole.ids[:4], whole.mirrored[:4], whole.codes[:4]), tmp_path / "b.pt")
    assert len(set(whole.ids)) == 6 and 0 < whole.mirrored.sum() < 6 and whole.codes.dtype == torch.float16

    def never(faces):
        assert len(faces) == 2, "what is known is not searched again"
        return refine.encode(faces)

    again = find_lessons(dataclasses.replace(refine, encode=never), photos, 6, 1, 0, 16, tmp_path / "b.pt")
    assert again.ids == whole.ids and torch.equal(again.codes, whole.codes)
    assert torch.equal(read_lessons(tmp_path / "b.pt").mirrored, whole.mirrored)


def test_faces_of_lessons_are_mirrored_as_their_codes(given_data):
    photos = read_labelled_faces(given_data, "train")
    lessons = Lessons(photos.ids[:2], torch.tensor([False, True]), torch.empty(2, 18, 512))
    one, other = (lessons.faces(photos, 16), Lessons(lessons.ids, ~lessons.mirrored, lessons.codes).faces(photos, 16))
    assert torch.equal(one, other.flip(-1))


def test_another_file_is_told(tmp_path):
    torch.save({"other": 1}, tmp_path / "lessons.pt")
    with pytest.raises(WeightsError, match="Delete it"):
        read_lessons(tmp_path / "lessons.pt")
