"""Ports and hosts: found, taken, or told in words."""

import contextlib
import re
import socket
import urllib.request

import pytest

from editor.errors import SettingError
from editor.ui import address
from editor.ui.address import Address, listen


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_that_was_asked_for_names_the_option(taken):
    with pytest.raises(SettingError, match=rf"{taken} is taken.*--port"):
        listen("127.0.0.1", taken)


def test_where_none_was_asked_for_the_next_free_one_is_taken(taken, monkeypatch):
    monkeypatch.setattr(address, "PORTS", range(taken, taken + 50))
    with contextlib.closing(listen("127.0.0.1")) as found:
        assert taken < found.port < taken + 50
    monkeypatch.setattr(address, "PORTS", range(taken, taken + 1))
    with pytest.raises(SettingError, match=r"all taken.*--port"):
        listen("127.0.0.1")


def test_nobody_else_can_take_the_port_meanwhile():
    with contextlib.closing(listen("127.0.0.1", 0)) as found, pytest.raises(SettingError, match="taken"):
        listen("127.0.0.1", found.port)


def test_a_port_of_this_user_only():
    error = OSError(13, "Permission denied")
    assert re.search(r"Port 80 .*--port", address._reason("127.0.0.1", 80, error))


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid", "", "a" * 300, "1.2.3.4.5", "a\0b", "2001:db8::7", "[::1"])
def test_a_host_that_is_not_this_machines_is_told_in_one_sentence(host):
    try:
        with contextlib.closing(listen(host, 0)) as found:
            assert host == "[::1" and found.host == "::1"
    except SettingError as error:
        assert "--host" in str(error) and "\n" not in str(error)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost:8080"),
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:8080"),
        ("::", "http://[::1]:8080"),
    ],
)
def test_the_url_is_one_that_a_browser_opens(host, url):
    assert Address(host, 8080, ()).url == url


@pytest.mark.parametrize(("host", "local"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)])
def test_whether_only_this_machine_reaches_it(host, local):
    with contextlib.closing(listen(host, 0)) as found:
        assert found.is_local is local and found.port > 0


def test_every_address_of_ipv6_is_every_address_of_ipv4_too():
    with contextlib.closing(listen("::", 0)) as found:
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, found.port), timeout=5).close()


def test_urllib_understands_the_url():
    assert urllib.request.Request(Address("::1", 80, ()).url).host == "[::1]:80"
