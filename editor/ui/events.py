"""What is wired to what: which handler runs when something on the page is used, and in which queue it waits."""

from typing import Any

import gradio as gr

from editor.spaces import SPACES
from editor.ui.handlers import Handlers
from editor.ui.layout import Layout

ONE_AT_A_TIME = {"concurrency_id": "models", "concurrency_limit": 1}
WHEN_AT_REST = {"concurrency_id": "full size", "concurrency_limit": 4}
"""Waits before it draws, and so must not hold up what moves; the editor itself draws one at a time."""
IMPROVED_ONE_AT_A_TIME = {"concurrency_id": "refinement", "concurrency_limit": 1}
"""Apart from the others: while one visitor's likeness is refined, everybody's sliders go on moving."""
PRIVATE = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE = {"queue": False, **PRIVATE}
CLICK_DOWNLOAD = "() => document.querySelector('#{id}, #{id} a, #{id} button').click()"


def wire(layout: Layout, handlers: Handlers) -> None:
    """Wire the page's parts to the handlers, inside the blocks that are open."""
    _photo(layout, handlers)
    _improving(layout, handlers)
    _sliders(layout, handlers)
    _downloads(layout, handlers)


def _moved(layout: Layout) -> list[Any]:
    """What every drawing reads."""
    return [layout.local, *layout.sliders]


def _results(layout: Layout) -> list[Any]:
    """What every drawing writes."""
    return [layout.w_plus, layout.w_star, layout.note]


def _photo(layout: Layout, handlers: Handlers) -> None:
    opened = [layout.face, layout.reconstruction, layout.w_plus, layout.w_star, layout.note, layout.gauge]
    opened += [layout.changes, layout.faces, *layout.sliders]
    photo, faces = layout.photo, layout.faces
    photo.change(handlers.open, photo, opened, api_name="open", show_progress_on=[layout.face], **ONE_AT_A_TIME)
    faces.input(handlers.open_face, faces, opened, api_visibility="private", **ONE_AT_A_TIME)
    gr.on([photo.change, faces.input], lambda: gr.Button(interactive=False), None, layout.stop, **AT_ONCE)


def _improving(layout: Layout, handlers: Handlers) -> None:
    shown = [layout.reconstruction, layout.note, layout.gauge, layout.stop]
    for button, improve in ((layout.refine, handlers.refine), (layout.tune, handlers.tune)):
        asked = button.click(handlers.ask, None, [layout.note, layout.stop], **AT_ONCE)
        improved = asked.then(improve, None, shown, **PRIVATE, **IMPROVED_ONE_AT_A_TIME)
        _redraw(layout, handlers, improved, api_name=f"after_{improve.__name__}", api_visibility="private")
    preserved = layout.preserve.click(handlers.preserve, layout.sliders, layout.note, **PRIVATE, **IMPROVED_ONE_AT_A_TIME)
    _redraw(layout, handlers, preserved, api_name="after_preserve", api_visibility="private")
    layout.stop.click(handlers.stop, None, [layout.note, layout.stop], **AT_ONCE)


def _sliders(layout: Layout, handlers: Handlers) -> None:
    moving = gr.on(
        [layout.local.input, *(slider.change for slider in layout.sliders)],
        handlers.move,
        _moved(layout),
        _results(layout),
        trigger_mode="always_last",
        **PRIVATE,
        **ONE_AT_A_TIME,
    )
    _redraw(layout, handlers, moving, trigger_mode="always_last", api_name="render")
    layout.reset.click(handlers.zeros, None, layout.sliders, **AT_ONCE)


def _redraw(layout: Layout, handlers: Handlers, after: Any, trigger_mode: Any = None, **named: Any) -> None:
    """Both results in full after an event, and then what they changed."""
    drawn = after.then(
        handlers.render,
        _moved(layout),
        _results(layout),
        show_progress="hidden",
        trigger_mode=trigger_mode,
        **named,
        **WHEN_AT_REST,
    )
    drawn.then(handlers.judge, _moved(layout), layout.changes, trigger_mode=trigger_mode, **PRIVATE, **WHEN_AT_REST)


def _downloads(layout: Layout, handlers: Handlers) -> None:
    for button, download, space in zip(layout.saves, layout.downloads, SPACES, strict=True):
        saved = button.click(handlers.download(space), _moved(layout), download, api_visibility="private", **ONE_AT_A_TIME)
        saved.success(None, js=CLICK_DOWNLOAD.format(id=f"download-{space}"))
