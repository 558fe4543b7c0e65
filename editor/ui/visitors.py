"""Who is here: visitors by their session, and the end of those who leave, or whom nobody hears of any more."""

import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep

import gradio as gr

from editor.ui import text
from editor.ui.uploads import Client, Uploads, client_of
from editor.ui.visitor import Visitor, new_folder

MOST = 100
"""Visitors at once. One more, and the one that has been idle longest is forgotten."""
UNUSED_SECONDS = 3600
"""How long a program's photo and results are kept after its last call. A page keeps its own until it is closed."""
SWEEP_SECONDS = 60
LEFT_SECONDS = 5
"""An event of a session that began so soon after its page was closed was still on its way, and finds nothing."""


class Visitors:
    """All visitors of one page. May be used by several threads."""

    def __init__(self, cache: Path, examples: Sequence[Path] = ()):
        """Args:
        cache: the folder that the server gives files from; each visitor gets a folder of their own in it.
        examples: photos that everybody may open.
        """
        self.uploads = Uploads(cache, examples)
        self._folder = cache / "visitors"
        self._here: dict[str, Visitor] = {}
        self._pages: dict[str, Client] = {}
        self._gone: dict[str, float] = {}
        self._lock = threading.Lock()
        threading.Thread(target=_sweep_now_and_then, args=(weakref.ref(self),), daemon=True).start()

    def of(self, request: gr.Request) -> Visitor:
        """The visitor that a request comes from; a new one, if it is their first.

        Raises:
            gr.Error: the request does not say which session it is of.
        """
        if not request.session_hash:
            raise gr.Error(text.NO_SESSION, print_exception=False)
        return self.of_session(request.session_hash)

    def of_session(self, session: str) -> Visitor:
        """The visitor of a session; a new one, if it has none yet."""
        with self._lock:
            visitor = self._here.get(session)
            if visitor is None or visitor.left:
                visitor = self._here[session] = self._new(session)
            pushed_out = self._push_out(visitor)
        for other in pushed_out:
            other.end()
        return visitor

    def arrive(self, request: gr.Request) -> None:
        """A page was opened in a browser."""
        visitor = self.of(request)
        with self._lock:
            self._pages[request.session_hash or ""] = client_of(request)
        visitor.uses_page = visitor.is_new = True

    def leave(self, request: gr.Request) -> None:
        """A page was closed, or a program ended: all that belonged to it goes, with what it sent and never named."""
        session = request.session_hash or ""
        with self._lock:
            visitor = self._here.pop(session, None)
            client = self._pages.pop(session, None)
            self._gone[session] = monotonic()
            alone = client not in self._pages.values()
        if visitor:
            visitor.end()
        if client and alone:  # or it may be another tab's
            self.uploads.delete_from(client)

    def sweep(self) -> None:
        """End programs that have not called for long, and delete results that are as old."""
        with self._lock:
            unused = [
                session for session, visitor in self._here.items() if not visitor.uses_page and visitor.idle() > UNUSED_SECONDS
            ]
            ended = [self._here.pop(session) for session in unused]
            self._gone = {session: at for session, at in self._gone.items() if monotonic() - at < LEFT_SECONDS}
            others = list(self._here.values())
        for visitor in ended:
            visitor.end()
        for visitor in others:
            visitor.delete_results(UNUSED_SECONDS)
        self.uploads.sweep()

    def end(self) -> None:
        """The server stops: everybody leaves."""
        with self._lock:
            everybody = list(self._here.values())
            self._here.clear()
        for visitor in everybody:
            visitor.end()

    def _new(self, session: str) -> Visitor:
        visitor = Visitor(new_folder(self._folder))
        visitor.uses_page = session in self._pages
        if monotonic() - self._gone.get(session, -LEFT_SECONDS) < LEFT_SECONDS:
            visitor.end()
        return visitor

    def _push_out(self, newest: Visitor) -> list[Visitor]:
        """Forget programs, then pages, those idle longest first, while there are too many; not one that is in use."""
        others = (visitor for visitor in self._here.values() if visitor is not newest)
        idle = sorted(others, key=lambda visitor: (visitor.uses_page, -visitor.idle()))
        pushed = [visitor for visitor in idle[: max(len(self._here) - MOST, 0)] if visitor.idle() > 0]
        self._here = {session: visitor for session, visitor in self._here.items() if visitor not in pushed}
        return pushed


def _sweep_now_and_then(visitors: "weakref.ref[Visitors]") -> None:
    while True:
        sleep(SWEEP_SECONDS)
        if (here := visitors()) is None:
            return
        here.sweep()
        del here
