"""A small page, really served: at which paths and addresses, and what is left afterwards."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time

import pytest
from gradio_client import Client

from editor.cli.commands import parse
from editor.errors import SettingError
from editor.ui.server import CACHE_VARIABLE, private_cache, proxies_hidden
from tests.conftest import ROOT
from tests.ui.serving import asked, port, serving


@pytest.fixture(scope="module")
def local():
    """Served to this machine."""
    with serving() as url:
        yield url


@pytest.mark.parametrize("path", ["/gradio_api/call/nope", "/gradio_api/run/nope", "/gradio_api/call/v2/nope"])
def test_an_endpoint_that_is_not_there_is_told_in_one_sentence(local, path, caplog):
    status, body, _ = asked(local, path, "POST")
    assert (status, json.loads(body)) == (404, {"detail": "There is no endpoint of that name."})
    assert not caplog.records


@pytest.mark.parametrize("path", ["faces", "/faces", "https://proxy.example/faces/"])
def test_behind_a_path_prefix_the_page_knows_its_path(path):
    with serving(root_path=vars(parse(["--root-path", path]))["root_path"]) as url:
        assert asked(url, "/")[0] == 200
        assert json.loads(asked(url)[1])["root"].endswith("/faces")


def test_programs_reach_it_behind_a_path_prefix_too():
    with serving(root_path="/faces") as url:
        assert Client(url, verbose=False)


@pytest.mark.parametrize("host", ["::1", "::", "localhost"])
def test_it_is_served_at_other_addresses_too(host):
    with serving(host) as url:
        assert asked(url)[0] == 200 and ("[::1]" in url) is (":" in host)


def test_closing_ends_the_server_soon_though_a_page_is_open(local):
    with serving() as url:
        stream = http.client.HTTPConnection("127.0.0.1", port(url), timeout=10)
        stream.request("GET", "/gradio_api/heartbeat/abc")  # as an open page does, for as long as it is open
        assert stream.getresponse().status == 200
        began = time.monotonic()
    assert time.monotonic() - began < 5
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port(url)), timeout=1).close()


PROXIES = [
    {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"},
    {"http_proxy": "http://127.0.0.1:9", "no_proxy": "http://[::1"},
    {"ALL_PROXY": "socks5://127.0.0.1:9"},
    {"all_proxy": "unheard-of://127.0.0.1:9"},
]


@pytest.mark.parametrize("proxies", PROXIES, ids=lambda named: "-".join(named))
def test_proxies_are_hidden_where_gradio_is_imported_and_there_again_for_fetching(monkeypatch, proxies):
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with proxies_hidden():
        import httpx

        httpx.Client().close()
        assert not any(value in os.environ.values() for value in proxies.values())
    assert dict(os.environ) == before


def test_the_cache_goes_with_the_server_and_the_environment_is_as_before():
    before = os.environ.get(CACHE_VARIABLE)
    with private_cache() as cache:
        assert os.environ[CACHE_VARIABLE] == str(cache) and cache.stat().st_mode & 0o077 == 0
        (cache / "sessions").mkdir()
        (cache / "sessions" / "face.jpg").write_bytes(b"x")
    assert not cache.exists() and os.environ.get(CACHE_VARIABLE) == before


def test_a_temporary_folder_that_cannot_be_made_is_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with pytest.raises(SettingError, match="TMPDIR"), private_cache():
        pytest.fail("there is no folder")


IS_KILLED = """
import os, signal
from editor.ui.server import private_cache
with private_cache() as cache:
    (cache / "face.jpg").write_bytes(b"x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_photos_that_a_killed_server_left_are_deleted_at_the_next_start(monkeypatch, tmp_path):
    subprocess.run([sys.executable, "-c", IS_KILLED], cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    assert list(tmp_path.glob("face-editor-*/face.jpg"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_cache() as cache:
        assert list(tmp_path.iterdir()) == [cache]
