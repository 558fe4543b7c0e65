"""A small page, really served, and what asks it."""

import contextlib
import http.client
import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import gradio as gr

from editor.ui.address import listen
from editor.ui.page import Page
from editor.ui.server import launch
from editor.ui.visitors import Visitors


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
