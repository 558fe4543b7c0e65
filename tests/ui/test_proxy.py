"""Behind a reverse proxy: TLS, a path in front and another port."""

import re
import ssl
from urllib.parse import urlsplit

import pytest
from gradio_client import Client, handle_file

from tests.ui.fake import FakeEditor, photo_file
from tests.ui.proxy import proxied
from tests.ui.serving import Caller, serving_page

UNCHECKED = ssl._create_unverified_context()


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """The address of the proxy."""
    with (
        serving_page(FakeEditor(), root_path="/faces", allowed_hosts=["localhost"]) as page,
        proxied(page.url, "/faces", tls=tmp_path_factory.mktemp("tls")) as url,
    ):
        yield url


def test_the_page_and_all_that_it_loads_are_found(behind):
    caller = Caller(behind, prefix="/faces", context=UNCHECKED)
    status, page = caller.send("/", None, method="GET")
    root = re.search(rb'"root":"([^"]*)"', page)
    assert status == 200 and root and urlsplit(root[1].decode()).path == "/faces"
    assert caller.send("/face/assets/main.js", None, method="GET")[0] == 200
    for script in re.findall(rb'(?:src|href)="\./(assets/[^"]+)"', page):
        assert caller.send(f"/{script.decode()}", None, method="GET")[0] == 200


def test_a_photo_is_opened_edited_and_saved(behind, tmp_path):
    caller = Caller(behind, prefix="/faces", context=UNCHECKED).arrive()
    origin = behind.removesuffix("/faces")
    assert caller.send("/face/alive", b'{"key": "' + caller.key.encode() + b'"}', Origin=origin)[0] == 200
    assert caller("open", photo=caller.upload(photo_file(tmp_path)))[0] == 200
    assert len(caller("draw", strengths={"Smiling": 1})[1]["pictures"]) == 2
    assert caller("save", strengths={"Smiling": 1})[1].startswith(b"\xff\xd8")
    assert "attachment" in caller.headers["Content-Disposition"]
    assert caller.leave() == (200, {})


def test_programs_get_their_files(behind, tmp_path):
    client = Client(behind, ssl_verify=False, verbose=False, download_files=str(tmp_path))
    key = client.predict(handle_file(photo_file(tmp_path)), api_name="/open")[0]
    assert client.predict(key, {"Smiling": 1}, api_name="/render")[1].endswith("w-star.png")


def test_a_proxy_that_says_nothing_of_itself_serves_the_page_too(tmp_path):
    """The server then thinks that it is asked over plain HTTP; the page takes the path alone from what it is told."""
    with (
        serving_page(FakeEditor(), root_path="/faces", allowed_hosts=["localhost"]) as page,
        proxied(page.url, "/faces", tls=tmp_path, forwarded=False) as url,
    ):
        caller = Caller(url, prefix="/faces", context=UNCHECKED).arrive()
        assert caller("open", example="a.jpg")[0] == 200
        assert b"new URL(window.gradio_config.root, location.href).pathname" in caller.send("/", None, method="GET")[1]


def test_pages_of_other_sites_have_no_part_in_it(behind):
    caller = Caller(behind, prefix="/faces", context=UNCHECKED)
    assert caller.send("/face/arrive", b"{}", Origin="https://evil.example")[0] == 403
