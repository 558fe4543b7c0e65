"""Uploads become a visitor's when a call that names them joins the queue.

The call itself may wait there for long, and never run where the page is closed meanwhile. What it names goes with the visitor
all the same.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

from editor.errors import PhotoError
from editor.ui.visitor import VisitorLeftError
from editor.ui.visitors import Visitors

JOINS = "/queue/join"
LONGEST = 1_000_000
"""Bytes of a call that is looked at; one with 40 sliders has a thousand."""


class ClaimingUploads:
    """ASGI middleware that claims what calls name, for the session that they are of. The calls themselves pass unchanged."""

    def __init__(self, app: Any, visitors: Visitors):
        self._app = app
        self._visitors = visitors

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(JOINS):
            await self._app(scope, receive, send)
            return
        messages = [message async for message in _whole(receive)]
        self._claim(b"".join(message.get("body", b"") for message in messages))
        waiting = iter(messages)

        async def replay() -> Any:
            return next(waiting, None) or await receive()

        await self._app(scope, replay, send)

    def _claim(self, body: bytes) -> None:
        """What is wrong with the call is told when it runs."""
        try:
            call = json.loads(body) if len(body) <= LONGEST else {}
        except (ValueError, RecursionError):
            return
        session = call.get("session_hash") if isinstance(call, dict) else None
        if isinstance(session, str) and session:
            for path in named_files(call.get("data")):
                with suppress(PhotoError, VisitorLeftError):
                    self._visitors.uploads.claim(path, self._visitors.of_session(session))


async def _whole(receive: Any) -> AsyncIterator[dict[str, Any]]:
    """The messages of a request's body, or until the client is gone."""
    while True:
        message = await receive()
        yield message
        if message["type"] != "http.request" or not message.get("more_body"):
            return


def named_files(value: Any) -> Iterator[str]:
    """Every path in what a client sent: files are objects with one, however deep they lie."""
    if isinstance(value, dict):
        if isinstance(path := value.get("path"), str):
            yield path
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from named_files(inner)
