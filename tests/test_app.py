"""The door: started as a person starts it, and stopped at any moment."""

import os
import re
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

import pytest

from editor.models import MODEL_SETS
from editor.ui.command import MODELS
from tests.conftest import ROOT

STOPS = pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
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


@STOPS
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
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_soon(tmp_path, arguments, words):
    began = time.monotonic()
    with app(tmp_path, *arguments) as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 2 and words in said and said.count("\n") == 1
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("variables", "words"),
    [({"GRADIO_SERVER_PORT": "x"}, "port"), ({"EDITOR_ALLOW_HOSTS": "a.example, b c"}, "EDITOR_ALLOW_HOSTS")],
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


def test_weights_that_cannot_be_had_are_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with app(tmp_path, "--port", "0", EDITOR_CACHE=str(tmp_path / "file")) as process:
        out, said = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "" and said.startswith("error: ") and said.count("\n") == 1
    assert caches(tmp_path) == []


def test_the_options_name_every_model_set():
    assert tuple(MODEL_SETS) == MODELS
