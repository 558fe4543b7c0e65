"""A trained file becomes the one that is used, and its entry says so."""

import pytest

from editor.errors import EditorError, WeightsError
from editor.weights import WeightStore
from editor.weights.install import install
from tests.weights.entries import entry, manifest


def test_the_card_describes_the_new_file_and_no_other_changes(tmp_path):
    weights = tmp_path / "weights"
    weights.mkdir()
    for name in "ab":
        (weights / f"{name}.bin").write_bytes(b"old")
    path = manifest(weights, a=entry(b"old", "a.bin"), b=entry(b"old", "b.bin"))
    (tmp_path / "new").write_bytes(b"trained")
    install(path, "a", tmp_path / "new")
    store = WeightStore(path, tmp_path / "cache")
    assert store.path("a").read_bytes() == b"trained" and store.entries["a"].size == 7
    assert store.status("b") == "verified" and store.entries["a"].licence == "l"


def test_a_failure_on_the_way_leaves_what_was_there(tmp_path, monkeypatch):
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "a.bin").write_bytes(b"old")
    path = manifest(weights, a=entry(b"old", "a.bin"))
    (tmp_path / "new").write_bytes(b"trained")

    def half(part, content):
        part.write_text(content[:3].decode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", half)
    with pytest.raises(EditorError, match="No space"):
        install(path, "a", tmp_path / "new")
    assert WeightStore(path, tmp_path / "cache").path("a").read_bytes() == b"old"
    assert [found.name for found in weights.iterdir() if found.suffix != ".toml"] == ["a.bin"]


def test_only_files_of_the_repository_can_be_installed(tmp_path):
    table = entry(b"x", "x.whl", "package", requirement="x==1", members={"x": "y"})
    path = manifest(tmp_path, x=table)
    for name in ("x", "nothing"):
        with pytest.raises(WeightsError, match="repository"):
            install(path, name, tmp_path / "new")


def test_what_is_no_safetensors_takes_no_place(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(b"old")
    path = manifest(tmp_path, a=entry(b"old", "a.safetensors"))
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(WeightsError, match="not a readable safetensors file"):
        install(path, "a", tmp_path / "notes.txt")
    assert (tmp_path / "a.safetensors").read_bytes() == b"old"
