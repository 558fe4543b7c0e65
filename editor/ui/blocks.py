"""The page's Blocks: photos come from uploads alone, and whatever goes wrong in an event is told in words."""

import logging
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.components.api_component import Api

from editor import EditorError
from editor.ui import text
from editor.ui.admission import RefusedError
from editor.ui.uploads import Uploads, named_files
from editor.ui.visitor import VisitorLeftError

log = logging.getLogger(__name__)


class GuardedBlocks(gr.Blocks):
    """Blocks whose events take no file but an upload, and answer every error with a sentence.

    Gradio alone takes any path, and answers most errors with "Error" or null.
    """

    def __init__(self, uploads: Uploads, **options: Any):
        super().__init__(**options)
        self.uploads = uploads

    async def process_api(self, block_fn: BlockFunction | int, inputs: list[Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As Gradio's.

        Raises:
            gr.Error: anything went wrong. A bug is in the log with its traceback, and the sentence says no more than that.
        """
        fn = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        try:
            if not kwargs.get("iterator"):
                inputs = _completed(fn, inputs)
                for path in named_files(inputs):
                    self.uploads.check(path)  # before Gradio looks at the disk, or fetches from the web
            return await super().process_api(block_fn, inputs, *args, **kwargs)
        except gr.Error:
            raise
        except (EditorError, RefusedError) as error:
            raise gr.Error(str(error), print_exception=False) from error
        except VisitorLeftError as error:
            raise gr.Error(text.GONE, print_exception=False) from error
        except Exception as error:
            log.exception("An event of the page failed")
            raise gr.Error(text.UNEXPECTED, print_exception=False) from error

    async def preprocess_data(self, block_fn: BlockFunction, *args: Any, **kwargs: Any) -> list[Any]:
        """As Gradio's.

        Raises:
            gr.Error: a value is not of its component's kind.
        """
        try:
            return await super().preprocess_data(block_fn, *args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            raise gr.Error(text.MALFORMED, print_exception=False) from error


def _completed(fn: BlockFunction, inputs: Sequence[Any]) -> list[Any]:
    """The inputs of a call, those that a program left out at the end with their defaults.

    Raises:
        gr.Error: there are too few or too many, or they are no list.
    """
    if not isinstance(inputs, list):
        raise gr.Error(text.NO_LIST, print_exception=False)
    left_out = fn.inputs[len(inputs) :]
    if len(inputs) > len(fn.inputs) or not all(isinstance(block, Api) for block in left_out):
        raise gr.Error(text.WRONG_COUNT.format(needed=len(fn.inputs), given=len(inputs)), print_exception=False)
    return [*inputs, *(block.value for block in left_out if isinstance(block, Api))]
