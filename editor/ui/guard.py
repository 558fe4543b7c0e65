"""Which requests the server answers: those that name it as it is reached, and that no other site's page sends.

A web page may send requests to this machine. Browsers say in `Origin` which page it was. A page can also give its own name
the address 127.0.0.1 (DNS rebinding). The browser then takes the page and this server for one site, but `Host` has the
page's name. An address in numbers cannot be rebound.
"""

import ipaddress
import logging
import socket
from collections.abc import Collection
from typing import Any

from editor.ui.address import Address
from editor.ui.hosts import ANY, host_name

FORWARDED = (b"x-forwarded-host", b"x-gradio-server")
"""Headers from which Gradio takes the name of the server before it looks at `Host`."""
CODE = ("/assets/", "/static/", "/theme.css", "/face/assets/")
"""Paths of the page's own scripts, styles and fonts, which are the same for everybody."""
REASONS_LOGGED = 100
"""How many reasons are logged and remembered. Whoever sends requests chooses the names in them."""
REFUSED_HOST = (
    "This server does not answer to the name {name}. If it should, start it with --allow-host NAME, "
    "or with NAME in the variable EDITOR_ALLOW_HOSTS."
)
REFUSED_ORIGIN = (
    "This server takes no requests from pages of {name}. If it should, start it with --allow-host NAME, "
    "or with NAME in the variable EDITOR_ALLOW_HOSTS."
)
LOGGER = logging.getLogger(__name__)

Headers = Collection[tuple[bytes, bytes]]


class HostGuard:
    """ASGI middleware that refuses requests with a foreign `Host` or `Origin`: status 403 and one sentence."""

    def __init__(self, app: Any, address: Address, allowed: Collection[str] = ()):
        """Args:
        address: where the server listens. At a loopback address it answers to this machine's loopback names only;
            elsewhere to every address in numbers and to this machine's own name too.
        allowed: more names to answer to, and sites whose pages may send requests; "*" stands for all.
        """
        self._app = app
        self._local = address.is_local
        self._allowed = {host_name(each) for each in allowed} - {""}
        self._own = {"localhost", address.host.lower()}
        self._logged: set[str] = set()
        if not self._local:
            machine = socket.gethostname().lower()
            self._own |= {machine, f"{machine}.local"}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = self._trusted(scope["headers"])
        reason = self._wrong_host(headers)
        if not reason and (reason := self._wrong_origin(headers)) and _asks_for_code(scope):
            self._log(reason)
            # Behind a proxy that changes `Host`, the page's own scripts seem to come from elsewhere, and without them the page
            # would be white. Every site can have them, for they are the same for everybody. All else stays refused, streams
            # and photos included. Without `Origin`, Gradio adds no header that lets a foreign page read the answer.
            reason, headers = "", [(key, value) for key, value in headers if key != b"origin"]
        if reason:
            self._log(reason)
            await _refuse(scope, send, reason)
        else:
            await self._app({**scope, "headers": headers}, receive, send)

    def _wrong_host(self, headers: Headers) -> str:
        """Why a request's `Host` is refused; empty if it is not."""
        hosts = _values(headers, b"host")
        names = [host_name(host) for host in hosts]
        right = all(names) if ANY in self._allowed else len(names) == 1 and self._is_own(names[0])
        return "" if right else REFUSED_HOST.format(name=_shown(hosts))

    def _wrong_origin(self, headers: Headers) -> str:
        """Why a request's `Origin` is refused; empty if it is not. `Host` must be right."""
        origins = _values(headers, b"origin")
        if ANY in self._allowed or all(self._may_send(origin, headers) for origin in origins):
            return ""
        return REFUSED_ORIGIN.format(name=_shown(origins))

    def _may_send(self, origin: str, headers: Headers) -> bool:
        """Whether pages of an origin may send requests: this server's own and those of allowed names."""
        name = host_name(origin)  # empty for other schemes than the web's
        own = origin.partition("://")[2] == _values(headers, b"host")[0]
        return bool(name) and (own or name in self._allowed)

    def _is_own(self, name: str) -> bool:
        """Whether the server is reached by this name."""
        if name in self._allowed or name in self._own:
            return bool(name)
        try:
            number = ipaddress.ip_address(name)
        except ValueError:
            return False
        return number.is_loopback or not self._local

    def _trusted(self, headers: Headers) -> list[tuple[bytes, bytes]]:
        """The headers without those that give the server another name than an allowed one."""
        return [(key, value) for key, value in headers if key not in FORWARDED or self._is_allowed(value.decode("latin-1"))]

    def _is_allowed(self, forwarded: str) -> bool:
        """Whether the name that Gradio takes from a forwarded header is allowed."""
        name = host_name(forwarded.split(",")[0])
        return name in self._allowed or (ANY in self._allowed and bool(name))

    def _log(self, reason: str) -> None:
        """Log a refusal for whoever runs the server, once for each reason."""
        if reason not in self._logged and len(self._logged) < REASONS_LOGGED:
            self._logged.add(reason)
            LOGGER.warning(reason)


def _asks_for_code(scope: Any) -> bool:
    """Whether a request only asks for the page's own scripts, styles and fonts."""
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"].startswith(CODE)


def _values(headers: Headers, name: bytes) -> list[str]:
    """All values of a header, in lower case."""
    return [value.decode("latin-1").lower() for key, value in headers if key == name]


def _shown(values: list[str]) -> str:
    """What a header said, fit to be printed."""
    return repr(", ".join(values)[:100])


async def _refuse(scope: Any, send: Any, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})
