"""The door: started as a person starts it, and stopped as a system stops it."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from functools import partial

import pytest

from tests.conftest import ROOT


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.models
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_leaves_nothing_behind(port, tmp_path, stop):
    command = [sys.executable, "app.py", "--port", str(port), "--device", "cpu"]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # which a shell's background jobs are deaf to
    app = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, preexec_fn=heard)
    try:
        end = time.monotonic() + 90
        while True:
            try:
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read().decode()
                break
            except OSError:
                assert app.poll() is None and time.monotonic() < end
                time.sleep(0.2)
        assert "Semantic face editor" in page
        assert list(tmp_path.glob("face-editor-*"))
        app.send_signal(stop)
        app.wait(30)
    finally:
        app.kill()
    assert list(tmp_path.glob("face-editor-*")) == []


@pytest.mark.parametrize(("arguments", "words"), [(["--models", "nothing"], "embedded"), (["--port", "x"], "invalid int")])
def test_what_is_wrong_is_said(arguments, words):
    done = subprocess.run([sys.executable, "app.py", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0 and words in done.stderr and "Traceback" not in done.stderr
