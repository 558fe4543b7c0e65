"""Names of hosts and addresses of pages, as people and browsers write them: read, or found to be none."""

import ipaddress
import re
from urllib.parse import urlsplit

ANY = "*"
"""Stands for every name of a host."""
NAMED = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:(?P<port>\d*))?")
"""A host with or without a port, in lower case."""
NUMBERS = re.compile(r"\d+(\.\d+){3}")
"""What can only be an IPv4 address."""
SCHEMES = ("http", "https")
LAST_PORT = 65535
PATH = re.compile(r"(/([A-Za-z0-9._~!$&'()*+,;=@-]|%[0-9A-Fa-f]{2})+)*")
"""A path as a URL has it, without a slash at its end. Colons are left out: `host:80/path` is no path."""


def host_name(text: str) -> str:
    """The name in a host, a host with a port, or a URL of the web, in lower case and without brackets; empty if there is none.

    >>> host_name("[::1]:7860"), host_name("https://Example.org."), host_name("a@b"), host_name("http://["), host_name("*")
    ('::1', 'example.org', '', '', '*')
    """
    text = text.strip().lower()
    if text == ANY:
        return ANY
    found = NAMED.fullmatch(_location(text) if "://" in text else text)
    return found["name"].strip("[]").rstrip(".") if found and _is_possible(found) else ""


def root_path(text: str) -> str:
    """A path, or a whole URL, that pages are served at, as Gradio takes it: a path begins with a slash, none ends with one.

    >>> root_path("faces"), root_path("/faces/"), root_path("HTTPS://a.example/faces/"), root_path("/")
    ('/faces', '/faces', 'https://a.example/faces', '')

    Raises:
        ValueError: it is neither.
    """
    text = text.strip()
    scheme, location, path = "", "", text
    if "://" in text:
        if host_name(text) in ("", ANY):
            raise ValueError(f"{text!r} is not the URL of a page")
        scheme, location, path, query, fragment = urlsplit(text)
        if query or fragment:
            raise ValueError(f"{text!r} is not a URL that others can begin with")
    path = f"/{path.removeprefix('/').removesuffix('/')}".removesuffix("/")
    if not PATH.fullmatch(path):
        raise ValueError(f"{text!r} is not a path")
    return f"{scheme}://{location}{path}" if scheme else path


def _location(url: str) -> str:
    """The host and the port of a URL of the web; empty if it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a bracket that is not closed
        return ""
    # urlsplit passes over tabs and line ends, so the rest of the program would read another URL than this one
    return parts.netloc if parts.scheme in SCHEMES and url.isprintable() and " " not in url else ""


def _is_possible(found: re.Match[str]) -> bool:
    """Whether a port is not too high, and what looks like an address in numbers is one."""
    name = found["name"]
    if name.startswith("[") or NUMBERS.fullmatch(name):
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
    return not found["port"] or int(found["port"]) <= LAST_PORT
