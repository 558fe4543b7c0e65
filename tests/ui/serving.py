"""A small page, really served, and what asks it; the whole page over an editor that draws nothing; a caller of its routes."""

import contextlib
import http.client
import json
import struct
import tempfile
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import gradio as gr
import pytest

from editor.ui.address import listen
from editor.ui.page import Page, build
from editor.ui.server import CACHE_VARIABLE, launch
from editor.ui.visitors import Visitors

EDGE = "edge-of-a-part"


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


@contextlib.contextmanager
def serving_page(editor, host: str = "127.0.0.1", **how):
    """The whole page: its address, its visitors, its editor and the folder of its files."""
    with tempfile.TemporaryDirectory() as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(CACHE_VARIABLE, folder)  # which Gradio reads when blocks are made
            page = build(editor, Path(folder))
            server = launch(page, listen(host, 0), **how)
        yield SimpleNamespace(url=server.url, visitors=page.visitors, editor=editor, cache=Path(folder))
        server.close()


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


class Caller:
    """A page, as the server sees one: its requests, with its key."""

    def __init__(self, url: str, prefix: str = "", context=None, cookie: str = ""):
        """Args:
        prefix: the path that the page is served at.
        context: for TLS.
        cookie: of a login.
        """
        self._place, self._prefix, self._context = urlsplit(url), prefix, context
        self._headers = {"Cookie": cookie} if cookie else {}
        self.key = ""

    def arrive(self) -> "Caller":
        self.key = self("arrive")[1]["key"]
        return self

    def __call__(self, verb: str, **fields):
        """The status and what a verb answers: JSON, with its pictures under "pictures"; or the bytes of a file."""
        fields = {"key": self.key} | fields if self.key else fields
        return self.send(f"/face/{verb}", json.dumps(fields).encode())

    def leave(self):
        return self.send("/face/leave", self.key.encode(), "text/plain;charset=UTF-8")

    def upload(self, path: Path, **headers: str) -> str:
        """The path that the server calls an uploaded file by."""
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="files"; filename="{path.name}"\r\n\r\n'.encode()
        body = head + path.read_bytes() + f"\r\n--{EDGE}--\r\n".encode()
        status, answer = self.send("/gradio_api/upload", body, f"multipart/form-data; boundary={EDGE}", **headers)
        assert status == 200, answer
        return answer[0]

    def send(self, path: str, body: bytes | None, kind: str = "application/json", method: str = "POST", **headers: str):
        connect = http.client.HTTPSConnection if self._context else http.client.HTTPConnection
        options = {"context": self._context} if self._context else {}
        connection = connect(self._place.hostname or "", self._place.port, timeout=30, **options)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, self._prefix + path, body, {"Content-Type": kind} | self._headers | named)
        answer = connection.getresponse()
        self.headers = answer.headers
        kind = answer.headers.get_content_type() if method != "HEAD" else ""
        return answer.status, read(answer.read(), kind)


def read(body: bytes, kind: str):
    """What an answer says."""
    if kind == "application/json":
        return json.loads(body)
    if kind != "application/octet-stream":
        return body
    (length,) = struct.unpack(">I", body[:4])
    said, rest = json.loads(body[4 : 4 + length]), body[4 + length :]
    said["pictures"] = {name: rest[start : start + size] for name, (start, size, _) in said["pictures"].items()}
    return said
