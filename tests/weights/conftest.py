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
def hub_cache(tmp_path, monkeypatch) -> Path:
    """The hub's own cache, empty."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def put_into_hub_cache(cache: Path, repo: str, file: str, revision: str, content: bytes = b"weights") -> Path:
    """What a download leaves there."""
    found = cache / f"models--{repo.replace('/', '--')}" / "snapshots" / revision / file
    found.parent.mkdir(parents=True, exist_ok=True)
    found.write_bytes(content)
    return found


@pytest.fixture
def licensed(tmp_path, monkeypatch, hub_cache):
    """A store whose one file is under a licence, and what was asked of whom."""
    import huggingface_hub

    asked = SimpleNamespace(questions=[], answer=False, downloads=0)

    def download(repo, file, revision):
        asked.downloads += 1
        return str(put_into_hub_cache(hub_cache, repo, file, revision))

    def ask(question):
        asked.questions.append(question)
        return asked.answer

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.delenv(licences.VARIABLE, raising=False)
    table = entry(b"weights", "model.pt", "hub", repo="somebody/model", revision="abc", terms="nvidia-stylegan2")
    path = manifest(tmp_path, model=table)
    asked.store = lambda: WeightStore(path, tmp_path / "cache", ask=ask)
    return asked
