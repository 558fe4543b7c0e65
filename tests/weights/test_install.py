"""A trained file becomes the one that is used, and its entry says so."""

import pytest

from editor.errors import WeightsError
from editor.weights import Gate
from editor.weights.install import install
from tests.weights.cards import card, manifest


def test_the_card_describes_the_new_file_and_no_other_changes(tmp_path):
    weights = tmp_path / "weights"
    weights.mkdir()
    for name in "ab":
        (weights / f"{name}.bin").write_bytes(b"old")
    path = manifest(weights, a=card(b"old", "a.bin"), b=card(b"old", "b.bin"))
    (tmp_path / "new").write_bytes(b"trained")
    install(path, "a", tmp_path / "new")
    gate = Gate(path, tmp_path / "cache")
    assert gate.path("a").read_bytes() == b"trained" and gate.cards["a"].size == 7
    assert gate.status("b") == "verified" and gate.cards["a"].licence == "l"


def test_only_files_of_the_repository_can_be_installed(tmp_path):
    table = card(b"x", "x.whl", "package", requirement="x==1", members={"x": "y"})
    path = manifest(tmp_path, x=table)
    for name in ("x", "nothing"):
        with pytest.raises(WeightsError, match="repository"):
            install(path, name, tmp_path / "new")
