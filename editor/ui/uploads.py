"""Photos on their way in: only a file that this server received, and only for whoever sent it.

Gradio keeps an upload under a name made of its content, which everybody who has the same photo can tell. It also hands on to
the endpoints whatever path a client names. Here every upload gets a folder whose name nobody can guess. A path that was not
handed out is refused without a look at the disk, and the first visitor to use an upload is the only one who can.
"""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from gradio.route_utils import API_PREFIX, upload_fn
from gradio.routes import file_upload_statuses
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from editor.errors import PhotoError
from editor.photos.files import MAX_BYTES
from editor.ui import text
from editor.ui.admission import RefusedError, user_of
from editor.ui.visitor import Visitor, new_folder

WAITING_SECONDS = 600
"""How long an upload that no call has named is kept. A program's call may wait in the queue before it does."""
MOST_WAITING = 200
"""Uploads that no call has named yet, at once."""
CLOSED = ("process_recording", "deep_link")
"""Addresses of Gradio's that nothing here uses, and that keep files which nobody would delete."""

Client = tuple[str, str]
"""The address that a request came from, and the program it names: enough to tell most browsers apart."""
VISITOR = "x-visitor"
"""Header in which a page says whose upload it is, so that it goes with them; the visitor's key."""


@dataclass(frozen=True)
class Waiting:
    """An upload that no call has named yet.

    Attributes:
        since: when it began to come, in `monotonic` seconds.
        client: who sent it.
    """

    since: float
    client: Client


class Uploads:
    """Receives photos and remembers whose they are. May be used by several threads."""

    def __init__(self, cache: Path):
        """Args:
        cache: the folder that the server gives files from.
        """
        self._folder = cache / "uploads"
        self._waiting: dict[str, Waiting] = {}
        self._taken: dict[str, Visitor] = {}
        self._left: dict[Client, float] = {}
        self._lock = threading.Lock()

    @property
    def routes(self) -> list[Route]:
        """The address that photos are sent to, in place of Gradio's own, and addresses that are closed."""
        closed = [Route(f"{API_PREFIX}/{name}", _refuse, methods=["GET", "POST"]) for name in CLOSED]
        return [Route(f"{API_PREFIX}/upload", self._receive, methods=["POST"]), *closed]

    def check(self, path: Any) -> None:
        """Look whether a client may call a file `path`. Nothing is looked up on the disk.

        Raises:
            PhotoError: this server has received no such file. Nothing is said of what else there is.
        """
        if isinstance(path, str) and path.startswith(("http://", "https://")):
            raise PhotoError(text.NOT_FETCHED)
        with self._lock:
            received = isinstance(path, str) and (path in self._waiting or path in self._taken)
        if not received:
            raise PhotoError(text.NOT_RECEIVED)

    def claim(self, path: Any, visitor: Visitor) -> Path:
        """The file that a client calls `path`, which is this visitor's from now on.

        Raises:
            PhotoError: this server has not received such a file from them. Nothing is said of the disk.
        """
        self.check(path)
        with self._lock:
            if self._waiting.pop(path, None) is not None:
                self._taken[path] = visitor
            if self._taken.get(path) is not visitor:
                raise PhotoError(text.NOT_RECEIVED)
        visitor.own(Path(path).parent)
        return Path(path)

    def sweep(self) -> None:
        """Delete what no call has named for long, and forget what left with its visitor."""
        with self._lock:
            self._taken = {path: visitor for path, visitor in self._taken.items() if not visitor.left}
            self._left = {client: when for client, when in self._left.items() if monotonic() - when < WAITING_SECONDS}
        self._delete(lambda upload: monotonic() - upload.since > WAITING_SECONDS)

    def delete_from(self, client: Client) -> None:
        """Delete what a client sent that no call has named: the page was closed before it could."""
        self._delete(lambda upload: upload.client == client)

    def leave(self, key: str) -> None:
        """Delete what a visitor sent that no call has named, and what is still on its way."""
        with self._lock:
            self._left[sender(key)] = monotonic()
        self.delete_from(sender(key))

    def _delete(self, which: Callable[[Waiting], bool]) -> None:
        with self._lock:
            paths = [path for path, upload in self._waiting.items() if which(upload)]
            for path in paths:
                del self._waiting[path]
        for path in paths:
            shutil.rmtree(Path(path).parent, ignore_errors=True)

    async def _receive(self, request: Request) -> Response:
        """Write each upload into a folder of its own; answers with the paths, as Gradio's route does."""
        try:
            await user_of(request.app, request)
        except RefusedError as refused:
            return PlainTextResponse(str(refused), refused.status)
        key = request.headers.get(VISITOR)
        upload = Waiting(monotonic(), sender(key) if key else client_of(request))
        await run_in_threadpool(self.sweep)
        if len(self._waiting) >= MOST_WAITING:
            return PlainTextResponse(text.TOO_MANY_UPLOADS, 429)
        arriving = new_folder(self._folder)
        try:
            paths = self._keep(await _received(request, arriving), upload)
            if upload.client in self._left:  # the page was closed meanwhile
                await run_in_threadpool(self._delete, lambda each: each.client == upload.client)
            return JSONResponse(paths)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it
        except MultiPartException as error:
            return PlainTextResponse(error.message, 413 if "maximum allowed size" in error.message else 400)
        except (HTTPException, TypeError, ValueError):  # a field that is no file, or has no name
            return PlainTextResponse(text.NO_FILE, 400)
        except OSError as error:
            return PlainTextResponse(text.NOT_STORED.format(reason=error.strerror or "the disk failed"), 507)
        finally:
            await run_in_threadpool(shutil.rmtree, arriving, ignore_errors=True)  # and what was sent beside the files

    def _keep(self, received: Iterable[Path], upload: Waiting) -> list[str]:
        """Move each file into a folder of its own; they wait for a call that names them.

        Raises:
            ValueError: there is none.
        """
        paths = []
        for file in received:
            folder = new_folder(self._folder)
            folder.mkdir(parents=True, mode=0o700)
            paths.append(str(file.replace(folder / file.name)))
        if not paths:
            raise ValueError("no files")
        with self._lock:
            self._waiting |= dict.fromkeys(paths, upload)
        return paths


async def _received(request: Request, folder: Path) -> list[Path]:
    """The files of a request, read by Gradio into a folder."""
    progress = request.query_params.get("upload_id")
    statuses = file_upload_statuses if progress else None
    files, _, _ = await upload_fn(request, str(folder), MAX_BYTES, progress, upload_progress=statuses)
    return [Path(file) for file in files]


async def _refuse(_: Request) -> Response:
    return PlainTextResponse(text.CLOSED, 404)


def sender(key: str) -> Client:
    """Who sends an upload that says whose it is."""
    return (VISITOR, key)


def client_of(request: Any) -> Client:
    """Who sent a request, of Starlette's or of Gradio's kind."""
    return (request.client.host if request.client else "", request.headers.get("user-agent", ""))


def named_files(value: Any) -> Iterator[str]:
    """Every path in what a client sent: files are objects with one, however deep they lie."""
    if isinstance(value, dict):
        if isinstance(path := value.get("path"), str):
            yield path
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from named_files(inner)
