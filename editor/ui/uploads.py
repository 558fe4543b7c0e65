"""Photos on their way in: only a file that this server received, and only for whoever sent it.

Gradio keeps an upload under a name made of its content, which everybody who has the same photo can tell. It also hands on to
the handlers whatever path a client names. Here every upload gets a folder whose name nobody can guess. A path that was not
handed out is refused without a look at the disk, and the first session to use an upload is the only one that can.
"""

import shutil
import threading
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Any

from gradio.route_utils import API_PREFIX, upload_fn
from gradio.routes import file_upload_statuses
from starlette.concurrency import run_in_threadpool
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from editor.errors import PhotoError
from editor.photos.files import MAX_BYTES
from editor.ui import text
from editor.ui.visitor import Visitor, new_folder

WAITING_SECONDS = 3600
"""How long an upload that nobody opens is kept."""
MOST_PENDING = 200
"""Uploads that nobody has opened yet, at once."""


class Uploads:
    """Receives photos and remembers whose they are. May be used by several threads."""

    def __init__(self, cache: Path, examples: Iterable[Path] = ()):
        """Args:
        cache: the folder that the server gives files from.
        examples: photos that everybody may open. They are read from where they lie and belong to no visitor.
        """
        self._folder = cache / "uploads"
        self._cache = cache
        self._examples = {path.name: path for path in examples}
        self._waiting: dict[str, float] = {}
        self._taken: dict[str, Visitor] = {}
        self._lock = threading.Lock()

    @property
    def route(self) -> Route:
        """The address that photos are sent to, in place of Gradio's own."""
        return Route(f"{API_PREFIX}/upload", self._receive, methods=["POST"])

    def check(self, path: Any) -> None:
        """Look whether a client may call a file `path`. Nothing is looked up on the disk.

        Raises:
            PhotoError: this server has received no such file. Nothing is said of what else there is.
        """
        if isinstance(path, str) and path.startswith(("http://", "https://")):
            raise PhotoError(text.NOT_FETCHED)
        with self._lock:
            received = isinstance(path, str) and (path in self._waiting or path in self._taken)
        if not received and not self._example(path):
            raise PhotoError(text.NOT_RECEIVED)

    def claim(self, path: Any, visitor: Visitor) -> Path:
        """The file that a client calls `path`, which is this visitor's from now on.

        Raises:
            PhotoError: this server has not received such a file from them. Nothing is said of the disk.
        """
        self.check(path)
        if example := self._example(path):
            return example
        with self._lock:
            if self._waiting.pop(path, None) is not None:
                self._taken[path] = visitor
            if self._taken.get(path) is not visitor:
                raise PhotoError(text.NOT_RECEIVED)
        visitor.own(_folder_of(Path(path), self._folder))
        return Path(path)

    def sweep(self) -> None:
        """Delete what nobody opened, and forget what left with its visitor."""
        with self._lock:
            old = [path for path, at in self._waiting.items() if monotonic() - at > WAITING_SECONDS]
            for path in old:
                del self._waiting[path]
            self._taken = {path: visitor for path, visitor in self._taken.items() if not visitor.left}
        for path in old:
            shutil.rmtree(_folder_of(Path(path), self._folder), ignore_errors=True)

    def _example(self, path: Any) -> Path | None:
        """The example that a client means: Gradio shows a copy of it from the cache."""
        named = Path(path) if isinstance(path, str) else Path()
        inside = named.parent.parent in (self._cache, self._cache.resolve())
        example = self._examples.get(named.name)
        return example if inside or named == example else None

    async def _receive(self, request: Request) -> Response:
        """Write each upload into a folder of its own; answers with the paths, as Gradio's route does."""
        await run_in_threadpool(self.sweep)
        if len(self._waiting) >= MOST_PENDING:
            return PlainTextResponse(text.TOO_MANY_UPLOADS, 429)
        folder = new_folder(self._folder)
        progress = request.query_params.get("upload_id")
        try:
            received, _, _ = await upload_fn(
                request, str(folder), MAX_BYTES, progress, upload_progress=file_upload_statuses if progress else None
            )
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, MultiPartException):
                return PlainTextResponse(error.message, 413 if "maximum allowed size" in error.message else 400)
            raise
        paths = [str(path) for path in received]
        with self._lock:
            self._waiting |= dict.fromkeys(paths, monotonic())
        return JSONResponse(paths)


def _folder_of(upload: Path, uploads: Path) -> Path:
    """The folder that was made for an upload."""
    return uploads / upload.relative_to(uploads).parts[0]
