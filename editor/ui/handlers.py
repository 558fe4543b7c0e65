"""What happens on the page: each handler reads values, calls the editor and returns.

Nothing is kept here but the shared editor. All that belongs to a visitor is in their `Visitor`.
"""

import html
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from editor import Editor, EditorError, Portrait
from editor.spaces import SPACES, Space
from editor.ui import text
from editor.ui.report import gauge, measuring_note, nothing_open, opened_note, progress_note, seen_changes
from editor.ui.visitor import Details, Visitor
from editor.ui.visitors import Visitors

REFINE_STEPS, TUNE_STEPS = 60, 60
REST_SECONDS = 0.15
"""How long sliders rest before the full size is drawn."""
SHOW_EVERY = 10
"""Steps after which the page shows the likeness so far."""


class Handlers:
    """The page's events."""

    def __init__(self, editor: Editor, visitors: Visitors):
        self._editor = editor
        self._visitors = visitors
        self.attributes = editor.attributes
        self.has_regions = editor.models.regions is not None

    def open(self, photo: str | None, request: gr.Request) -> tuple[Any, ...]:
        """A new photo: face, reconstruction, both results, note, gauge, changes, choice of faces, sliders at 0."""
        with self._visitors.of(request) as visitor:
            visitor.close_photo()
            if photo is None:
                visitor.is_new = visitor.uses_page
                return self._closed(text.WAITING)
            try:
                return self._open(visitor, self._visitors.uploads.claim(photo, visitor), 0)
            except EditorError as error:
                return self._refused(visitor, error)

    def open_face(self, label: str | None, request: gr.Request) -> tuple[Any, ...]:
        """Another face of the same photo."""
        with self._visitors.of(request) as visitor:
            if visitor.photo is None or not label:
                return self._closed(nothing_open(visitor))
            try:
                return self._open(visitor, visitor.photo, int(label.split()[-1]) - 1)
            except EditorError as error:
                return self._refused(visitor, error)

    def _open(self, visitor: Visitor, photo: Path, face: int) -> tuple[Any, ...]:
        portrait = self._editor.open(photo, face)
        visitor.open_photo(photo, portrait)
        self._tell(visitor)
        labels = [f"Face {n + 1}" for n in range(len(portrait.face.detections))]
        reconstruction = visitor.jpeg("reconstruction", portrait.reconstruction)
        return (
            visitor.jpeg("face", portrait.face.image),
            reconstruction,
            reconstruction,
            reconstruction,
            opened_note(portrait),
            gauge(portrait),
            "",
            gr.Radio(choices=labels, value=labels[face], visible=len(labels) > 1),
            *self.zeros(),
        )

    def _refused(self, visitor: Visitor, error: EditorError) -> tuple[Any, ...]:
        """The photo cannot be opened: nothing is open, and the note says why."""
        gr.Warning(str(error))
        visitor.close_photo()
        return self._closed(html.escape(str(error)))

    def _closed(self, note: str) -> tuple[Any, ...]:
        return (None, None, None, None, note, "", "", gr.Radio(visible=False), *self.zeros())

    def refine(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Improve the likeness, showing it as it improves: reconstruction, note, gauge and Stop."""
        yield from self._improve(self._editor.refining, REFINE_STEPS, request)

    def tune(self, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """The same, by changing the generator for this photo."""
        yield from self._improve(self._editor.tuning, TUNE_STEPS, request)

    def _improve(
        self, improve: Callable[..., Iterator[tuple[int, Portrait]]], steps: int, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        with self._visitors.of(request) as visitor:
            portrait = visitor.portrait
            if portrait is None:
                yield gr.skip(), nothing_open(visitor), gr.skip(), gr.skip()
                return
            shown = portrait
            try:
                for step, better in improve(portrait, steps, SHOW_EVERY):
                    if visitor.left or visitor.portrait is not shown:
                        return  # the page is closed, or another photo is open: its note is not ours to write
                    note = progress_note(text.REFINING.format(step=step, steps=steps), step, steps)
                    if visitor.stopping:
                        break
                    if better is not shown and visitor.replace(shown, better):
                        shown = better
                        picture = visitor.jpeg("reconstruction", better.reconstruction)
                        yield picture, note, gauge(better), gr.Button(interactive=True)
                    elif step % 5 == 0:
                        yield gr.skip(), note, gr.skip(), gr.Button(interactive=True)
                said = text.STOPPED if visitor.stopping else text.UNREFINED if shown is portrait else text.REFINED
            except EditorError as error:
                gr.Warning(str(error))
                said = html.escape(str(error))
            if visitor.portrait is shown:
                yield gr.skip(), said, gr.skip(), gr.Button(interactive=False)

    def ask(self, request: gr.Request) -> tuple[Any, Any]:
        """Improving was asked for, and may have to wait for its turn: note and Stop."""
        with self._visitors.of(request) as visitor:
            if visitor.portrait is None:
                return nothing_open(visitor), gr.skip()
            visitor.begin()
            return text.QUEUED, gr.Button(interactive=True)

    def stop(self, request: gr.Request) -> tuple[str, gr.Button]:
        """Stop improving at the next step: note and the button that did it."""
        with self._visitors.of(request) as visitor:
            visitor.stop()
        return text.STOPPING, gr.Button(interactive=False)

    def preserve(self, request: gr.Request, *values: float | None) -> Iterator[Any]:
        """Measure what the moved sliders change besides on this face, and take that back from now on: note."""
        with self._visitors.of(request) as visitor:
            portrait = visitor.portrait
            moved = [name for name, value in self.strengths(values).items() if value]
            asked = [name for name in moved if portrait and name not in portrait.mixing]
            if portrait is None or not asked:
                already = text.PRESERVED_ALREADY if moved else text.NOTHING_MOVED
                gr.Info(already if portrait else nothing_open(visitor))
                yield gr.skip()
                return
            try:
                yield measuring_note(asked, 0)
                for step, better in self._editor.preserving(portrait, asked):
                    if not visitor.replace(portrait, better):
                        return  # another photo is open, or this one improved: it is to be asked anew
                    portrait = better
                    yield measuring_note(asked, step)
                yield text.PRESERVED
            except EditorError as error:
                gr.Warning(str(error))
                yield html.escape(str(error))

    def zeros(self) -> list[float]:
        """Every slider at rest."""
        return [0.0] * len(self.attributes)

    def move(self, local: bool, request: gr.Request, *values: float | None) -> tuple[Any, Any, Any]:
        """Both results while a slider moves, small and soon, and the note."""
        with self._visitors.of(request) as visitor:
            visitor.count_move()
            return self._draw(visitor, local, values, live=True)

    def render(self, local: bool, request: gr.Request, *values: float | None) -> tuple[Any, Any, Any]:
        """Both results at full size, once the sliders rest, and the note; nothing where the sliders have moved on."""
        with self._visitors.of(request) as visitor:
            seen, nothing = visitor.moves, (gr.skip(), gr.skip(), gr.skip())
            time.sleep(REST_SECONDS)
            drawn = self._draw(visitor, local, values, live=False) if visitor.moves == seen else nothing
            return drawn if visitor.moves == seen else nothing

    def _draw(self, visitor: Visitor, local: bool, values: Sequence[float | None], live: bool) -> tuple[Any, Any, Any]:
        portrait, seen = visitor.portrait, visitor.moves
        if portrait is None:
            return gr.skip(), gr.skip(), nothing_open(visitor)
        details, like = (_details(visitor, portrait), None) if live else (None, visitor.live(portrait))
        try:
            strengths = self.strengths(values)
            rendering = self._editor.render(portrait, strengths, local=bool(local), live=live, details=details, like=like)
        except EditorError as error:
            return gr.skip(), gr.skip(), self._complaint(visitor, html.escape(str(error)), live)
        assert rendering.w_plus and rendering.w_star
        if live:
            visitor.remember_live(portrait, rendering)
        else:
            visitor.remember(seen, rendering)
        self._tell(visitor)
        w_plus, w_star = visitor.jpegs({"w-plus": rendering.w_plus, "w-star": rendering.w_star})
        if None in values:
            return w_plus, w_star, self._complaint(visitor, text.EMPTY_BOX, live)
        if live and visitor.complained:
            visitor.complained = False
            return w_plus, w_star, opened_note(portrait)
        return w_plus, w_star, gr.skip()

    def _complaint(self, visitor: Visitor, said: str, live: bool) -> Any:
        """The note where something is wrong with a slider.

        On a page only moves say so, and take it back. They come in order, and a picture in full may come after a later move.
        """
        if visitor.uses_page and not live:
            return gr.skip()
        visitor.complained = True
        return said

    def judge(self, local: bool, request: gr.Request, *values: float | None) -> Any:
        """What the pictures just drawn at full size changed; nothing where the sliders have moved on."""
        with self._visitors.of(request) as visitor:
            portrait, rendering = visitor.portrait, visitor.drawn(visitor.moves)
            if portrait is None or rendering is None:
                return gr.skip()
            visitor.remember_details(portrait, self._editor.details(portrait, rendering, visitor.live(portrait)))
            return seen_changes(self._editor.changes(portrait, rendering)) if rendering.edit.strengths else ""

    def _tell(self, visitor: Visitor) -> None:
        """Say once to each visitor what changed about how pictures are drawn here."""
        notice = self._editor.notice
        if notice and visitor.told != notice:
            visitor.told = notice
            gr.Warning(notice)

    def strengths(self, values: Sequence[float | None]) -> dict[str, float]:
        """Slider values by attribute; an emptied box counts as 0."""
        return {attribute.name: value or 0.0 for attribute, value in zip(self.attributes, values, strict=True)}

    def download(self, space: Space) -> Callable[..., Any]:
        """A handler that saves one result at full size, without loss and without metadata."""

        def save(local: bool, request: gr.Request, *values: float | None) -> Any:
            with self._visitors.of(request) as visitor:
                if visitor.portrait is None:
                    gr.Warning(nothing_open(visitor))
                    return gr.skip()
                rendering = self._editor.render(visitor.portrait, self.strengths(values), [space], local=bool(local))
                return visitor.png(f"edited-{space.replace('_', '-')}", rendering.images[space])

        return save


def _details(visitor: Visitor, portrait: Portrait) -> Details:
    """What live pictures miss: where the sliders last rested, or else of the face as it is."""
    return visitor.details(portrait) or dict.fromkeys(SPACES, portrait.detail)
