"""All that belongs to one visitor, in one value with one end.

A visitor is a tab of a browser, or a program between its first call and its last. Their photo, portrait and drawings live here
and their files in a folder of their own; `end` forgets all of it, and whatever is still under way then can keep and write
nothing any more.
"""

import io
import secrets
import shutil
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any, TypeAlias

from PIL import Image

from editor import EditedPhoto, Portrait
from editor.face import Detection
from editor.photos.original import Original
from editor.saving.formats import bare
from editor.spaces import Space
from editor.ui.admission import Bucket
from editor.ui.job import Job
from editor.ui.memory import Memory
from editor.ui.turns import Turns

if TYPE_CHECKING:
    from editor import Editor

FaceKey: TypeAlias = "int | tuple[tuple[float, float], ...]"
"""A face of a photo: its number, or the marks that were placed by hand on its eyes and mouth."""
FACES = 8
"""Faces of the open photo whose portraits are kept, so that each can be gone on with."""
RATE, BURST = 60, 120
"""Requests of one visitor: so many a second, and so many at once after a pause."""


class VisitorLeftError(Exception):
    """The visitor has left meanwhile: nothing of theirs may be kept or written."""


class Visitor:
    """One visitor. Several threads may call methods, and those that keep something raise `VisitorLeftError` after `end`.

    Attributes:
        folder: for the visitor's files alone; made when the first one is written.
        user: the name they logged in by; None where nobody has to log in.
        is_page: whether the visitor is a page in a browser, which says that it is there and when it is closed.
        bucket: how fast requests may come.
        drawing, judging, aside: whose turn it is to draw what the page waits for, to say what that changed, and to do what else
            it asked for.
    """

    def __init__(self, folder: Path, user: str | None = None, is_page: bool = False):
        self.folder = folder
        self.user = user
        self.is_page = is_page
        self.bucket = Bucket(RATE, BURST)
        self.drawing, self.judging, self.aside = Turns(), Turns(), Turns()
        self._lock = threading.RLock()
        self._left = False
        self._uploads: list[Path] = []
        self._photo: Path | None = None
        self._portrait: Portrait | None = None
        self._faces: dict[FaceKey, Portrait] = {}
        self._faces_of: Path | None = None
        self._face: FaceKey = 0
        self._revision = 0
        self._memory: Memory | None = None
        self._editor: Editor | None = None
        self._preview: Original | None = None
        self._backdrops: tuple[object, dict[Space, EditedPhoto]] | None = None
        self._job: Job | None = None
        self._learning: Job | None = None
        self._lesson: object = None
        self._files = 0
        self._calls = 0
        self._used = self._heard = monotonic()

    def __enter__(self) -> "Visitor":
        """Begin a call: a visitor with one under way is in use."""
        with self._lock:
            self._calls += 1
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1
            self._used = self._heard = monotonic()

    @property
    def left(self) -> bool:
        """Whether the visitor has left."""
        return self._left

    def hear(self) -> None:
        """The visitor says that they are still there, and asks for nothing."""
        self._heard = monotonic()

    def idle(self) -> float:
        """Seconds since the last call ended; 0 while one is under way."""
        with self._lock:
            return 0.0 if self._calls else monotonic() - self._used

    @property
    def used(self) -> float:
        """When the last call ended, in `monotonic` seconds."""
        return self._used

    def unheard(self) -> float:
        """Seconds since anything was heard of the visitor; 0 while a call is under way."""
        with self._lock:
            return 0.0 if self._calls else monotonic() - self._heard

    def end(self) -> None:
        """Forget everything and delete every file of the visitor."""
        with self._lock:
            self._left = True
            self._forget_photo()
            if self._learning:
                self._learning.stop()
            self._lesson = None
            self._faces.clear()
            self._editor = None
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

    def disown(self, uploads: Collection[Path]) -> None:
        """Delete the folders of uploaded files that have been used."""
        with self._lock:
            self._uploads = [upload for upload in self._uploads if upload not in uploads]
        for upload in uploads:
            shutil.rmtree(upload, ignore_errors=True)

    @property
    def photo(self) -> Path | None:
        """The file of the open photo."""
        return self._photo

    @property
    def portrait(self) -> Portrait | None:
        """What is open."""
        return self._portrait

    @property
    def revision(self) -> int:
        """How many portraits there have been: each photo, each face and each better likeness is one."""
        return self._revision

    def opened(self) -> tuple[Portrait | None, int]:
        """What is open, and its revision."""
        with self._lock:
            return self._portrait, self._revision

    def detections(self, photo: Path) -> tuple[Detection, ...]:
        """The faces found in a photo, if it is the one that is open."""
        with self._lock:
            return self._portrait.face.detections if self._portrait and self._photo == photo else ()

    def close_photo(self) -> None:
        """Nothing is open from now on; what improves the last portrait stops."""
        with self._staying():
            self._forget_photo()

    def face(self, photo: Path, face: FaceKey) -> Portrait | None:
        """The portrait of a face, as it was when another face of the same photo was opened; None if it was not open yet."""
        with self._lock:
            return self._faces.get(face) if self._faces_of == photo else None

    def open_photo(
        self,
        photo: Path,
        portrait: Portrait,
        face: FaceKey = 0,
        preview: Original | None = None,
        made_with: "Editor | None" = None,
    ) -> int | None:
        """Another photo, or another face of it, is open; gives its revision.

        Args:
            face: which one, to find it again by `face`.
            preview: a small copy of the photo.
            made_with: what `editor` was when the portrait was made. Where it is another by now, nothing happens: None.
        """
        with self._staying():
            if self._editor is not made_with:
                return None
            self._forget_photo()
            if self._faces_of != photo:
                self._faces.clear()
            self._photo, self._portrait, self._faces_of, self._face = photo, portrait, photo, face
            self._memory = Memory(portrait)
            self._preview = preview
            self._keep_face()
            self._revision += 1
            return self._revision

    @property
    def preview(self) -> Original | None:
        """A small copy of the open photo, for a screen."""
        return self._preview

    def backdrops(self, others: object) -> dict[Space, EditedPhoto] | None:
        """The small photo with edits of its other faces in it, if these are the edits."""
        with self._lock:
            return self._backdrops[1] if self._backdrops and self._backdrops[0] == others else None

    def remember_backdrops(self, portrait: Portrait, others: object, made: dict[Space, EditedPhoto]) -> None:
        """Keep that for the portrait that is open."""
        with self._staying():
            if self._portrait is portrait:
                self._backdrops = others, made

    def replace(self, portrait: Portrait, better: Portrait) -> bool:
        """Open a better likeness of `portrait`; False, and nothing happens, where that is not open any more."""
        with self._staying():
            if self._portrait is not portrait:
                return False
            self._portrait, self._memory = better, Memory(better)
            self._keep_face()
            self._revision += 1
            return True

    def _keep_face(self) -> None:
        if self._portrait is None:
            return
        self._faces.pop(self._face, None)
        self._faces[self._face] = self._portrait  # the last of the dictionary
        while len(self._faces) > FACES:
            self._faces.pop(next(iter(self._faces)))

    def _forget_photo(self) -> None:
        if self._job:
            self._job.stop()
        self._photo = self._portrait = self._memory = self._job = None
        self._preview = self._backdrops = None

    # An editor of one's own

    @property
    def editor(self) -> "Editor | None":
        """The editor with the visitor's own flow or directions; None: everybody's."""
        return self._editor

    def use(self, editor: "Editor | None", carry_over: Callable[[Portrait], Portrait]) -> int:
        """Take another editor from now on; gives the revision. What improves the portrait stops.

        Args:
            editor: None: everybody's.
            carry_over: makes the open portrait one of that editor.
        """
        with self._staying():
            if self._job:
                self._job.stop()
            self._editor = editor
            self._faces.clear()
            if self._portrait is not None:
                self._portrait = carry_over(self._portrait)
                self._memory = Memory(self._portrait)
                self._backdrops = None
                self._revision += 1
            return self._revision

    # Improving

    @property
    def job(self) -> Job | None:
        """What improves the portrait, or did last."""
        return self._job

    def begin(self, job: Job) -> bool:
        """Keep a job for the open portrait; False, and nothing happens, where another is under way or nothing is open."""
        with self._staying():
            if self._portrait is None or (self._job and not self._job.ending):
                return False
            self._job = job
            return True

    @property
    def learning(self) -> tuple[Job | None, Any]:
        """What makes an attribute for the visitor, or did last, and what came of it."""
        with self._lock:
            return self._learning, self._lesson

    def begin_learning(self, job: Job) -> bool:
        """Keep a job that makes an attribute; False, and nothing happens, where another is under way."""
        with self._staying():
            if self._learning and not self._learning.ending:
                return False
            self._learning, self._lesson = job, None
            return True

    def keep_lesson(self, job: Job, lesson: object) -> None:
        """Keep what came of a job, unless another was begun."""
        with self._staying():
            if self._learning is job:
                self._lesson = lesson

    # What was drawn and measured

    def memory(self, portrait: Portrait) -> Memory:
        """What is remembered of a portrait; where another one is open by now, a memory that nobody reads again.

        Raises:
            VisitorLeftError: the visitor has left.
        """
        with self._staying():
            return self._memory if self._memory and self._portrait is portrait else Memory(portrait)

    # Files of programs

    def png(self, name: str, picture: Image.Image) -> str:
        """Save without loss and without metadata under this name, in a folder of this call's own."""
        content = io.BytesIO()
        bare(picture).save(content, "PNG", compress_level=4)
        return self.file(f"{name}.png", content.getvalue())

    def file(self, name: str, content: bytes) -> str:
        """Write a file under this name, in a folder of this call's own."""
        return self._write(lambda number: f"{number:09d}/{name}", content)

    def delete_results(self, age: float) -> None:
        """Delete what programs asked for, and photos that are not open, after so many seconds.

        The last photo stays: another face of it may be in the making, while nothing is open.
        """
        with self._lock:
            kept = [folder for photo in (self._photo, self._faces_of) if photo for folder in photo.parents]
            uploads = [upload for upload in self._uploads if upload not in kept and _age(upload) > age]
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


def _age(path: Path) -> float:
    """Seconds since a file or folder was made; 0 where it is gone already."""
    try:
        return time() - path.stat().st_mtime
    except OSError:
        return 0.0


def new_folder(parent: Path) -> Path:
    """A path for a new folder whose name nobody can guess."""
    return parent / secrets.token_hex(16)
