"""The measures on pictures whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from editor.errors import FaceError, SettingError
from editor.evaluate.product.fidelity import _share_half_width, align_photos, find_faces, measure_fidelity, measure_refinement
from editor.images import to_picture, to_tensor


class Judge:
    """Stands for dlib: the embedding is the mean colour; a black picture has no face."""

    def embed(self, picture):
        colour = np.asarray(picture, dtype=float).mean((0, 1)) / 255
        return colour if colour.sum() > 0 else None


def editor(change):
    """An editor whose code is the face's pixels, and whose drawing is `change` of the face."""
    renderer = SimpleNamespace(draw=lambda code: to_tensor(change(to_picture(code))))
    return SimpleNamespace(encode=encode, renderer=renderer)


def encode(pixels):
    if to_picture(pixels).getpixel((0, 0)) == (1, 2, 3):
        raise RuntimeError("shapes do not match")
    return pixels


@pytest.fixture
def faces(tmp_path):
    for n, colour in enumerate(["red", "lime", "blue", "black"]):
        Image.new("RGB", (300, 300), colour).save(tmp_path / f"{n}.png")
    return find_faces(tmp_path)


def test_a_perfect_reconstruction(faces):
    result = measure_fidelity(editor(lambda face: face), Judge(), faces)
    assert (result.n, result.mse, result.mse_central, result.identity_distance) == (4, 0, 0, 0)
    assert result.same_person == 0.75 and result.not_found == 1, "a face that is not found is not the same"


def test_sixteen_of_sixteen_are_not_certainty():
    few, many = (_share_half_width(np.ones(n, bool)) for n in (16, 500))
    assert few == pytest.approx(0.097, abs=0.001) and many < 0.004, "Wilson, 1927: from 0.81 and from 0.992 to 1"
    assert _share_half_width(np.arange(100) < 30) == pytest.approx(0.0885, abs=0.002)


def test_an_error_at_the_border_is_not_central(faces):
    def frame(face):
        out = np.asarray(face).copy()
        out[:32] = 255 - out[:32]
        return Image.fromarray(out)

    result = measure_fidelity(editor(frame), Judge(), faces)
    assert result.mse == pytest.approx(4 * 32 / 256) and result.mse_central == 0


def test_another_person_is_noticed(faces):
    result = measure_fidelity(editor(lambda face: Image.new("RGB", (256, 256), "white")), Judge(), faces)
    assert result.same_person == 0 and result.identity_distance > 1


def test_faces_are_found_by_name_and_limited(tmp_path, faces):
    assert [path.name for path in find_faces(tmp_path, 2)] == ["0.png", "1.png"]
    with pytest.raises(SettingError, match="no pictures"):
        find_faces(tmp_path / "nowhere")


def test_refinement_is_measured_beside_the_encoder_alone(faces):
    def portrait(face):
        code = {"w_plus": torch.zeros(1, 18, 512), "lora": None}
        return SimpleNamespace(reconstruction=Image.new("RGB", face.size, "grey"), face=face, **code)

    def refine(portrait, steps):
        assert steps == 7
        return SimpleNamespace(**vars(portrait) | {"reconstruction": portrait.face})

    refining = SimpleNamespace(encode=encode, open_aligned=portrait, refine=refine)
    plain, refined = measure_refinement(refining, Judge(), faces, 7)
    assert plain.mse > 0.5 and plain.same_person == 0
    assert (refined.mse, refined.same_person, refined.steps, refined.n) == (0, 0.75, 7, 4) and refined.seconds >= 0


def test_photos_are_framed_first_and_those_without_a_face_passed_over(faces):
    def find(photo):
        if photo.stem == "3":
            raise FaceError("The photo has 0 face(s).")
        return SimpleNamespace(image=Image.open(photo).crop((0, 0, 100, 100)))

    framed, passed = align_photos(SimpleNamespace(find=find), faces)
    assert [face.size for face in framed] == [(100, 100)] * 3 and passed == {faces[3]: "The photo has 0 face(s)."}
    assert measure_fidelity(editor(lambda face: face), Judge(), framed).same_person == 1


@pytest.fixture
def some_bad(faces):
    """The faces, one of which is no picture and one of which makes an encoder fail as nobody foresaw."""
    faces[1].write_bytes(b"no picture")
    Image.new("RGB", (256, 256), (1, 2, 3)).save(faces[2])
    return faces


def test_one_bad_face_does_not_end_a_measurement(some_bad, capsys):
    result = measure_fidelity(editor(lambda face: face), Judge(), some_bad)
    told = capsys.readouterr().err
    assert (result.n, result.mse) == (2, 0)
    assert f"passed over {some_bad[1]}: " in told and f"{some_bad[2]}: unexpected RuntimeError: shapes do not match" in told


def test_one_bad_face_counts_neither_before_nor_after_refinement(some_bad):
    def portrait(face):
        return SimpleNamespace(reconstruction=face, w_plus=torch.zeros(1, 18, 512), lora=None)

    refining = SimpleNamespace(encode=encode, open_aligned=portrait, refine=lambda portrait, steps: portrait)
    plain, refined = measure_refinement(refining, Judge(), some_bad, 1)
    assert (plain.n, refined.n) == (2, 2)


def test_a_photo_that_fails_in_an_unforeseen_way_is_passed_over(faces):
    def find(photo):
        if photo.stem == "3":
            raise ValueError("torch.cat(): expected a non-empty list")
        return SimpleNamespace(image=Image.open(photo))

    framed, passed = align_photos(SimpleNamespace(find=find), faces)
    assert len(framed) == 3 and "unexpected ValueError" in passed[faces[3]]


def test_pictures_of_every_kind_are_found(tmp_path):
    for name in ("a.HEIC", "b.tif", "c.jpg", "d.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in find_faces(tmp_path)] == ["a.HEIC", "b.tif", "c.jpg"]
