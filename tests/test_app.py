"""The door: started as a person starts it, and stopped at any moment."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from editor.cli.commands import parse
from editor.models import MODEL_SETS
from editor.options import ModelSetName
from tests.conftest import ROOT

STOPS = pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
STOPS_OF_ALL_KINDS = pytest.mark.parametrize(
    "stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name
)
PROXIES = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}
"""Where nobody answers; without NO_PROXY."""


@contextmanager
def app(folder: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen]:
    """The app, its temporary files in `folder`."""
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which a shell's background jobs are deaf to
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with subprocess.Popen(
        [sys.executable, "app.py", "--device", "cpu", *arguments],
        cwd=ROOT,
        env=inherited | {"TMPDIR": str(folder)} | variables,
        preexec_fn=heard,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_line(process: subprocess.Popen) -> str:
    """The line that says where the page is served."""
    assert process.stdout
    return process.stdout.readline()


def stop_it(process: subprocess.Popen, number: signal.Signals) -> tuple[int, str, str]:
    """Stop the app: its exit status, what it said on stdout, and on stderr but for weights that it began to fetch."""
    process.send_signal(number)
    out, said = process.communicate(timeout=10)
    return process.returncode, out, "".join(line for line in said.splitlines() if not line.startswith("Fetching "))


def caches(folder: Path) -> list[Path]:
    return list(folder.glob("face-editor-*"))


@pytest.mark.models
@STOPS
def test_the_page_answers_once_its_address_is_printed_and_nothing_is_left_when_it_stops(tmp_path, stop):
    with app(tmp_path, "--port", "0", **PROXIES) as process:
        line = read_line(process)
        url = line.split()[3]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url) and "Ctrl-C" in line
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert "Semantic face editor" in opener.open(f"{url}/", timeout=5).read().decode()
        assert caches(tmp_path)
        assert stop_it(process, stop) == (0, "", ""), "while OpenVINO makes ready what the first edit needs"
    assert caches(tmp_path) == []


@STOPS
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.6, 1.5, 3.0])
def test_it_can_be_stopped_at_any_moment_of_its_start(tmp_path, stop, seconds):
    with app(tmp_path, "--port", "0") as process:
        end = time.monotonic() + 20
        while not caches(tmp_path):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.005)
        time.sleep(seconds)
        began = time.monotonic()
        status, out, said = stop_it(process, stop)
        assert time.monotonic() - began < 5 and said == ""
        assert status == (0 if out else 128 + stop), "0 where it served already"
    assert caches(tmp_path) == []


@STOPS_OF_ALL_KINDS
def test_an_interruption_before_the_options_are_read_ends_it_at_once(tmp_path, stop):
    interrupts = f"""
import os, sys
def watch(frame, event, argument):
    if frame.f_code.co_filename.endswith("editor/__init__.py"):  # the first thing that the door imports
        sys.setprofile(None)
        os.kill(os.getpid(), {int(stop)})
sys.setprofile(watch)
"""
    (tmp_path / "sitecustomize.py").write_text(interrupts)
    with app(tmp_path, PYTHONPATH=str(tmp_path)) as process:
        _, said = process.communicate(timeout=10)
        assert (process.returncode, said) == (128 + stop, "")


@STOPS_OF_ALL_KINDS
def test_an_interruption_before_anything_is_imported_ends_it_at_once(tmp_path, stop):
    interrupts = f"""
import os, sys
def watch(frame, event, argument):
    if frame.f_back and frame.f_back.f_code.co_filename.endswith("app.py"):  # the first that is not the door itself
        sys.setprofile(None)
        os.kill(os.getpid(), {int(stop)})
sys.setprofile(watch)
"""
    (tmp_path / "sitecustomize.py").write_text(interrupts)
    with app(tmp_path, PYTHONPATH=str(tmp_path)) as process:
        _, said = process.communicate(timeout=10)
        assert (process.returncode, said) == (128 + stop, "")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_download_that_is_stopped_leaves_no_files_and_no_process(tmp_path, stop):
    temporary, cache = tmp_path / "temporary", tmp_path / "cache"
    temporary.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes pip's connection and never answers
        silent.settimeout(60)
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        variables = {"PIP_INDEX_URL": index, "PIP_EXTRA_INDEX_URL": "", "PIP_NO_INDEX": "0", "EDITOR_CACHE": str(cache)}
        with app(temporary, "--port", "0", **variables) as process, silent.accept()[0] as connection:
            assert list(cache.glob("part-*")), "it is under way"
            assert stop_it(process, stop) == (128 + stop, "", "")
            connection.settimeout(5)
            while connection.recv(1 << 16):  # until pip has ended
                pass
    assert list(temporary.iterdir()) == [] and [path.name for path in cache.iterdir() if path.name != "hashes.json"] == []


def test_a_taken_port_is_told_before_anything_is_loaded(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for asked, variables in ((["--port", port], {}), ([], {"GRADIO_SERVER_PORT": port})):
            with app(tmp_path, *asked, **variables) as process:
                out, said = process.communicate(timeout=10)
            assert process.returncode == 1 and out == "" and caches(tmp_path) == []
            assert said.startswith("error: ") and "--port" in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--models", "nothing"], "embedded"),
        (["--port", "x"], "not a port"),
        (["--port", "99999"], "not a port"),
        (["--port", "-1"], "port"),
        (["--generator", "missing.pt"], "not a file"),
        (["--allow-host", "a b"], "name of a host"),
        (["--allow-host", "http://["], "name of a host"),
        (["--root-path", "http://["], "no path"),
        (["--root-path", "a b"], "no path"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_soon(tmp_path, arguments, words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with app(tmp_path, *arguments) as process:
        _, said = process.communicate(timeout=20)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == 2 and words in said and said.count("\n") == 1
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.6, (
        "seconds of a processor, however busy it is"
    )


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"GRADIO_SERVER_PORT": "x"}, "port"),
        ({"EDITOR_ALLOW_HOSTS": "a.example, b c"}, "EDITOR_ALLOW_HOSTS"),
        ({"EDITOR_ALLOW_HOSTS": "http://["}, "EDITOR_ALLOW_HOSTS"),
        ({"GRADIO_ROOT_PATH": "http://["}, "GRADIO_ROOT_PATH"),
    ],
)
def test_wrong_variables_are_told_as_wrong_options_are(tmp_path, variables, words):
    with app(tmp_path, **variables) as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 2 and words in said and said.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--host", "nowhere.invalid"], ["--device", "cpu", "--host", "203.0.113.7"]])
def test_a_host_of_another_machine_is_told_in_one_line(tmp_path, arguments):
    with app(tmp_path, *arguments) as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1 and "--host" in said and said.count("\n") == 1


@pytest.mark.parametrize("name", ["file", "a" * 300])
def test_weights_that_cannot_be_had_are_told_in_one_line(tmp_path, name):
    (tmp_path / "file").write_text("in the way")
    with app(tmp_path, "--port", "0", EDITOR_CACHE=str(tmp_path / name)) as process:
        out, said = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "" and said.startswith("error: ") and said.count("\n") == 1
    assert "EDITOR_CACHE" in said
    assert caches(tmp_path) == []


def test_a_path_without_its_slash_is_taken_for_one_with_it(monkeypatch):
    assert {vars(parse(["--root-path", path]))["root_path"] for path in ("faces", "/faces/")} == {"/faces"}
    monkeypatch.setenv("GRADIO_ROOT_PATH", "faces")
    assert vars(parse([]))["root_path"] == "/faces"


def test_the_documents_name_both_options_that_a_proxy_with_a_path_needs():
    sentences = [text for text in (ROOT / "docs" / "use.md").read_text().split(". ") if "--root-path" in text]
    assert sentences and all("--allow-host" in text for text in sentences)


def test_the_options_name_every_model_set():
    assert tuple(MODEL_SETS) == get_args(ModelSetName)
