"""Who is here: visitors by their key, and the end of those who leave, or whom nobody hears of any more.

A key names its visitor in every request. Nobody can guess one, and with a login it belongs to the user who asked for it.
"""

import secrets
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from time import sleep

from editor.devices.memory import make_room
from editor.ui import text
from editor.ui.admission import Bucket, RefusedError
from editor.ui.uploads import Client, Uploads
from editor.ui.visitor import Visitor, new_folder

MOST = 100
"""Visitors at once. One more, and the one that has been idle longest is forgotten."""
LEASE_SECONDS = 300
"""How long a page may be silent. It speaks every 20 s; browsers wake a page in the background once a minute."""
UNUSED_SECONDS = 3600
"""How long a program's photo and results are kept after its last call."""
SWEEP_SECONDS = 20
ARRIVALS, ARRIVALS_AT_ONCE = 5, 60
"""Keys that one address may ask for: so many a second, and so many at once after a pause."""
KEY_BYTES = 24


class Visitors:
    """All visitors of one page. May be used by several threads.

    Attributes:
        uploads: photos on their way in.
        examples: name -> photo that everybody may open.
        sweeper: the thread that ends whoever is not heard of.
    """

    def __init__(self, cache: Path, examples: Sequence[Path] = ()):
        """Args:
        cache: the folder that the server gives files from; each visitor gets a folder of their own in it.
        examples: photos that everybody may open.
        """
        self.uploads = Uploads(cache)
        self.examples = {path.name: path for path in examples}
        self._folder = cache / "visitors"
        self._here: dict[str, Visitor] = {}
        self._pages: dict[str, Client] = {}
        self._arrivals: dict[str, Bucket] = {}
        self._lock = threading.Lock()
        self.sweeper = threading.Thread(target=_sweep_now_and_then, args=(weakref.ref(self),), name="sweeper", daemon=True)
        self.sweeper.start()

    def arrive(self, user: str | None, client: Client | None = None) -> str:
        """A new visitor's key.

        Args:
            user: who is logged in.
            client: who asks, where it is a page in a browser; None: a program.

        Raises:
            RefusedError: this address has asked for too many.
        """
        key, visitor = secrets.token_urlsafe(KEY_BYTES), Visitor(new_folder(self._folder), user, is_page=client is not None)
        with self._lock:
            if client is not None:
                self._arrivals.setdefault(client[0], Bucket(ARRIVALS, ARRIVALS_AT_ONCE)).take()
                self._pages[key] = client
            self._here[key] = visitor
            pushed_out = self._push_out(visitor)
        for other in pushed_out:
            other.end()
        return key

    def of(self, key: str | None, user: str | None) -> Visitor:
        """The visitor whose key this is.

        Raises:
            RefusedError: there is none, not any more, or another user's.
        """
        visitor = self._here.get(key) if key else None
        if visitor is None or visitor.left or visitor.user != user:
            raise RefusedError(410, "gone", text.GONE)
        return visitor

    def leave(self, key: str, user: str | None) -> None:
        """A page was closed, or a program ended: all that belonged to it goes, with what it sent and never named."""
        with self._lock:
            visitor = self._here.get(key)
            if visitor is None or visitor.user != user:
                return
            del self._here[key]
            client = self._pages.pop(key, None)
            alone = client not in self._pages.values()
        visitor.end()
        self.uploads.leave(key)
        if client and alone:  # or it may be another tab's
            self.uploads.delete_from(client)

    def sweep(self) -> None:
        """End pages that are silent and programs that have not called for long, and delete results that are as old.

        Where nobody is asking for anything, what all of them left in memory is given back.
        """
        with self._lock:
            ended = [(key, visitor) for key, visitor in self._here.items() if _is_over(visitor)]
            others = [visitor for visitor in self._here.values() if not _is_over(visitor)]
            self._arrivals = {host: bucket for host, bucket in self._arrivals.items() if not bucket.is_full}
        for key, visitor in ended:
            self.leave(key, visitor.user)
        for visitor in others:
            visitor.delete_results(UNUSED_SECONDS)
        self.uploads.sweep()
        if all(visitor.idle() > 0 for visitor in others):  # or a picture would wait for it
            make_room()

    def end(self) -> None:
        """The server stops: everybody leaves."""
        with self._lock:
            everybody = list(self._here.values())
            self._here.clear()
            self._pages.clear()
        for visitor in everybody:
            visitor.end()

    def _push_out(self, newest: Visitor) -> list[Visitor]:
        """Forget visitors while there are too many; not one that is in use.

        Programs go first, then pages that have nothing open, then all others; of each those that have been idle longest.
        """
        others = (item for item in self._here.items() if item[1] is not newest and item[1].idle() > 0)
        idle = sorted(others, key=lambda item: (item[1].is_page, item[1].portrait is not None, item[1].used))
        pushed = idle[: max(len(self._here) - MOST, 0)]
        for key, _ in pushed:
            del self._here[key]
            self._pages.pop(key, None)
        return [visitor for _, visitor in pushed]


def _is_over(visitor: Visitor) -> bool:
    return visitor.unheard() > LEASE_SECONDS if visitor.is_page else visitor.idle() > UNUSED_SECONDS


def _sweep_now_and_then(visitors: "weakref.ref[Visitors]") -> None:
    while True:
        sleep(SWEEP_SECONDS)
        if (here := visitors()) is None:
            return
        here.sweep()
        del here
