"""What a request must have before its visitor is looked up: a login where one is asked for, and a small JSON object."""

import inspect
import json
from time import monotonic
from typing import Any

from gradio.routes import App
from starlette.requests import Request

from editor.ui import text

LARGEST_BODY = 64 * 1024
"""Bytes. Forty strengths take about two thousand."""
JSON = "application/json"
PLAIN = "text/plain"


class RefusedError(Exception):
    """A request that is not answered.

    Attributes:
        status: of the answer.
        kind: what the page is to do: gone, login, photo, no_face, setting, busy, too_fast or failed.
    """

    def __init__(self, status: int, kind: str, sentence: str):
        super().__init__(sentence)
        self.status, self.kind = status, kind


class Bucket:
    """Lets so many requests a second through, and a burst of them after a pause."""

    def __init__(self, rate: float, burst: float):
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, monotonic()

    def take(self) -> None:
        """Let one request through.

        Raises:
            RefusedError: there were too many.
        """
        now = monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            raise RefusedError(429, "too_fast", text.TOO_FAST)
        self._left -= 1

    @property
    def is_full(self) -> bool:
        """Whether nothing was taken for so long that it is as new."""
        return self._left + (monotonic() - self._at) * self._rate >= self._burst


async def user_of(app: App, request: Request) -> str | None:
    """The name of whoever is logged in, as Gradio knows it; None where nobody has to log in.

    Raises:
        RefusedError: a login is asked for, and this request has none.
    """
    if app.auth is None and app.auth_dependency is None:
        return None
    if app.auth_dependency is not None:
        user = app.auth_dependency(request)
        user = await user if inspect.isawaitable(user) else user
    else:
        names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
        user = app.tokens.get(next((request.cookies[name] for name in names if request.cookies.get(name)), None))
    if user is None:
        raise RefusedError(401, "login", text.LOG_IN)
    return user


async def body_of(request: Request, kind: str) -> bytes:
    """The body of a request.

    Args:
        kind: the media type that it must say it has. A form of another site's page cannot say JSON.

    Raises:
        RefusedError: it is of another type, or too large.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != kind:
        raise RefusedError(415, "setting", text.WRONG_TYPE.format(kind=kind))
    length = request.headers.get("content-length", "0")
    whole = bytearray()
    if length.isdigit() and int(length) <= LARGEST_BODY:
        async for chunk in request.stream():
            whole += chunk
            if len(whole) > LARGEST_BODY:
                break
        else:
            return bytes(whole)
    raise RefusedError(413, "setting", text.TOO_LARGE.format(kilobytes=LARGEST_BODY // 1024))


async def object_of(request: Request) -> dict[str, Any]:
    """The object that a request's JSON is.

    Raises:
        RefusedError: it is something else.
    """
    try:
        found = json.loads(await body_of(request, JSON), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "setting", text.NO_JSON) from error
    if not isinstance(found, dict):
        raise RefusedError(400, "setting", text.NO_JSON)
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
