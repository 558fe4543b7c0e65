"""`encode` on a folder: what can be encoded is, what cannot is passed over with the reason, and a stopped run goes on."""

import os

import numpy as np
import pytest
import torch
from PIL import Image

from editor import cli
from editor.data.codes import read_codes
from editor.data.encoding import CodeReader
from editor.edit.attributes import CELEBA
from editor.errors import EditorError
from editor.images import to_tensor


@pytest.fixture
def folder(tmp_path, photo):
    photos = tmp_path / "photos"
    photos.mkdir()
    photo.save(photos / "a.jpg", quality=90)
    photo.resize((300, 300)).save(photos / "b.png")
    Image.new("RGB", (200, 200), "green").save(photos / "c.jpg")
    (photos / "d.jpg").write_bytes(b"nothing")
    photo.save(photos / "e.jpg")
    (tmp_path / "labels.csv").write_text("id,Smiling,Young\na,1,0\nb,-1,1\nc,1,1\nd,1,1\n")
    (tmp_path / "people.csv").write_text("id,person\na,7\nb,7\n")
    return tmp_path


@pytest.fixture
def loaded(editor, monkeypatch):
    monkeypatch.setattr("editor.pipeline.Editor.load", lambda *_, **__: editor)


def encode(folder, *more: str) -> int:
    labels = ["--labels", str(folder / "labels.csv"), "--people", str(folder / "people.csv")]
    return cli.main(["encode", str(folder / "photos"), "--out", str(folder / "out" / "codes.safetensors"), *labels, *more])


def test_codes_labels_and_reasons(loaded, editor, folder, photo, capsys):
    assert encode(folder) == 0
    codes = read_codes(folder / "out" / "codes.safetensors")
    assert codes.ids == ("a", "b") and codes.attributes == ("Smiling", "Young")
    assert codes.labels.tolist() == [[True, False], [False, True]] and codes.people.tolist() == [0, 0]
    assert torch.allclose(codes.w_plus[:1].float(), editor.open(folder / "photos" / "a.jpg").w_plus, atol=0.01)
    error = capsys.readouterr().err
    assert "c.jpg: " in error and "d.jpg: " in error and "e.jpg: it has no labels" in error
    assert [path.name for path in (folder / "out").iterdir()] == ["codes.safetensors"]


def test_a_stopped_run_goes_on(loaded, folder, monkeypatch):
    encoded, real = [], CodeReader.__call__

    def stops(reader, photo, name):
        if len(encoded) == 1:
            encoded.append("stopped")
            raise KeyboardInterrupt
        encoded.append(name)
        return real(reader, photo, name)

    monkeypatch.setattr(CodeReader, "__call__", stops)
    assert encode(folder) == 130
    assert encode(folder) == 0
    assert encoded == ["a.jpg", "stopped", "b.png", "c.jpg", "d.jpg"]


def test_aligned_photos_are_taken_as_they_are(loaded, editor, folder, photo):
    assert encode(folder, "--aligned") == 0
    codes = read_codes(folder / "out" / "codes.safetensors")
    assert codes.ids == ("a", "b", "c")
    assert torch.allclose(
        codes.w_plus[:1].float(), editor.encode(to_tensor(Image.open(folder / "photos" / "a.jpg"))), atol=0.01
    )


def test_the_latent_transformers_codes(tmp_path):
    np.save(tmp_path / "w.npy", np.zeros((2, 18, 512), dtype=np.float32))
    np.save(tmp_path / "y.npy", np.where(np.arange(80).reshape(2, 40) % 3, 1, -1))
    out = tmp_path / "codes.safetensors"
    assert cli.main(["encode", str(tmp_path / "w.npy"), "--labels", str(tmp_path / "y.npy"), "--out", str(out)]) == 0
    assert read_codes(out).attributes == CELEBA and out.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    os.umask(now := os.umask(0))
    return now


def test_codes_that_are_there_are_kept(tmp_path, capsys):
    out = tmp_path / "codes.safetensors"
    out.write_text("mine")
    for photos in ("w.npy", "photos"):
        assert cli.main(["encode", str(tmp_path / photos), "--out", str(out)]) == 1
        assert "--overwrite" in capsys.readouterr().err and out.read_text() == "mine"


@pytest.mark.parametrize(
    ("labels", "more", "words"),
    [
        ("y.npy", ["--people", "who.csv"], "--people"),
        ("y.npy", ["--aligned"], "--aligned"),
        ("empty.npy", [], "NumPy"),
        ("z.npz", [], ".npy"),
    ],
)
def test_codes_of_others_are_converted_as_asked_or_not_at_all(tmp_path, capsys, labels, more, words):
    np.save(tmp_path / "w.npy", np.zeros((2, 18, 512), dtype=np.float32))
    np.save(tmp_path / "y.npy", np.ones((2, 40), dtype=int))
    np.savez(tmp_path / "z.npz", y=np.ones((2, 40), dtype=int))
    (tmp_path / "empty.npy").touch()
    files = ["--labels", str(tmp_path / labels), "--out", str(tmp_path / "c.safetensors")]
    assert cli.main(["encode", str(tmp_path / "w.npy"), *files, *more]) == 1
    error = capsys.readouterr().err.strip()
    assert words in error and len(error.splitlines()) == 1 and not (tmp_path / "c.safetensors").exists()


@pytest.mark.parametrize(
    ("photos", "more", "words"),
    [("empty", [], "no pictures"), ("w.npy", [], "--labels"), ("empty", ["--out", "x.pt"], "safetensors")],
)
def test_what_is_wrong_is_one_line(tmp_path, capsys, photos, more, words):
    (tmp_path / "empty").mkdir()
    assert cli.main(["encode", str(tmp_path / photos), "--out", str(tmp_path / "c.safetensors"), *more]) == 1
    error = capsys.readouterr().err.strip()
    assert words in error and len(error.splitlines()) == 1


@pytest.mark.parametrize("out", ["afile/x.safetensors", "d.safetensors", "/proc/x.safetensors", f"{'n' * 250}.safetensors"])
def test_where_codes_cannot_be_written_is_told_before_the_work(tmp_path, capsys, out):
    (tmp_path / "afile").touch()
    (tmp_path / "d.safetensors").mkdir()
    assert cli.main(["encode", str(tmp_path / "nowhere"), "--out", str(tmp_path / out)]) == 1
    error = capsys.readouterr().err.strip()
    assert len(error.splitlines()) == 1 and any(words in error for words in ("is a file", "is a folder", "cannot be written"))


def test_codes_that_cannot_be_written_are_not_lost(loaded, folder, monkeypatch, capsys):
    def fail(*_):
        raise EditorError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("editor.data.encoding_run.write_codes", fail)
        assert encode(folder) == 1
    monkeypatch.setattr(CodeReader, "__call__", lambda *_: pytest.fail("it was encoded again"))
    assert encode(folder) == 0 and len(read_codes(folder / "out" / "codes.safetensors")) == 2


def test_a_table_with_a_mistake_is_one_line(folder, capsys):
    (folder / "people.csv").write_bytes("id;wer\r\na;Zo\xeb\r\n".encode("cp1252"))
    assert encode(folder) == 1
    error = capsys.readouterr().err.strip()
    assert "people.csv, row 1: there is no column 'person'" in error and len(error.splitlines()) == 1


def test_a_disk_without_room_for_the_codes_is_told_before_the_work(folder, monkeypatch, capsys):
    monkeypatch.setattr("editor.data.encoding_run.encode_folder", lambda *_: pytest.fail("the work began"))
    monkeypatch.setattr("editor.data.labelled_folder.CHANNELS", 10**16)
    assert encode(folder) == 1
    assert "cannot take about" in capsys.readouterr().err and not (folder / "out").exists()
