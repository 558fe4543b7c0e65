"""What is on the page and where. Sliders are made from the directions; nothing is wired to anything here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from editor.edit import MAX_STRENGTH, Attribute
from editor.edit.attributes import GROUPS
from editor.spaces import SPACES
from editor.ui import text
from editor.ui.blocks import hand_on_as_given

NAMES = {"w_plus": "W+", "w_star": "W*"}


@dataclass(frozen=True, eq=False)
class Layout:
    """The parts of the page that do something.

    Attributes:
        sliders: one for each attribute, in the attributes' order.
        saves, downloads: what is clicked to download a result, and what then hands it to the browser; W+ and W*.
    """

    photo: gr.Image
    faces: gr.Radio
    local: gr.Checkbox
    sliders: list[gr.Slider]
    reset: gr.Button
    note: gr.HTML
    face: gr.Image
    reconstruction: gr.Image
    gauge: gr.HTML
    refine: gr.Button
    tune: gr.Button
    stop: gr.Button
    w_plus: gr.Image
    w_star: gr.Image
    changes: gr.HTML
    preserve: gr.Button
    saves: list[gr.Button]
    downloads: list[gr.DownloadButton]


def lay_out(attributes: Sequence[Attribute], examples: Sequence[Path], has_regions: bool) -> Layout:
    """Put everything on the page, inside the blocks that are open.

    Args:
        has_regions: whether the models know where attributes lie, so that edits can be local.
    """
    gr.Markdown(text.INTRO, elem_id="intro")
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            controls = _controls(attributes, examples, has_regions)
        with gr.Column(scale=5, min_width=420, elem_id="results"):
            results = _results()
    gr.Markdown(text.LICENCE, elem_id="licence")
    return Layout(**controls, **results)


def _controls(attributes: Sequence[Attribute], examples: Sequence[Path], has_regions: bool) -> dict:
    """The photo, the switch and the sliders."""
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
        gr.Examples([str(path) for path in examples], photo, label=text.EXAMPLES, api_visibility="private")
    local = gr.Checkbox(value=has_regions, visible=has_regions, label=text.LOCAL, info=text.LOCAL_INFO, elem_id="local")
    sliders, reset = _sliders(attributes)
    return {"photo": photo, "faces": faces, "local": local, "sliders": sliders, "reset": reset}


def _results() -> dict:
    """The note, the pictures and what is done with them."""
    parts: dict = {"note": gr.HTML(text.WAITING, elem_id="note")}
    with gr.Row():
        parts["face"] = _pane(text.FACE, "face")
        parts["reconstruction"] = _pane(text.RECONSTRUCTION, "reconstruction")
    parts["gauge"] = gr.HTML(elem_id="gauge")
    with gr.Row():
        parts["refine"] = gr.Button(text.REFINE, size="sm", elem_id="refine", variant="primary")
        parts["tune"] = gr.Button(text.TUNE, size="sm", elem_id="tune")
        parts["stop"] = gr.Button(text.STOP, size="sm", elem_id="stop", interactive=False)
    with gr.Row():
        parts["w_plus"] = _pane(text.W_PLUS, "w-plus")
        parts["w_star"] = _pane(text.W_STAR, "w-star")
    parts["changes"] = gr.HTML(elem_id="changes")
    parts["preserve"] = gr.Button(text.PRESERVE, size="sm", elem_id="preserve")
    with gr.Row():
        parts["saves"] = [gr.Button(f"Download {NAMES[space]} (PNG)", size="sm") for space in SPACES]
    parts["downloads"] = [gr.DownloadButton(visible="hidden", elem_id=f"download-{space}") for space in SPACES]
    return parts


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


def _sliders(attributes: Sequence[Attribute]) -> tuple[list[gr.Slider], gr.Button]:
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
