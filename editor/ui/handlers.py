"""What happens on the page: each handler reads values, calls the editor and returns.

A visitor's portrait lives in their session's state; nothing is kept on this object but the shared editor.
"""

import html
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from editor import Editor, EditorError, Images, Portrait
from editor.edit import Space
from editor.edit.attributes import attribute
from editor.generate.detail import Detail
from editor.judge.changes import Changes
from editor.judge.trust import Level
from editor.ui import text
from editor.ui.session import SessionFiles

Details = dict[Space, Detail]

REFINE_STEPS, TUNE_STEPS = 60, 60
REST_SECONDS = 0.15
"""How long sliders rest before the full size is drawn."""
SHOW_EVERY = 10
"""Steps after which the page shows the likeness so far."""
FULL_BAR = 3.0
"""The change, in deviations, at which a bar is full."""
COMPANIONS = 3
"""How many of the attributes that changed with the edited ones are named."""


class Handlers:
    """The page's events."""

    def __init__(self, editor: Editor, files: SessionFiles):
        self._editor = editor
        self._files = files
        self.attributes = editor.attributes
        self.knows_places = editor.models.places is not None
        self._uploads: dict[str, set[str]] = {}
        self._moves: dict[str, int] = {}
        self._told: dict[str, str] = {}
        self._drawn: dict[str, tuple[int | None, Images]] = {}
        self._details: dict[str, tuple[Portrait, Details]] = {}

    def open(self, photo: str | None, request: gr.Request) -> tuple[Any, ...]:
        """A new photo: portrait, face, reconstruction, both results, note, gauge, changes, choice of faces, sliders at 0."""
        if photo is None:
            return self._closed(text.WAITING)
        self._uploads.setdefault(_session(request), set()).add(photo)
        return self._open(photo, 0, request)

    def open_face(self, photo: str | None, label: str, request: gr.Request) -> tuple[Any, ...]:
        """Another face of the same photo."""
        if photo is None:
            return self._closed(text.WAITING)
        return self._open(photo, int(label.split()[-1]) - 1, request)

    def _open(self, photo: str, face: int, request: gr.Request) -> tuple[Any, ...]:
        try:
            portrait = self._editor.open(photo, face)
        except EditorError as error:
            gr.Warning(str(error))
            return self._closed(html.escape(str(error)))
        session, count = _session(request), len(portrait.detections)
        self._tell(session)
        reconstruction = self._files.jpeg(session, "reconstruction", portrait.reconstruction)
        ready = text.OPENED if portrait.trust.level is Level.GOOD else text.FAR_OFF
        note = ready if count == 1 else f"{text.CHOOSE_FACE.format(count=count)} {ready}"
        labels = [f"Face {n + 1}" for n in range(count)]
        return (
            portrait,
            self._files.jpeg(session, "face", portrait.face),
            reconstruction,
            reconstruction,
            reconstruction,
            note,
            gauge(portrait),
            "",
            gr.Radio(choices=labels, value=labels[face], visible=count > 1),
            *self.zeros(),
        )

    def _closed(self, note: str) -> tuple[Any, ...]:
        return (None, None, None, None, None, note, "", "", gr.Radio(visible=False), *self.zeros())

    def refine(self, portrait: Portrait | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Improve the likeness, showing it as it improves: portrait, reconstruction, note, gauge and Stop."""
        yield from self._improve(self._editor.refine, REFINE_STEPS, portrait, request)

    def tune(self, portrait: Portrait | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The same, by changing the generator for this photo."""
        yield from self._improve(self._editor.tune, TUNE_STEPS, portrait, request)

    def _improve(
        self, improve: Callable[..., Iterator[tuple[int, Portrait]]], steps: int, portrait: Portrait | None, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        if portrait is None:
            gr.Warning(text.NOTHING_OPEN)
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        shown, session = portrait, _session(request)
        try:
            for step, better in improve(portrait, steps, SHOW_EVERY):
                note, stop = _progress(text.REFINING.format(step=step, steps=steps), step, steps), gr.Button(interactive=True)
                if better is not shown:
                    shown = better
                    yield better, self._files.jpeg(session, "reconstruction", better.reconstruction), note, gauge(better), stop
                elif step % 5 == 0:
                    yield gr.skip(), gr.skip(), note, gr.skip(), stop
            said = text.UNREFINED if shown is portrait else text.REFINED
        except EditorError as error:
            gr.Warning(str(error))
            said = html.escape(str(error))
        yield gr.skip(), gr.skip(), said, gr.skip(), gr.Button(interactive=False)

    def steady(self, portrait: Portrait | None, request: gr.Request, *values: float) -> Iterator[tuple[Any, Any]]:
        """Ask the face what the moved sliders change besides, and take that back from now on: portrait and note."""
        moved = [name for name, value in self.strengths(values).items() if value]
        asked = [name for name in moved if portrait and name not in portrait.steady]
        if portrait is None or not asked:
            gr.Info(text.STEADY_ALREADY if portrait and moved else text.NOTHING_MOVED if portrait else text.NOTHING_OPEN)
            yield gr.skip(), gr.skip()
            return
        try:
            yield gr.skip(), _asking(asked, 0)
            for step, better in self._editor.steady(portrait, asked):
                yield better, _asking(asked, step)
            yield gr.skip(), text.STEADIED
        except EditorError as error:
            gr.Warning(str(error))
            yield gr.skip(), html.escape(str(error))

    def stopped(self) -> tuple[str, gr.Button]:
        """Improving was stopped: note and the button that did it."""
        return text.STOPPED, gr.Button(interactive=False)

    def zeros(self) -> list[float]:
        """Every slider at rest."""
        return [0.0] * len(self.attributes)

    def move(self, portrait: Portrait | None, in_place: bool, request: gr.Request, *values: float) -> tuple[Any, Any]:
        """Both results while a slider moves: small and soon."""
        session = _session(request)
        self._moves[session] = self._moves.get(session, 0) + 1
        return self._draw(portrait, in_place, session, values, live=True)

    def render(self, portrait: Portrait | None, in_place: bool, request: gr.Request, *values: float) -> tuple[Any, Any]:
        """Both results at full size, once the sliders rest; nothing where they have moved on."""
        session = _session(request)
        seen = self._moves.get(session)
        time.sleep(REST_SECONDS)
        drawn = gr.skip(), gr.skip()
        if self._moves.get(session) == seen:
            drawn = self._draw(portrait, in_place, session, values, live=False)
        return drawn if self._moves.get(session) == seen else (gr.skip(), gr.skip())

    def _draw(
        self, portrait: Portrait | None, in_place: bool, session: str, values: Sequence[float], live: bool
    ) -> tuple[Any, Any]:
        if portrait is None:
            return gr.skip(), gr.skip()
        seen = self._moves.get(session)
        details = self._details_of(portrait, session) if live else None
        images = self._editor.render(portrait, self.strengths(values), live=live, details=details, in_place=in_place)
        assert images.w_plus and images.w_star
        if not live:
            self._drawn[session] = seen, images
        self._tell(session)
        w_plus, w_star = self._files.jpegs(session, {"w-plus": images.w_plus, "w-star": images.w_star})
        return w_plus, w_star

    def _details_of(self, portrait: Portrait, session: str) -> Details:
        """What live pictures miss: where the sliders last rested, or else of the face as it is."""
        known, details = self._details.get(session, (None, {}))
        if known is not portrait:
            unmoved = Images(portrait.reconstruction, portrait.reconstruction)
            details = self._editor.details(portrait, unmoved, {})
            self._details[session] = portrait, details
        return details

    def judge(self, portrait: Portrait | None, in_place: bool, request: gr.Request, *values: float) -> Any:
        """What the pictures just drawn at full size changed; nothing where the sliders have moved on."""
        session, strengths = _session(request), self.strengths(values)
        seen, images = self._drawn.get(session, (None, Images()))
        if portrait is None or self._moves.get(session) != seen:
            return gr.skip()
        self._details[session] = portrait, self._editor.details(portrait, images, strengths, in_place)
        return seen_changes(self._editor.changes(portrait, images, strengths)) if any(strengths.values()) else ""

    def _tell(self, session: str) -> None:
        """Say once to each visitor what changed about how pictures are drawn here."""
        notice = self._editor.notice
        if notice and self._told.get(session) != notice:
            self._told[session] = notice
            gr.Warning(notice)

    def strengths(self, values: Sequence[float]) -> dict[str, float]:
        """Slider values by attribute."""
        return {attribute.name: value for attribute, value in zip(self.attributes, values, strict=True)}

    def download(self, space: Space):
        """A handler that saves one result at full size, without loss and without metadata."""

        def save(portrait: Portrait | None, in_place: bool, request: gr.Request, *values: float):
            if portrait is None:
                gr.Warning(text.NOTHING_OPEN)
                return gr.skip()
            images = self._editor.render(portrait, self.strengths(values), [space], in_place=in_place)
            picture = getattr(images, space)
            return self._files.png(_session(request), picture, f"edited-{space.replace('_', '-')}")

        return save

    def edit(
        self, photo: gr.FileData, strengths: dict, request: gr.Request, in_place: bool = True, steady: bool = False
    ) -> tuple[str, str]:
        """Edit a photo in one call, for programs: photo and {"Smiling": 1.5, ...} -> PNGs edited in W+ and in W*.

        Args:
            in_place: change the picture only where the attributes lie.
            steady: ask the face first what else would change, and take that back in W*; seconds an attribute.
        """
        path = photo["path"] if isinstance(photo, dict) else photo.path  # Gradio hands programs' files over as a dict
        try:
            portrait = self._editor.open(path)
            if steady:
                portrait = portrait.steadied([name for name, strength in strengths.items() if strength])
            images = self._editor.render(portrait, strengths, in_place=in_place)
        except EditorError as error:
            raise gr.Error(str(error), print_exception=False) from error
        finally:
            self._files.forget_upload(path)
        assert images.w_plus and images.w_star
        session = _session(request)
        return self._files.png(session, images.w_plus, "w-plus"), self._files.png(session, images.w_star, "w-star")

    def leave(self, request: gr.Request) -> None:
        """The page was closed: delete the visitor's photo and pictures."""
        session = _session(request)
        self._moves.pop(session, None)
        self._told.pop(session, None)
        self._drawn.pop(session, None)
        self._details.pop(session, None)
        for upload in self._uploads.pop(session, set()):
            self._files.forget_upload(upload)
        self._files.forget(session)


def gauge(portrait: Portrait) -> str:
    """How far the reconstruction is, in three steps and in words."""
    trust = portrait.trust
    return text.GAUGE.format(level=trust.level.value, name=trust.level.name.title(), sentence=html.escape(trust.sentence))


def seen_changes(changes: Mapping[Space, Changes]) -> str:
    """Bars for each space: what was asked for, what came along most, and all others in one number."""
    columns = []
    for space, found in changes.items():
        along = dict(list(found.others.items())[:COMPANIONS])
        rows = [_bar(name, value, "asked") for name, value in found.asked.items()]
        rows += [_bar(name, value, "along") for name, value in along.items()]
        parts = {"title": text.SPACES[space], "rows": "".join(rows), "leakage": found.leakage, "count": len(found.others)}
        columns.append(text.CHANGES.format(**parts))
    return text.JUDGED.format(columns="".join(columns)) if columns else ""


def _bar(name: str, value: float, kind: str) -> str:
    label = html.escape(attribute(name).label)
    return text.CHANGE.format(kind=kind, label=label, value=value, width=min(abs(value) / FULL_BAR, 1) * 100)


def _asking(asked: Sequence[str], done: int) -> str:
    """Of the attributes asked about, which is next."""
    step = min(done + 1, len(asked))
    said = text.STEADYING.format(label=attribute(asked[step - 1]).label, step=step, steps=len(asked))
    return _progress(said, done, len(asked))


def _progress(said: str, step: int, steps: int) -> str:
    return text.PROGRESS.format(text=html.escape(said), step=step, steps=steps)


def _session(request: gr.Request) -> str:
    return request.session_hash or "anonymous"
