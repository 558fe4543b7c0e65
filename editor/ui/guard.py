"""Which requests the server answers: those that name it as it is reached, and that no other site's page sends.

A web page may send requests to this machine. Browsers say in `Origin` which page it was. A page can also give its own name
the address 127.0.0.1 (DNS rebinding). The browser then takes the page and this server for one site, but `Host` has the
page's name. An address in numbers cannot be rebound.
"""

import ipaddress
import re
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from editor.ui.address import Address

ANY = "*"
NAMED = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d*)?")
"""A `Host` header in lower case."""
FORWARDED = (b"x-forwarded-host", b"x-gradio-server")
"""Headers from which Gradio takes the name of the server before it looks at `Host`."""
REFUSED_HOST = (
    "This server does not answer to the name {name}. If it should, start it with --allow-host NAME, "
    "or with NAME in the variable EDITOR_ALLOW_HOSTS."
)
REFUSED_ORIGIN = (
    "This server takes no requests from pages of {name}. If it should, start it with --allow-host NAME, "
    "or with NAME in the variable EDITOR_ALLOW_HOSTS."
)


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
        self._allowed = {host_name(each) for each in allowed}
        self._own = {"localhost", address.host.lower()}
        if not self._local:
            machine = socket.gethostname().lower()
            self._own |= {machine, f"{machine}.local"}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket") or ANY in self._allowed:
            await self._app(scope, receive, send)
        elif reason := self._refusal(scope["headers"]):
            await _refuse(scope, send, reason)
        else:
            await self._app({**scope, "headers": self._trusted(scope["headers"])}, receive, send)

    def _refusal(self, headers: Collection[tuple[bytes, bytes]]) -> str:
        """Why a request is refused; empty if it is not."""
        hosts, origins = _values(headers, b"host"), _values(headers, b"origin")
        if len(hosts) != 1 or not self._is_own(host_name(hosts[0])):
            return REFUSED_HOST.format(name=_shown(hosts))
        if any(origin.partition("://")[2] != hosts[0] and host_name(origin) not in self._allowed for origin in origins):
            return REFUSED_ORIGIN.format(name=_shown(origins))
        return ""

    def _is_own(self, name: str) -> bool:
        """Whether the server is reached by this name."""
        if name in self._allowed or name in self._own:
            return bool(name)
        try:
            number = ipaddress.ip_address(name)
        except ValueError:
            return False
        return number.is_loopback or not self._local

    def _trusted(self, headers: Collection[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers without those that give the server another name than an allowed one."""
        return [
            (key, value)
            for key, value in headers
            if key not in FORWARDED or host_name(value.decode("latin-1").split(",")[0]) in self._allowed
        ]


def host_name(text: str) -> str:
    """The name in a host, a host with a port, or a URL, in lower case and without brackets; empty if there is none.

    >>> host_name("[::1]:7860"), host_name("https://Example.org."), host_name("a@b"), host_name("*")
    ('::1', 'example.org', '', '*')
    """
    text = text.strip().lower()
    if text == ANY:
        return ANY
    found = NAMED.fullmatch(urlsplit(text).netloc if "://" in text else text)
    return found["name"].strip("[]").rstrip(".") if found else ""


def _values(headers: Collection[tuple[bytes, bytes]], name: bytes) -> list[str]:
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
