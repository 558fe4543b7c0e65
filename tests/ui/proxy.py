"""A small reverse proxy: TLS, a path in front, another port, and `Host` as nginx hands it on."""

import contextlib
import http.client
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.conftest import needed

KEPT = ("content-type", "content-disposition", "cache-control", "etag", "set-cookie")


@contextlib.contextmanager
def proxied(url: str, prefix: str, tls: Path | None = None, forwarded: bool = True):
    """The address of a proxy for what is served at `url`.

    Args:
        prefix: of all paths; it is taken off.
        tls: a folder for a certificate; None: plain HTTP.
        forwarded: whether the server is told of the proxy's scheme and name.
    """

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")
            }
            if forwarded:
                headers |= {"X-Forwarded-Proto": scheme, "X-Forwarded-Host": self.headers["Host"]}
            behind = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
            behind.request(self.command, self.path.removeprefix(prefix), body, headers)
            answer = behind.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() in KEPT:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_HEAD = handle_one  # noqa: N815

        def log_message(self, *_) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if tls:
        scheme, context = "https", ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(tls))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{scheme}://localhost:{server.server_port}{prefix}"
    server.shutdown()
    server.server_close()


def certificate(folder: Path) -> Path:
    """A key and a certificate for localhost, signed by itself."""
    openssl = needed("openssl")
    path = folder / "localhost.pem"
    made = [
        "-keyout",
        str(path),
        "-out",
        str(folder / "certificate"),
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *made], check=True, capture_output=True
    )
    path.write_text(path.read_text() + (folder / "certificate").read_text())
    return path
