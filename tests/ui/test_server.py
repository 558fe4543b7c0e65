"""A small page, really served: who is answered, where, and what is left afterwards."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr
import pytest
from gradio_client import Client

from editor.ui.address import listen
from editor.ui.guard import host_name
from editor.ui.page import Page
from editor.ui.server import CACHE_VARIABLE, launch, private_cache, proxies_hidden
from editor.ui.visitors import Visitors
from tests.conftest import ROOT


def small_page(folder: Path) -> Page:
    with gr.Blocks(analytics_enabled=False) as blocks:
        text = gr.Textbox()
        text.submit(lambda said: said, text, text, api_name="echo", queue=False)
    return Page(blocks, Visitors(folder))


@contextlib.contextmanager
def serving(host: str = "127.0.0.1", **how):
    with tempfile.TemporaryDirectory() as folder:
        server = launch(small_page(Path(folder)), listen(host, 0), **how)
        yield server.url
        server.close()


@pytest.fixture(scope="module")
def local():
    """Served to this machine."""
    with serving() as url:
        yield url


@pytest.fixture(scope="module")
def everywhere():
    """Served to all, and known as faces.example.org too."""
    with serving("0.0.0.0", allowed_hosts=["faces.example.org"]) as url:
        yield url


def asked(url: str, path: str = "/config", method: str = "GET", **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
    """The status, the body and the headers of an answer; `headers` with underscores for hyphens, `Host` included."""
    connection = http.client.HTTPConnection(urlsplit(url).hostname or "", urlsplit(url).port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = json.dumps({"data": ["hello"]}) if method == "POST" else None
    connection.request(method, path, body, {"Content-Type": "application/json"} | named)
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def written(url: str, **headers: str) -> int:
    """The status of a request that has an effect."""
    return asked(url, "/gradio_api/run/echo", "POST", **headers)[0]


def port(url: str) -> int:
    return urlsplit(url).port or 0


def test_programs_and_browsers_are_answered_at_once(local):
    assert asked(local)[0] == 200 and written(local) == 200
    assert written(local, Origin=local, Host=urlsplit(local).netloc) == 200
    assert Client(local, verbose=False).predict("hello", api_name="/echo") == "hello"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST", "localhost."])
def test_this_machines_names_are_answered_with_any_port(local, name):
    assert asked(local, Host=f"{name}:8080")[0] == asked(local, Host=name)[0] == 200, "as through a forwarded port"


@pytest.mark.parametrize(
    "name",
    ["evil.example", "127.0.0.1.evil.example", "192.0.2.7", "0.0.0.0", "127.0.0.1@evil.example", "", "a b", "localhost.evil"],
)
def test_a_page_that_rebinds_its_name_to_this_machine_is_refused(local, name):
    status, body, headers = asked(local, Host=f"{name}:{port(local)}", Origin=f"http://{name}:{port(local)}")
    assert status == 403 and "--allow-host" in body and body.count("\n") == 1
    assert "access-control-allow-origin" not in headers
    assert written(local, Host=f"{name}:{port(local)}") == 403


def test_a_request_without_a_host_is_refused(local):
    with socket.create_connection(("127.0.0.1", port(local)), timeout=10) as connection:
        connection.sendall(b"GET /config HTTP/1.0\r\n\r\n")
        assert b" 403 " in connection.recv(200)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:3000", "http://127.0.0.1", "http://192.0.2.7"]
)
@pytest.mark.parametrize("server", ["local", "everywhere"])
def test_pages_of_other_sites_are_refused_and_may_read_nothing(request, server, origin):
    url = request.getfixturevalue(server)
    assert written(url, Origin=origin) == 403
    for method in ("GET", "OPTIONS"):
        status, _, headers = asked(url, method=method, Origin=origin, Access_Control_Request_Method="POST")
        assert status == 403 and "access-control-allow-origin" not in headers


@pytest.mark.parametrize("name", ["192.0.2.7", "[2001:db8::7]", "localhost", socket.gethostname(), "faces.example.org"])
def test_served_to_all_it_answers_to_numbers_this_machines_name_and_what_was_allowed(everywhere, name):
    host = f"{name}:{port(everywhere)}"
    assert asked(everywhere, Host=host)[0] == 200 and written(everywhere, Host=host, Origin=f"http://{host}") == 200


def test_served_to_all_it_still_refuses_foreign_names(everywhere):
    assert asked(everywhere, Host=f"evil.example:{port(everywhere)}")[0] == 403


def test_pages_of_an_allowed_site_may_send_requests_as_behind_a_proxy_that_changes_the_host(everywhere):
    assert written(everywhere, Origin="https://faces.example.org") == 200


def test_a_star_allows_all():
    with serving(allowed_hosts=["*"]) as url:
        assert asked(url, Host="evil.example")[0] == 200 and written(url, Origin="https://evil.example") == 200


@pytest.mark.parametrize("header", ["X_Forwarded_Host", "X_Gradio_Server"])
def test_the_name_that_a_proxy_forwards_counts_only_if_it_is_allowed(everywhere, header):
    for name, believed in (("evil.example", False), ("faces.example.org", True)):
        value = name if header == "X_Forwarded_Host" else f"http://{name}"
        _, body, _ = asked(everywhere, **{header: value})
        assert (name in json.loads(body)["root"]) is believed


def test_a_web_socket_of_a_foreign_name_is_refused(local):
    handshake = {"Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert asked(local, Host="evil.example", Connection="Upgrade", **handshake)[0] == 403


def test_names_of_hosts_are_read_from_what_people_write():
    assert [host_name(text) for text in ("Faces.example.org", "a.example:8080", "https://a.example/x", "[::1]", "*")] == [
        "faces.example.org",
        "a.example",
        "a.example",
        "::1",
        "*",
    ]
    assert not any(host_name(text) for text in ("", "a b", "a@b", "a/b", "http://", "::1"))


def test_behind_a_path_prefix_the_page_knows_its_path():
    with serving(root_path="/faces") as url:
        assert json.loads(asked(url)[1])["root"].endswith("/faces")
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
