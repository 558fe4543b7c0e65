"""The page: its layout (`layout.py`), its events (`events.py`), and the call for programs (`programs.py`)."""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from gradio.events import api

from editor import Editor
from editor.files.resources import data_folder
from editor.ui import text
from editor.ui.blocks import GuardedBlocks
from editor.ui.events import wire
from editor.ui.handlers import Handlers
from editor.ui.layout import lay_out
from editor.ui.programs import Programs
from editor.ui.visitors import Visitors

ASSETS = data_folder("assets")
PROGRAMS_ONE_AT_A_TIME = {"concurrency_id": "programs", "concurrency_limit": 1}
"""Apart from the page's events: a program's edit takes seconds, and no slider waits for it."""


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
    """Build the page.

    Args:
        cache: the folder Gradio keeps its files in; visitors' photos and pictures lie inside it.
    """
    examples = sorted((ASSETS / "examples").glob("*.jpg"))
    visitors = Visitors(cache, examples)
    handlers = Handlers(editor, visitors)
    with GuardedBlocks(visitors.uploads, title=text.TITLE, analytics_enabled=False) as blocks:
        wire(lay_out(handlers.attributes, examples, handlers.has_regions), handlers)
        api(Programs(editor, visitors).edit, api_name="edit", **PROGRAMS_ONE_AT_A_TIME)
        blocks.load(visitors.arrive, None, None, queue=False, show_progress="hidden", api_visibility="private")
        blocks.unload(visitors.leave)
    return Page(blocks, visitors)
