"""A reverse proxy: it passes requests on to a server, from another port, under a path, with TLS; and it can be cut."""

import http.client
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

OWN = {"connection", "keep-alive", "transfer-encoding", "content-length"}
"""Headers of one connection, which a proxy does not pass on."""


class Proxy:
    """Stands between browsers and a server.

    Attributes:
        url: what browsers open, without a slash at its end.
        passed: the path of every request, as browsers asked.
        upstream: the server; it may be changed at any time.
    """

    def __init__(self, upstream: str, prefix: str = "", certificate: Path | None = None):
        """Args:
        prefix: the path that the server is reached under; it is taken away before a request is passed on.
        certificate: a PEM file with key and certificate; None: no TLS.
        """
        self.upstream, self.prefix = upstream, prefix
        self.passed: list[str] = []
        self._cut = False
        self._open: set[socket.socket] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self._server.server_port}{prefix}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def cut(self) -> None:
        """End every connection, and answer nothing until `mend`."""
        self._cut = True
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._cut = False

    def close(self) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def connected(self, connection: socket.socket) -> Iterator[bool]:
        """Whether a connection may be used; while it is, it can be cut."""
        self._open.add(connection)
        try:
            yield not self._cut
        finally:
            self._open.discard(connection)

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """What the server says to a request."""
        at = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


def _handler_of(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle(self) -> None:
            with proxy.connected(self.connection) as usable, suppress(OSError, http.client.HTTPException):
                if usable:
                    super().handle()

        def _pass_on(self) -> None:
            proxy.passed.append(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not self.path.startswith(proxy.prefix):
                status, headers, content = 404, [], b"not behind this path"
            else:
                kept = {name: value for name, value in self.headers.items() if name.lower() not in OWN}
                status, headers, content = proxy.answer(self.command, self.path[len(proxy.prefix) :] or "/", kept, body)
            if proxy._cut:
                raise ConnectionAbortedError
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in OWN:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_HEAD = _pass_on  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def self_made_certificate(folder: Path) -> Path:
    """A PEM file with a key and a certificate that nobody has signed; made by OpenSSL."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, "-keyout", key, "-out", certificate, *subject]
    subprocess.run(command, check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both
