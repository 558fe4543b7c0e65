"""Layout of the page and what is wired to what. Sliders are made from the directions."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.events import api

from editor import Editor
from editor.edit import MAX_STRENGTH, Attribute
from editor.edit.attributes import GROUPS
from editor.ui import text
from editor.ui.blocks import GuardedBlocks, hand_on_as_given
from editor.ui.handlers import Handlers
from editor.ui.programs import Programs
from editor.ui.visitors import Visitors

ASSETS = Path(__file__).parent.parent.parent / "assets"
ONE_AT_A_TIME = {"concurrency_id": "models", "concurrency_limit": 1}
WHEN_AT_REST = {"concurrency_id": "full size", "concurrency_limit": 4}
"""Waits before it draws, and so must not hold up what moves; the editor itself draws one at a time."""
IMPROVED_ONE_AT_A_TIME = {"concurrency_id": "refinement", "concurrency_limit": 1}
"""Apart from the others: while one visitor's likeness is refined, everybody's sliders go on moving."""
PROGRAMS_ONE_AT_A_TIME = {"concurrency_id": "programs", "concurrency_limit": 1}
"""Apart too: a program's edit takes seconds, and no slider waits for it."""
CLICK_DOWNLOAD = "() => document.querySelector('#{id}, #{id} a, #{id} button').click()"


@dataclass(frozen=True)
class Page:
    """The page, not yet served.

    Attributes:
        blocks: what Gradio serves.
        visitors: who is here; their uploads have a route of their own, to be served with the blocks.
    """

    blocks: gr.Blocks
    visitors: Visitors


def build(editor: Editor, cache: Path) -> Page:
    """Lay the page out.

    Args:
        cache: the folder Gradio keeps its files in; visitors' photos and pictures lie inside it.
    """
    examples = sorted((ASSETS / "examples").glob("*.jpg"))
    visitors = Visitors(cache, examples)
    handlers = Handlers(editor, visitors)
    with GuardedBlocks(visitors.uploads, title=text.TITLE, analytics_enabled=False) as page:
        gr.Markdown(text.INTRO, elem_id="intro")
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                photo = gr.Image(
                    type="filepath",
                    image_mode=None,
                    sources=["upload", "webcam", "clipboard"],
                    label="Photo",
                    height=260,
                    elem_id="photo",
                )
                hand_on_as_given(photo)
                faces = gr.Radio(label="Which face", visible=False, elem_id="faces")
                if examples:
                    gr.Examples(
                        [str(path) for path in examples],
                        photo,
                        label="Examples: nobody, drawn by the generator",
                        api_visibility="private",
                    )
                local = gr.Checkbox(
                    value=handlers.has_regions,
                    visible=handlers.has_regions,
                    label=text.LOCAL,
                    info=text.LOCAL_INFO,
                    elem_id="local",
                )
                sliders, reset = _sliders(handlers.attributes)
            with gr.Column(scale=5, min_width=420, elem_id="results"):
                note = gr.HTML(text.WAITING, elem_id="note")
                with gr.Row():
                    face = _pane(text.FACE, "face")
                    reconstruction = _pane(text.RECONSTRUCTION, "reconstruction")
                gauge = gr.HTML(elem_id="gauge")
                with gr.Row():
                    refine = gr.Button(text.REFINE, size="sm", elem_id="refine", variant="primary")
                    tune = gr.Button(text.TUNE, size="sm", elem_id="tune")
                    stop = gr.Button(text.STOP, size="sm", elem_id="stop", interactive=False)
                with gr.Row():
                    w_plus = _pane(text.W_PLUS, "w-plus")
                    w_star = _pane(text.W_STAR, "w-star")
                changes = gr.HTML(elem_id="changes")
                preserve = gr.Button(text.PRESERVE, size="sm", elem_id="preserve")
                with gr.Row():
                    saves = [gr.Button(f"Download {name} (PNG)", size="sm") for name in ("W+", "W*")]
                downloads = [gr.DownloadButton(visible="hidden", elem_id=f"download-{space}") for space in ("w_plus", "w_star")]
        gr.Markdown(text.LICENCE, elem_id="licence")

        moved = [local, *sliders]
        results = [w_plus, w_star, note]
        redrawn = {"fn": handlers.render, "inputs": moved, "outputs": results, "show_progress": "hidden"}
        judged = {
            "fn": handlers.judge,
            "inputs": moved,
            "outputs": changes,
            "show_progress": "hidden",
            "api_visibility": "private",
        }
        for button, improve in ((refine, handlers.refine), (tune, handlers.tune)):
            asked = button.click(
                handlers.ask, None, [note, stop], queue=False, show_progress="hidden", api_visibility="private"
            )
            asked.then(
                improve,
                None,
                [reconstruction, note, gauge, stop],
                show_progress="hidden",
                api_visibility="private",
                **IMPROVED_ONE_AT_A_TIME,
            ).then(**redrawn, api_name=f"after_{improve.__name__}", api_visibility="private", **WHEN_AT_REST).then(
                **judged, **WHEN_AT_REST
            )
        preserve.click(
            handlers.preserve, sliders, note, show_progress="hidden", api_visibility="private", **IMPROVED_ONE_AT_A_TIME
        ).then(**redrawn, api_name="after_preserve", api_visibility="private", **WHEN_AT_REST).then(**judged, **WHEN_AT_REST)
        stop.click(handlers.stop, None, [note, stop], queue=False, show_progress="hidden", api_visibility="private")
        opened = [face, reconstruction, w_plus, w_star, note, gauge, changes, faces, *sliders]
        photo.change(handlers.open, photo, opened, api_name="open", show_progress_on=[face], **ONE_AT_A_TIME)
        faces.input(handlers.open_face, faces, opened, api_visibility="private", **ONE_AT_A_TIME)
        nothing_to_stop = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
        gr.on([photo.change, faces.input], lambda: gr.Button(interactive=False), None, stop, **nothing_to_stop)
        gr.on(
            [local.input, *(slider.change for slider in sliders)],
            handlers.move,
            moved,
            results,
            trigger_mode="always_last",
            show_progress="hidden",
            api_visibility="private",
            **ONE_AT_A_TIME,
        ).then(**redrawn, trigger_mode="always_last", api_name="render", **WHEN_AT_REST).then(
            **judged, trigger_mode="always_last", **WHEN_AT_REST
        )
        reset.click(handlers.zeros, None, sliders, queue=False, show_progress="hidden", api_visibility="private")
        for button, download, space in zip(saves, downloads, ("w_plus", "w_star"), strict=True):
            saved = button.click(handlers.download(space), moved, download, api_visibility="private", **ONE_AT_A_TIME)
            saved.success(None, js=CLICK_DOWNLOAD.format(id=f"download-{space}"))
        api(Programs(editor, visitors).edit, api_name="edit", **PROGRAMS_ONE_AT_A_TIME)
        page.load(visitors.arrive, None, None, queue=False, show_progress="hidden", api_visibility="private")
        page.unload(visitors.leave)
    return Page(page, visitors)


def _pane(label: str, name: str) -> gr.Image:
    return gr.Image(
        label=label,
        type="filepath",
        format="jpeg",
        interactive=False,
        buttons=["fullscreen"],
        elem_id=name,
        alt_text=label,
    )


def _sliders(attributes: list[Attribute]) -> tuple[list[gr.Slider], gr.Button]:
    """A slider per attribute, in the attributes' own order: the best in the open, the others under their group."""
    reset = gr.Button("Reset all sliders", size="sm", elem_id="reset")
    made = {attribute.name: _slider(attribute) for attribute in attributes if attribute.best}
    for group in GROUPS:
        others = [attribute for attribute in attributes if attribute.group == group and not attribute.best]
        if others:
            with gr.Accordion(f"More: {group.lower()}", open=False):
                made |= {attribute.name: _slider(attribute) for attribute in others}
    return [made[attribute.name] for attribute in attributes], reset


def _slider(attribute: Attribute) -> gr.Slider:
    slider = gr.Slider(
        -MAX_STRENGTH,
        MAX_STRENGTH,
        value=0,
        step=0.1,
        label=attribute.label,
        elem_id=f"slider-{attribute.name}",
        elem_classes="attribute",
    )
    hand_on_as_given(slider)  # an emptied box is told in words
    return slider
