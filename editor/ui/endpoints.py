"""What programs call, by name. Arguments are checked here and in the verbs, since Gradio passes on whatever it is sent.

`open` gives a key, which names the photo in every later call, from whatever session. `close` ends it, and so does an hour
without a call. Files come back as files: gradio_client downloads them, and over plain HTTP each has a `url`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gradio as gr
from gradio.events import api
from PIL import Image

from editor import EditorError, PhotoError, SettingError
from editor.spaces import SPACES, Space
from editor.ui import text
from editor.ui.asking import Fields
from editor.ui.exploring import Explorer
from editor.ui.improving import LIKENESS
from editor.ui.saver import Saver
from editor.ui.studio import Studio, first_steps
from editor.ui.telling import told_quality
from editor.ui.visitor import Visitor, VisitorLeftError
from editor.ui.visitors import Visitors

MOST_STEPS = 1000
WAITING = ("improve",)
"""Calls that mostly wait: for their turn in what improves likenesses, which is one at a time over all visitors."""
File = gr.FileData


class Endpoints:
    """The calls for programs."""

    def __init__(self, studio: Studio, visitors: Visitors):
        self._studio = studio
        self._explorer = Explorer(studio)
        self._saver = Saver(studio, self._explorer)
        self._visitors = visitors

    def offer(self) -> None:
        """Add the calls to the blocks that are open. They draw one at a time, and no slider of a page waits for them."""
        calls: tuple[Callable[..., Any], ...] = (
            self.open,
            self.improve,
            self.render,
            self.changes,
            self.save,
            self.close,
            self.edit,
        )
        for call in calls:
            name = call.__name__
            waits = name in WAITING
            group = "programs' likenesses" if waits else "programs"
            api(call, api_name=name, concurrency_id=group, concurrency_limit=8 if waits else 1)

    def open(
        self,
        request: gr.Request,
        photo: File = None,  # pyright: ignore[reportArgumentType]
        face: int = 0,
    ) -> tuple[str, dict, File, File]:
        """Open a photo: its key for later calls, what is known of it, and PNGs of the face and of what the model makes of it.

        Args:
            photo: an uploaded file.
            face: which face; 0 is the largest.
        """
        path = path_of(photo)
        with self._new(request) as (key, visitor):
            answer = self._studio.open(visitor, Fields({"photo": path, "face": face}))
            portrait, _ = self._studio.opened(visitor)
            told = {name: value for name, value in answer.data.items() if name != "notice"}
            pictures = {"crop": portrait.face.image, "reconstruction": portrait.reconstruction}
            crop, reconstruction = (_file(visitor.png(name, picture), f"{name}.png") for name, picture in pictures.items())
        return key, told, crop, reconstruction

    def improve(self, request: gr.Request, key: str = "", way: str = "refine", steps: int = 60) -> tuple[dict, File]:
        """Improve the likeness, and wait for it: how good it is now, and a PNG of it. 0.05 to 0.2 s a step.

        Args:
            key: what `open` gave.
            way: "refine" moves the code; "tune" changes the generator for this photo.
            steps: at least 1.
        """
        with self._known(request, key) as visitor:
            fields = Fields({"way": way, "steps": steps})
            chosen, count = fields.choice("way", LIKENESS), fields.whole("steps", 60, least=1, most=MOST_STEPS)
            job = self._studio.begin_improving(visitor, chosen, count)
            job.over.wait()
            if job.state == "failed":
                raise EditorError(job.error)
            portrait, _ = self._studio.opened(visitor)
            return told_quality(portrait), _file(visitor.png("reconstruction", portrait.reconstruction), "reconstruction.png")

    def render(
        self,
        request: gr.Request,
        key: str = "",
        strengths: dict[str, float] | None = None,
        local: bool = True,
        locks: list[str] | None = None,
        spaces: list[str] | None = None,
        preserve: bool = False,
    ) -> tuple[File | None, File | None]:
        """Draw an edit: PNGs of 1024 px, edited in W+ and in W*.

        Args:
            key: what `open` gave.
            strengths: attribute -> number from -2 to 2, such as {"Smiling": 1.5}.
            local: change the picture only where the attributes lie.
            locks: attributes to hold as they are.
            spaces: "w_plus", "w_star" or both; the other file is null.
            preserve: keep the rest of the face as it is in W*.
        """
        with self._known(request, key) as visitor:
            fields = _edit(strengths, local, locks, spaces=spaces, preserve=preserve)
            wanted = fields.names("spaces") or list(SPACES)
            if set(wanted) - set(SPACES):
                raise SettingError(text.NO_CHOICE.format(name="spaces", choices=", ".join(SPACES)))
            self._preserve(visitor, fields)
            portrait, _ = self._studio.opened(visitor)
            images = self._studio.in_full(visitor, portrait, self._studio.asked(visitor, fields)).images
            w_plus, w_star = (_saved(visitor, space, images[space]) if space in wanted else None for space in SPACES)
            return w_plus, w_star

    def changes(
        self,
        request: gr.Request,
        key: str = "",
        strengths: dict[str, float] | None = None,
        local: bool = True,
        locks: list[str] | None = None,
        preserve: bool = False,
    ) -> dict:
        """What an edit changed in each space, in standard deviations over faces, and which space did better.

        Args:
            key: what `open` gave.
            strengths: attribute -> number from -2 to 2.
            local: change the picture only where the attributes lie.
            locks: attributes to hold as they are.
            preserve: keep the rest of the face as it is in W*.
        """
        with self._known(request, key) as visitor:
            fields = _edit(strengths, local, locks, preserve=preserve)
            self._preserve(visitor, fields)
            return dict(self._studio.changes(visitor, fields).data)

    def save(
        self,
        request: gr.Request,
        key: str = "",
        strengths: dict[str, float] | None = None,
        what: str = "w_star",
        kind: str = "own",
        quality: int | None = None,
        local: bool = True,
        locks: list[str] | None = None,
        name: str | None = None,
        scope: str = "photo",
        mark: bool = True,
        recipe: bool = True,
        others: list[dict] | None = None,
        preserve: bool = False,
    ) -> File:
        """An edit as one file: the whole photo with the edit in it, or the face alone. Nothing of the camera is in it.

        Args:
            key: what `open` gave.
            strengths: attribute -> number from -2 to 2.
            what: "w_plus", "w_star", "both", "before_after"; "strip": one attribute from -2 to 2 in both spaces; "sweep": the
                same as a moving picture in W*.
            kind: "own": the photo's own format; "png", "jpeg", "webp", "webp-lossless", "avif", "tiff"; of a sweep "mp4",
                "webp" or "gif".
            quality: 1 to 100; by default that of the photo, if it was a JPEG, else 95.
            local: change the picture only where the attributes lie.
            locks: attributes to hold as they are.
            name: the attribute of a strip or a sweep.
            scope: "photo" or "face": the whole photo, or the face alone at 1024 px.
            mark: say in the file that AI edited it.
            recipe: put the edit into the file, so that it can be made again.
            others: edits of other faces of the photo: [{"face": 1, "strengths": {...}}].
            preserve: keep the rest of the face as it is in W*.
        """
        with self._known(request, key) as visitor:
            given = {"what": what, "kind": kind, "quality": quality, "name": name, "scope": scope, "others": others}
            fields = _edit(strengths, local, locks, mark=mark, recipe=recipe, preserve=preserve, **given)
            self._preserve(visitor, fields)
            made = self._saver.save(visitor, fields).file
            assert made
            return _file(visitor.file(made.name, made.content), made.name)

    def close(self, request: gr.Request, key: str = "") -> None:
        """Forget a photo and delete every file of it.

        Args:
            key: what `open` gave.
        """
        user = request.username
        self._visitors.of(Fields({"key": key}).word("key"), user)
        self._visitors.leave(key, user)

    def edit(
        self,
        request: gr.Request,
        photo: File = None,  # pyright: ignore[reportArgumentType]
        strengths: dict[str, float] | None = None,
        local: bool = True,
        preserve: bool = False,
    ) -> tuple[File, File]:
        """Edit a photo in one call: photo and {"Smiling": 1.5, ...} -> PNGs of 1024 px, edited in W+ and in W*.

        Args:
            photo: an uploaded file.
            strengths: attribute -> number from -2 to 2.
            local: change the picture only where the attributes lie.
            preserve: keep the rest of the face as it is in W*: a second more.
        """
        fields, path = _edit(strengths, local, None, preserve=preserve), path_of(photo)
        with self._new(request) as (_, visitor):
            editor = self._studio.editor(visitor)
            asked = self._studio.asked(visitor, fields)  # before seconds are spent on the photo
            portrait = editor.open(self._visitors.uploads.claim(path, visitor), refine=first_steps(editor))
            *_, portrait = portrait, *self._studio.preserving(visitor, portrait, asked.edit)
            images = self._studio.render(visitor, portrait, asked, live=False).images
            w_plus, w_star = (_saved(visitor, space, images[space]) for space in SPACES)
            return w_plus, w_star

    def _preserve(self, visitor: Visitor, fields: Fields) -> None:
        """Find what locks take on this face, and the rest, so that a program need not ask for it."""
        if fields.names("locks") or fields.switch("preserve", False):
            self._explorer.preserve(visitor, fields)

    @contextmanager
    def _new(self, request: gr.Request) -> Iterator[tuple[str, Visitor]]:
        """A new visitor and their key; they leave at once where something goes wrong."""
        key = self._visitors.arrive(request.username)
        try:
            with self._visitors.of(key, request.username) as visitor:
                yield key, visitor
        except BaseException:
            self._visitors.leave(key, request.username)
            raise

    @contextmanager
    def _known(self, request: gr.Request, key: Any) -> Iterator[Visitor]:
        """The visitor of a key."""
        visitor = self._visitors.of(Fields({"key": key}).word("key"), request.username)
        visitor.bucket.take()
        with visitor:
            if visitor.left:
                raise VisitorLeftError
            yield visitor


def path_of(photo: Any) -> str:
    """The path in what a program sent as a file.

    Raises:
        PhotoError: it is no file that was uploaded.
    """
    path = photo.get("path") if isinstance(photo, Mapping) else getattr(photo, "path", None)
    if not isinstance(path, str):
        raise PhotoError(text.NO_PHOTO)
    return path


def _edit(strengths: Any, local: Any, locks: Any, **others: Any) -> Fields:
    """The fields of an edit; numbers may be written as text."""
    given = {name: _number(value) for name, value in strengths.items()} if isinstance(strengths, Mapping) else strengths
    return Fields({"strengths": given, "local": local, "locks": locks, **others})


def _number(value: Any) -> Any:
    """A number that is written as text; anything else as it is."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _saved(visitor: Visitor, space: Space, picture: Image.Image) -> Any:
    """A result as a file."""
    name = space.replace("_", "-")
    return _file(visitor.png(name, picture), f"{name}.png")


def _file(path: str, name: str) -> Any:
    """A file as Gradio hands it on: to download, under this name."""
    return gr.FileData(path=path, orig_name=name).model_dump()
