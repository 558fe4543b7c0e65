"""Codes on the disk, and what is refused."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from editor.data.codes import LabelledCodes, read_codes, write_codes
from editor.data.encoding import encode_faces
from editor.data.labelled_faces import LabelledFaces
from editor.data.published import read_latent_transformer_codes
from editor.errors import EditorError, SettingError, WeightsError
from editor.spaces import WPlus


@pytest.fixture
def codes() -> LabelledCodes:
    return LabelledCodes(WPlus(torch.ones(3, 18, 512)), torch.eye(3, 2).bool(), torch.arange(3), ("a", "b"), "hash")


def test_the_file_gives_the_codes_back(codes, tmp_path):
    write_codes(codes, tmp_path / "c.safetensors")
    again = read_codes(tmp_path / "c.safetensors")
    assert torch.equal(again.w_plus, codes.w_plus) and torch.equal(again.labels, codes.labels)
    assert (again.attributes, again.encoder) == (codes.attributes, "hash")


def test_a_code_that_is_not_a_number_is_refused(codes, tmp_path):
    codes.w_plus[1, 2, 3] = float("nan")
    write_codes(codes, tmp_path / "c.safetensors")
    with pytest.raises(SettingError, match="finite"):
        read_codes(tmp_path / "c.safetensors")


def test_labels_that_do_not_match_are_refused(codes, tmp_path):
    wrong = LabelledCodes(codes.w_plus, codes.labels[:2], codes.people, codes.attributes, codes.encoder)
    write_codes(wrong, tmp_path / "c.safetensors")
    with pytest.raises(SettingError, match="match"):
        read_codes(tmp_path / "c.safetensors")


def test_another_file_is_refused(tmp_path):
    (tmp_path / "c.safetensors").write_bytes(b"PK")
    with pytest.raises(WeightsError):
        read_codes(tmp_path / "c.safetensors")


def test_ids_go_with_their_codes(codes, tmp_path):
    named = dataclasses.replace(codes, ids=("x", "y", "z"))
    assert named.take(torch.tensor([2, 0])).ids == ("z", "x")
    assert named.take(torch.tensor([False, True, False])).ids == ("y",)
    write_codes(named, tmp_path / "c.safetensors")
    assert read_codes(tmp_path / "c.safetensors").ids == ("x", "y", "z")


@pytest.fixture
def arrays(tmp_path):
    paths = tmp_path / "dlatents.npy", tmp_path / "anno.npy"
    np.save(paths[0], np.random.default_rng(0).standard_normal((4, 18, 512)).astype(np.float32))
    np.save(paths[1], np.array([[1, -1], [1, 1], [-1, 1], [-1, -1]]))
    return paths


def test_the_latent_transformers_arrays(arrays):
    codes = read_latent_transformer_codes(*arrays, ("a", "b"))
    assert codes.w_plus.shape == (4, 18, 512) and codes.labels[:, 0].tolist() == [True, True, False, False]
    assert len(codes.people.unique()) == 4


@pytest.mark.parametrize("fault", ["rows", "values", "nan", "pickle", "shape"])
def test_arrays_that_do_not_fit_are_refused(arrays, fault):
    codes, labels = arrays
    if fault == "rows":
        np.save(labels, np.ones((3, 2)))
    elif fault == "values":
        np.save(labels, np.full((4, 2), 3))
    elif fault == "nan":
        np.save(codes, np.full((4, 18, 512), np.nan, dtype=np.float32))
    elif fault == "pickle":
        np.save(codes, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    else:
        np.save(codes, np.ones((4, 512), dtype=np.float32))
    with pytest.raises(SettingError):
        read_latent_transformer_codes(codes, labels, ("a", "b"))


def test_a_fingerprint_is_of_these_codes_alone(codes):
    labels = codes.labels.clone()
    labels[0] = ~labels[0]
    others = [
        dataclasses.replace(codes, w_plus=WPlus(codes.w_plus * 2)),
        dataclasses.replace(codes, labels=labels),
        dataclasses.replace(codes, people=codes.people + 1),
        dataclasses.replace(codes, encoder="another"),
    ]
    found = {part.fingerprint() for part in [codes, *others]}
    assert len(found) == 5 and dataclasses.replace(codes, ids=("x", "y", "z")).fingerprint() == codes.fingerprint()


@pytest.fixture
def faces(tmp_path) -> LabelledFaces:
    for name, red in (("a", 10), ("b", 20), ("c", 30)):
        Image.new("RGB", (64, 64), (red, 0, 0)).save(tmp_path / f"{name}.jpg")
    return LabelledFaces(tmp_path, ("a", "b", "c"), np.array([5, 6, 7]), ("Smiling",), np.array([[True], [False], [True]]))


def encode(images):
    """Stands for the network: a code holds the mean of its face's red."""
    return images[:, :1].mean((2, 3))[:, None].expand(-1, 18, 512)


def test_a_picture_that_cannot_be_read_is_left_out_with_its_labels(faces, capsys):
    whole = encode_faces(encode, faces, "hash", 32)
    (faces.folder / "b.jpg").write_bytes(b"no picture")
    for batch in (1, 2, 32):
        codes = encode_faces(encode, faces, "hash", 32, batch)
        assert codes.ids == ("a", "c") and codes.people.tolist() == [5, 7] and codes.labels.tolist() == [[True], [True]]
        assert torch.equal(codes.w_plus, whole.w_plus[[0, 2]])
        assert f"passed over {faces.path(1)}: b.jpg cannot be read" in capsys.readouterr().err


def test_where_no_picture_can_be_read_that_is_said(faces):
    for index in range(3):
        faces.path(index).unlink()
    with pytest.raises(SettingError, match="None of the 3 pictures"):
        encode_faces(encode, faces, "hash", 32)


def test_codes_that_cannot_be_written_leave_those_that_are_there(codes, tmp_path):
    path = tmp_path / "c.safetensors"
    write_codes(codes, path)
    with pytest.raises(EditorError):
        write_codes(codes, path / "c.safetensors")
    with pytest.raises(AttributeError):  # in the middle of the work
        write_codes(dataclasses.replace(codes, labels=None), path)
    assert read_codes(path).encoder == "hash" and len(list(tmp_path.iterdir())) == 1
