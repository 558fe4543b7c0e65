"""Who is answered by a small page that is really served, and what is said of the others."""

import json
import logging
import re
import socket
from urllib.parse import urlsplit

import pytest
from gradio_client import Client

from tests.ui.fake import FakeEditor
from tests.ui.serving import asked, port, serving, serving_page, written


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


@pytest.fixture(scope="module")
def open_to_all():
    """Served to this machine, under any name."""
    with serving(allowed_hosts=["*"]) as url:
        yield url


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
    "origin", ["http://evil.example", "null", "http://localhost:3000", "http://127.0.0.1", "http://192.0.2.7", "http://["]
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


@pytest.mark.parametrize("scheme", ["x", "ftp", "chrome-extension"])
def test_only_pages_of_the_web_can_be_the_servers_own(local, everywhere, scheme):
    for url in (local, everywhere):
        assert written(url, Origin=f"{scheme}://{urlsplit(url).netloc}") == 403
    assert written(everywhere, Origin=f"{scheme}://faces.example.org") == 403


def code(url: str) -> list[str]:
    """The paths of the scripts and styles that the page asks for as modules do, with `Origin`."""
    found = re.findall(r'<(?:script|link)[^>]*crossorigin[^>]*(?:src|href)="\.?(/[^"]+)"', asked(url, "/")[1])
    assert any(path.endswith(".js") for path in found)
    return found


def test_behind_a_proxy_that_changes_the_host_the_page_is_not_white(local):
    for path in code(local):
        status, body, headers = asked(local, path, Origin="https://faces.example.org")
        assert status == 200 and body, "browsers send Origin for modules"
        assert not [name for name in headers if name.lower().startswith("access-control")], "so no foreign page can read it"


@pytest.mark.parametrize(
    "path", ["/", "/config", "/gradio_api/info", "/gradio_api/heartbeat/abc", "/gradio_api/file=/etc/hosts"]
)
def test_pages_of_other_sites_have_no_streams_and_no_files(local, path):
    status, _, headers = asked(local, path, Origin="https://faces.example.org")
    assert status == 403 and not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_pages_of_other_sites_only_get_the_pages_code(local, method):
    assert asked(local, code(local)[0], method, Origin="https://faces.example.org")[0] == 403


def test_a_refusal_is_logged_once_for_whoever_runs_the_server_and_not_without_end(caplog):
    with serving() as url, caplog.at_level(logging.WARNING, "editor"):
        for _ in range(2):
            written(url, Origin="https://faces.example.org")
            asked(url, Host="evil.example\tx")
        said = [record.getMessage() for record in caplog.records]
        assert len(said) == 2 and all("--allow-host" in line and "\n" not in line and "\t" not in line for line in said)
        assert "faces.example.org" in said[0]
        for number in range(150):
            asked(url, Host=f"{number}.evil.example")
    assert len(caplog.records) == 100


@pytest.mark.parametrize("value", ["http://[", "http://[::1", "[::1", "a.example:99999", "999.0.0.1", "\xff"])
@pytest.mark.parametrize("header", ["Origin", "Host", "X_Forwarded_Host", "X_Gradio_Server"])
@pytest.mark.parametrize("server", ["local", "open_to_all"])
def test_malformed_headers_are_refused_or_passed_over(request, header, value, server, caplog):
    status, body, _ = asked(request.getfixturevalue(server), **{header: value})
    forwarded = header.startswith("X_")
    assert status == (200 if forwarded or (server == "open_to_all" and header == "Origin") else 403)
    assert not [record for record in caplog.records if record.exc_info]
    assert not forwarded or value not in json.loads(body)["root"]


def test_served_to_all_it_still_refuses_foreign_names(everywhere):
    assert asked(everywhere, Host=f"evil.example:{port(everywhere)}")[0] == 403


def test_pages_of_an_allowed_site_may_send_requests_as_behind_a_proxy_that_changes_the_host(everywhere):
    assert written(everywhere, Origin="https://faces.example.org") == 200


def test_a_star_allows_all(open_to_all):
    assert asked(open_to_all, Host="evil.example")[0] == 200
    assert written(open_to_all, Origin="https://evil.example") == 200


@pytest.mark.parametrize("header", ["X_Forwarded_Host", "X_Gradio_Server"])
def test_the_name_that_a_proxy_forwards_counts_only_if_it_is_allowed(everywhere, header):
    for name, believed in (("evil.example", False), ("faces.example.org", True)):
        value = name if header == "X_Forwarded_Host" else f"http://{name}"
        _, body, _ = asked(everywhere, **{header: value})
        assert (name in json.loads(body)["root"]) is believed


def test_a_web_socket_of_a_foreign_name_is_refused(local):
    handshake = {"Upgrade": "websocket", "Sec_WebSocket_Version": "13", "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert asked(local, Host="evil.example", Connection="Upgrade", **handshake)[0] == 403


@pytest.mark.parametrize("path", ["/face/assets/main.js", "/face/assets/page.css"])
def test_the_pages_own_scripts_are_code_too_and_its_routes_are_not(path):
    with serving_page(FakeEditor()) as page:
        status, body, headers = asked(page.url, path, Origin="https://faces.example.org")
        assert status == 200 and body and not [name for name in headers if name.lower().startswith("access-control")]
        for route, method in (
            ("/face/setup", "GET"),
            ("/face/examples/a.jpg", "GET"),
            ("/face/arrive", "POST"),
            ("/face/draw", "OPTIONS"),
        ):
            assert asked(page.url, route, method, Origin="https://faces.example.org")[0] == 403


def test_even_where_every_name_is_allowed_no_foreign_page_may_send_json():
    """Its browser asks first, and is not told that it may."""
    with serving_page(FakeEditor(), allowed_hosts=["*"]) as page:
        wanted = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
        _, _, headers = asked(page.url, "/face/arrive", "OPTIONS", Origin="https://evil.example", **wanted)
        assert not [name for name in headers if name.lower().startswith("access-control")]
