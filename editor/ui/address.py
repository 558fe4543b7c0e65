"""The address that the page is served at: which port is free, and what to tell a browser."""

import errno
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from editor.errors import SettingError

FIRST_PORT = 7860
PORTS = range(FIRST_PORT, FIRST_PORT + 100)
"""Tried in turn where no port was asked for."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Hosts that mean every address of this machine, and the one of them that a browser on this machine can ask."""
NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


@dataclass(frozen=True)
class Address:
    """Sockets that listen already, so that nobody else can take the port meanwhile.

    Attributes:
        host: as it was asked for, without brackets.
        port: the one that was found.
        sockets: one for each address that the host's name stands for.
    """

    host: str
    port: int
    sockets: tuple[socket.socket, ...]

    @property
    def url(self) -> str:
        """What a browser on this machine opens."""
        host = EVERYWHERE.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def is_everywhere(self) -> bool:
        """Whether every address of this machine is served."""
        return self.host in EVERYWHERE

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        return all(ipaddress.ip_address(each.getsockname()[0].split("%")[0]).is_loopback for each in self.sockets)

    def close(self) -> None:
        """Stop listening."""
        for each in self.sockets:
            each.close()


def listen(host: str, port: int | None = None) -> Address:
    """Listen at a host.

    Args:
        host: a name or an address of this machine, IPv4 or IPv6, with or without brackets.
        port: the port, 0 for any free one; by default the first free one of `PORTS`.

    Raises:
        SettingError: the port is taken, or the host is none of this machine's.
    """
    host = host.strip().removeprefix("[").removesuffix("]")
    addresses = _resolved(host)
    for candidate in PORTS if port is None else [port]:
        try:
            sockets = _listening(addresses, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SettingError(_reason(host, candidate, error)) from error
        else:
            return Address(host, sockets[0].getsockname()[1], tuple(sockets))
    if port is None:
        raise SettingError(
            f"The ports {PORTS[0]} to {PORTS[-1]} are all taken. Name another with --port, or 0 for any free one."
        )
    raise SettingError(
        f"Port {port} is taken: another program listens there. "
        "Name another with --port, or leave --port out for the next free one."
    )


def _resolved(host: str) -> list[tuple[int, str]]:
    """The family and the address of each meaning of a host."""
    try:
        if not host:
            raise ValueError("an empty name")  # which the system would take for every address
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one, too long or with a NUL
        raise SettingError(_no_address(host)) from error
    return list(dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found))


def _listening(addresses: Sequence[tuple[int, str]], port: int) -> list[socket.socket]:
    """A socket for each address that this machine has, all at one port.

    Raises:
        OSError: none of the addresses is there, or one has its port taken.
    """
    sockets: list[socket.socket] = []
    missing = OSError()
    for family, address in addresses:
        try:
            sockets.append(_socket(family, address, sockets[0].getsockname()[1] if sockets else port))
        except OSError as error:
            if error.errno not in NOT_HERE:
                for each in sockets:
                    each.close()
                raise
            missing = error
    if not sockets:
        raise missing
    return sockets


def _socket(family: int, address: str, port: int) -> socket.socket:
    both = family == socket.AF_INET6 and address == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((address, port), family=family, backlog=2048, dualstack_ipv6=both)


def _reason(host: str, port: int, error: OSError) -> str:
    """Why a host cannot be served at, and what to do."""
    if error.errno in NOT_HERE:
        return _no_address(host)
    if error.errno == errno.EACCES:
        return f"Port {port} is not for this user. Name another with --port, of 1024 or more."
    return f"{host} cannot be served at: {os.strerror(error.errno or 0)}. Name another address with --host."


def _no_address(host: str) -> str:
    return (
        f"{host!r} is no address of this machine. Give --host 127.0.0.1 for this machine only, "
        "0.0.0.0 for everybody who can reach it, or one of its own addresses."
    )
