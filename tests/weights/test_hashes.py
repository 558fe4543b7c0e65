"""What is remembered of hashed files: no file that has changed passes, and no record does harm."""

import os
import time

import pytest

from editor.errors import WeightsError
from editor.weights import WeightStore, hashes, sha256_of
from editor.weights.hashes import Hashes
from tests.weights.entries import entry, manifest


@pytest.fixture
def read(monkeypatch) -> list:
    """The files that were read whole."""
    found = []
    monkeypatch.setattr(hashes, "sha256_of", lambda path: (found.append(path.name), sha256_of(path))[1])
    return found


def aged(path, content: bytes, seconds: float = 60):
    path.write_bytes(content)
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def test_a_file_is_read_once_and_the_next_start_remembers_it(tmp_path, read):
    path = aged(tmp_path / "a", b"aaaa")
    assert {Hashes(tmp_path / "record.json").of(path) for _ in range(3)} == {sha256_of(path)} and read == ["a"]


@pytest.mark.parametrize("content", [b"aaab", b"aaaaa"], ids=["as long", "longer"])
def test_a_changed_file_is_read_again(tmp_path, read, content):
    known, path = Hashes(tmp_path / "record.json"), aged(tmp_path / "a", b"aaaa")
    before = known.of(path)
    path.write_bytes(content)
    assert known.of(path) == sha256_of(path) != before


def test_a_file_that_has_just_been_written_is_not_trusted_to_stay_so(tmp_path, read):
    known, path = Hashes(tmp_path / "record.json"), aged(tmp_path / "a", b"aaaa", seconds=0)
    status = path.stat()
    known.of(path)
    path.write_bytes(b"aaab")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # within one tick of the disk's clock
    assert known.of(path) == sha256_of(path)


@pytest.mark.parametrize("record", ["", "{", "[]", '{"%s": 1}', '{"%s": [4, 5]}'])
def test_a_damaged_record_is_as_none(tmp_path, record):
    path = aged(tmp_path / "a", b"aaaa")
    (tmp_path / "record.json").write_text(record.replace("%s", str(path)))
    assert Hashes(tmp_path / "record.json").of(path) == sha256_of(path)


def test_where_nothing_can_be_remembered_files_are_hashed_all_the_same(tmp_path, read):
    path = aged(tmp_path / "a", b"aaaa")
    assert [Hashes(path / "record.json").of(path) for _ in range(2)] == [sha256_of(path)] * 2 and len(read) == 2


def test_files_that_are_gone_are_forgotten(tmp_path):
    known = Hashes(tmp_path / "record.json")
    for name in "ab":
        known.of(aged(tmp_path / name, b"aaaa"))
        (tmp_path / name).unlink()
    assert str(tmp_path / "a") not in (tmp_path / "record.json").read_text()


def test_weights_are_hashed_once_and_damage_is_noticed_at_the_next_start(tmp_path, read):
    path = aged(tmp_path / "w.bin", b"right")
    entries = manifest(tmp_path, w=entry(b"right", "w.bin"))
    for _ in range(3):
        WeightStore(entries, tmp_path / "cache").path("w")
    assert read == ["w.bin"]
    path.write_bytes(b"wrong")
    with pytest.raises(WeightsError, match="not the file"):
        WeightStore(entries, tmp_path / "cache").path("w")
