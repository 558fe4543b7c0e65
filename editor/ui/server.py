"""Serving the page: the folder for visitors' files, the server, and its end."""

import os
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from editor.errors import SettingError
from editor.files.temporary import temporary_folder
from editor.ui.address import Address
from editor.ui.guard import HostGuard

if TYPE_CHECKING:
    from editor.ui.page import Page

CACHE_VARIABLE = "GRADIO_TEMP_DIR"
CACHE_PREFIX = "face-editor-"
NO_ENDPOINT = "There is no endpoint of that name."
KEEP_ALIVE_SECONDS = 65
"""How long a connection without requests stays open; the page speaks every 20 s."""
CLOSING_SECONDS = 2.0
"""How long requests under way may take to finish when the server is closed."""


@contextmanager
def private_cache() -> Iterator[Path]:
    """Give Gradio a cache folder that only this user can read, and remove it with everything in it at the end.

    Gradio reads the name of the folder when it is imported, so it must be imported inside. Folders that killed servers of this
    user left behind are removed too.

    Raises:
        SettingError: the folder cannot be made.
    """
    before = os.environ.get(CACHE_VARIABLE)
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(temporary_folder(CACHE_PREFIX))
        except OSError as error:
            raise SettingError(
                f"No folder for visitors' files can be made: {error.strerror or error}. "
                "Point the variable TMPDIR at a folder that this user may write."
            ) from error
        os.environ[CACHE_VARIABLE] = str(folder)
        try:
            yield folder
        finally:
            del os.environ[CACHE_VARIABLE]
            if before is not None:
                os.environ[CACHE_VARIABLE] = before


@contextmanager
def proxies_hidden() -> Iterator[None]:
    """Hide the proxies that the environment names.

    Gradio makes an HTTP client when it is imported. That fails for proxies that the client does not know, such as SOCKS. The
    page never uses this client.
    """
    named = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    for name in named:
        del os.environ[name]
    os.environ["NO_PROXY"] = "*"  # or the client would ask the system, on macOS and Windows
    try:
        yield
    finally:
        del os.environ["NO_PROXY"]
        os.environ.update(named)


class Server:
    """A server that runs in a thread of its own and answers already."""

    def __init__(self, app: HostGuard, page: "Page", address: Address):
        self.url = address.url
        self._page = page
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_keep_alive=KEEP_ALIVE_SECONDS))
        self._thread = threading.Thread(target=self._server.run, args=([*address.sockets],), name="server", daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server ended before it answered")  # a bug, which uvicorn has logged
            time.sleep(0.01)

    def close(self) -> None:
        """Answer nothing new, let requests under way finish for `CLOSING_SECONDS`, and end."""
        self._page.blocks.close(verbose=False)  # ends the streams that never end by themselves
        self._server.should_exit = True
        self._thread.join(CLOSING_SECONDS)
        if self._page.improver:
            self._page.improver.close()
        self._page.visitors.end()


def launch(
    page: "Page",
    address: Address,
    allowed_hosts: Collection[str] = (),
    root_path: str = "",
    accounts: Collection[tuple[str, str]] = (),
) -> Server:
    """Serve the page at an address; nothing is sent anywhere else, and the browser keeps no history.

    Gradio's own `launch` is not used: it asks itself for a page through the proxy, cannot serve IPv6, and takes a slow start
    for a taken port.

    Args:
        allowed_hosts: more names to answer to, as `HostGuard` takes them.
        root_path: the path, or the whole URL, that a reverse proxy serves the page at.
        accounts: names and passwords of those who may log in; empty: nobody has to.

    Returns:
        The server. It answers.
    """
    with proxies_hidden():
        from gradio import mount_gradio_app
        from gradio.route_utils import FnIndexInferError
        from gradio.themes import Soft

        from editor.ui.page import HEAD
    from fastapi import FastAPI
    from starlette.routing import Mount

    fonts = ["system-ui", "sans-serif"]  # the system's own: a web font would be a request to somebody else's server
    blocks = page.blocks
    blocks.queue(max_size=32, api_open=False)
    app = mount_gradio_app(
        FastAPI(openapi_url=None, routes=[*page.routes]),
        blocks,
        "/",
        auth=[*accounts] or None,
        server_name=address.host,
        server_port=address.port,
        root_path=root_path,
        show_error=False,
        run_history=False,
        enable_monitoring=False,
        max_file_size="100mb",
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        footer_links=[],
        theme=Soft(font=fonts, font_mono=["ui-monospace", "monospace"]),
        head=HEAD,
        app_kwargs={"routes": page.visitors.uploads.routes},  # before Gradio's own, so in their place
    )
    mounted = app.routes[-1]
    assert isinstance(mounted, Mount)
    blocks.app = mounted.app  # pyright: ignore[reportAttributeAccessIssue]
    for kind, handler in ((FnIndexInferError, _no_endpoint), (KeyError, _no_key)):  # else status 500 and a traceback
        blocks.app.add_exception_handler(kind, handler)
    return Server(HostGuard(app, address, allowed_hosts), page, address)


async def _no_endpoint(_request: Any, _error: Exception) -> Any:
    """Answer a program that names an endpoint that is not there."""
    from starlette.responses import JSONResponse

    return JSONResponse({"detail": NO_ENDPOINT}, 404)


async def _no_key(request: Any, error: Exception) -> Any:
    """The same, where Gradio looked the name up in a table; every other missing key is a bug."""
    if error.args != (f"/{request.path_params.get('api_name')}",):
        raise error
    return await _no_endpoint(request, error)
