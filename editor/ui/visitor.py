"""All that belongs to one visitor, in one value with one end.

A visitor is a tab of a browser, or a program between its first call and its last. Their photo, portrait and pictures live here
and in a folder of their own; `end` forgets all of it, and whatever is still under way then can write nothing any more.
"""

import io
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, time

from PIL import Image

from editor import Portrait, Rendering
from editor.generate.detail import Detail
from editor.spaces import Space

KEEP = 3
"""Pictures kept for each pane of the page: what is shown there, and what a browser may still be loading."""

Details = dict[Space, Detail]


class VisitorLeftError(Exception):
    """The visitor has left meanwhile: nothing of theirs may be kept or written."""


class Visitor:
    """One visitor. Methods may be called by several threads, and raise `VisitorLeftError` after `end`.

    Attributes:
        moves: how often a slider has moved.
        told: what was last said of how pictures are drawn here.
        complained: whether the page's note says that something was wrong with the last move.
        uses_page: whether the visitor is a page in a browser, which says when it is closed.
        is_new: whether the page has opened nothing yet; one that was forgotten meanwhile is not new.
    """

    def __init__(self, folder: Path):
        """Args:
        folder: for the visitor's files alone; made when the first one is written.
        """
        self.folder = folder
        self.moves = 0
        self.told = ""
        self.complained = False
        self.uses_page = False
        self.is_new = False
        self._lock = threading.RLock()
        self._left = False
        self._stopping = False
        self._uploads: list[Path] = []
        self._photo: Path | None = None
        self._portrait: Portrait | None = None
        self._drawn: tuple[int, Rendering] | None = None
        self._live: tuple[Portrait, Rendering] | None = None
        self._details: tuple[Portrait, Details] | None = None
        self._files = 0
        self._calls = 0
        self._used = monotonic()

    def __enter__(self) -> "Visitor":
        """Begin a call: a visitor with one under way is in use."""
        with self._lock:
            self._calls += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1
            self._used = monotonic()

    @property
    def left(self) -> bool:
        """Whether the visitor has left."""
        return self._left

    def idle(self) -> float:
        """Seconds since the last call ended; 0 while one is under way."""
        with self._lock:
            return 0.0 if self._calls else monotonic() - self._used

    def end(self) -> None:
        """Forget everything and delete every file of the visitor."""
        with self._lock:
            self._left = True
            self._photo = self._portrait = self._drawn = self._live = self._details = None
            shutil.rmtree(self.folder, ignore_errors=True)
            for upload in self._uploads:
                shutil.rmtree(upload, ignore_errors=True)
            self._uploads.clear()

    # The open photo

    def own(self, upload: Path) -> None:
        """From now on an uploaded file's folder goes when the visitor does."""
        with self._lock:
            if self._left:
                shutil.rmtree(upload, ignore_errors=True)
                raise VisitorLeftError
            if upload not in self._uploads:
                self._uploads.append(upload)

    @property
    def photo(self) -> Path | None:
        """The file of the open photo."""
        return self._photo

    @property
    def portrait(self) -> Portrait | None:
        """What is open."""
        return self._portrait

    def close_photo(self) -> None:
        """Nothing is open from now on; what improves the last portrait stops."""
        with self._lock:
            self._photo = self._portrait = self._drawn = self._live = self._details = None

    def open_photo(self, photo: Path, portrait: Portrait) -> None:
        """Another photo, or another face of it, is open."""
        with self._staying():
            self.close_photo()
            self._photo, self._portrait = photo, portrait
            self.is_new = False

    def replace(self, portrait: Portrait, better: Portrait) -> bool:
        """Open a better likeness of `portrait`; False, and nothing happens, where that is not open any more."""
        with self._staying():
            if self._portrait is not portrait:
                return False
            self._portrait = better
            return True

    # Improving, which can be stopped

    def begin(self) -> None:
        """An improvement was asked for, and may begin when its turn comes."""
        self._stopping = False

    def stop(self) -> None:
        """End the improvement under way at its next step."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        """Whether the improvement under way is to end."""
        return self._stopping

    # What was drawn last

    def count_move(self) -> None:
        """A slider has moved: what was drawn in full is of the past."""
        with self._lock:
            self.moves += 1
            self._drawn = None

    def remember_live(self, portrait: Portrait, rendering: Rendering) -> None:
        """What was drawn small of a portrait at the last move."""
        with self._staying():
            self._live = portrait, rendering

    def live(self, portrait: Portrait) -> Rendering | None:
        """That, if it is of this portrait."""
        with self._lock:
            return self._live[1] if self._live and self._live[0] is portrait else None

    def remember(self, moves: int, rendering: Rendering) -> None:
        """What was drawn in full for the sliders after so many moves."""
        with self._staying():
            self._drawn = moves, rendering

    def drawn(self, moves: int) -> Rendering | None:
        """That, unless the sliders have moved on since."""
        with self._lock:
            return self._drawn[1] if self._drawn and self._drawn[0] == self.moves == moves else None

    def remember_details(self, portrait: Portrait, details: Details) -> Details:
        """What live pictures of a portrait miss near where the sliders last rested."""
        with self._staying():
            self._details = portrait, details
            return details

    def details(self, portrait: Portrait) -> Details | None:
        """Those, if they are of this portrait."""
        with self._lock:
            return self._details[1] if self._details and self._details[0] is portrait else None

    # Files

    def jpegs(self, pictures: Mapping[str, Image.Image]) -> list[str]:
        """Save for several panes at once: Pillow encodes without holding Python's lock."""
        with ThreadPoolExecutor(len(pictures)) as encoders:
            return list(encoders.map(self.jpeg, pictures, pictures.values()))

    def jpeg(self, pane: str, picture: Image.Image) -> str:
        """Save for a pane of the page (JPEG: 40 times faster to encode than PNG), and delete what it showed long before."""
        content = _encoded(picture, "JPEG", quality=92, subsampling=0)
        with self._staying():
            path = self._write(lambda number: f"{pane}-{number:09d}.jpg", content)
            for old in sorted(self.folder.glob(f"{pane}-*.jpg"))[:-KEEP]:
                old.unlink(missing_ok=True)
        return path

    def png(self, name: str, picture: Image.Image) -> str:
        """Save without loss under this name, in a folder of this call's own."""
        return self._write(lambda number: f"{number:09d}/{name}.png", _encoded(picture, "PNG", compress_level=4))

    def delete_results(self, age: float) -> None:
        """Delete what programs asked for, and photos that are not open, after so many seconds."""
        with self._lock:
            opened = self._photo.parents if self._photo else ()
            uploads = [upload for upload in self._uploads if upload not in opened and _age(upload) > age]
            results = [folder for folder in self.folder.glob("*/") if _age(folder) > age]
            for folder in (*results, *uploads):
                shutil.rmtree(folder, ignore_errors=True)
            self._uploads = [upload for upload in self._uploads if upload not in uploads]

    def _write(self, name: Callable[[int], str], content: bytes) -> str:
        with self._staying():
            self._files += 1
            path = self.folder / name(self._files)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(content)
            return str(path)

    @contextmanager
    def _staying(self) -> Iterator[None]:
        """Hold the lock of a visitor who is still there; `end` waits until it is let go."""
        with self._lock:
            if self._left:
                raise VisitorLeftError
            yield


def _encoded(picture: Image.Image, kind: str, **options: int) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def _age(path: Path) -> float:
    """Seconds since a file or folder was made; 0 where it is gone already."""
    try:
        return time() - path.stat().st_mtime
    except OSError:
        return 0.0


def new_folder(parent: Path) -> Path:
    """A path for a new folder whose name nobody can guess."""
    return parent / secrets.token_hex(16)
