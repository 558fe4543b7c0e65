"""The page: a shell of Gradio's in which our own scripts build everything, the routes they call, and the calls for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import gradio as gr
from starlette.routing import BaseRoute

from editor import Editor
from editor.files.resources import data_folder
from editor.models import MODEL_SETS
from editor.ui import text
from editor.ui.blocks import GuardedBlocks
from editor.ui.endpoints import Endpoints
from editor.ui.improving import Improver
from editor.ui.routes import Routes
from editor.ui.setup import Setup
from editor.ui.studio import Studio
from editor.ui.visitors import Visitors
from editor.weights import WeightStore

ASSETS = data_folder("assets")
SHELL = '<div id="face-editor"></div>'
HEAD = """<script type="module">
// The path is the server's, the origin the browser's: a proxy that ends TLS or another port need not be known to the server.
const root = new URL(window.gradio_config.root, location.href).pathname.replace(/\\/$/, "");
const style = document.createElement("link");
style.rel = "stylesheet";
style.href = `${root}/face/assets/page.css`;
document.head.append(style);
import(`${location.origin}${root}/face/assets/main.js`);
</script>"""
"""What starts the page's scripts. Where a login is asked for, Gradio adds it once somebody is logged in."""


@dataclass(frozen=True, eq=False)
class Page:
    """The page, not yet served.

    Attributes:
        blocks: what Gradio serves.
        visitors: who is here; their uploads have a route of their own, to be served with the blocks.
        routes: what is served before the blocks.
        improver: runs what improves portraits in the background; None: nothing does.
    """

    blocks: gr.Blocks
    visitors: Visitors
    routes: Sequence[BaseRoute] = ()
    improver: Improver | None = None


def build(editor: Editor, cache: Path) -> Page:
    """Build the page.

    Args:
        cache: the folder Gradio keeps its files in; visitors' photos and programs' results lie inside it.
    """
    visitors, improver = Visitors(cache, sorted((ASSETS / "examples").glob("*.jpg"))), Improver()
    studio = Studio(editor, visitors, improver, paper_editor(editor))
    with GuardedBlocks(visitors.uploads, title=text.TITLE, analytics_enabled=False) as blocks:
        gr.HTML(SHELL, padding=False, container=False)
        Endpoints(studio, visitors).offer()
    routes = Routes(blocks, visitors, studio, Setup(editor, visitors.examples, ASSETS / "page"))
    return Page(blocks, visitors, routes.mounted(), improver)


def paper_editor(editor: Editor) -> Editor | None:
    """An editor of `embedded-svm` beside one of `embedded`; None beside others, which have no further directions."""
    if editor.models.name != "embedded":
        return None
    paper = editor.with_files(directions=WeightStore().path(MODEL_SETS["embedded-svm"].directions))
    paper.models = replace(paper.models, name="embedded-svm")  # so recipes say what their edits were made with
    return paper
