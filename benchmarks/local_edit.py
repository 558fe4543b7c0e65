"""How long a local edit takes on a CPU, beside what else draws the same generator there.

In turn, so that a busy machine slows all alike, and each number is a median:

    render, live   the edit of one slider in both spaces, with all that belongs to it, in full and small
    draw           the two pictures in full alone
    as_new         the same, were the unedited picture not known
    pytorch        the same, by the module itself
    wheel          two unedited pictures, by the IR of the wheel `random-face` as that wheel runs it, with OpenVINO's defaults
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import torch

from editor.actions.render import edit_of, edited_codes
from editor.generate.mobile import SYNTHESIS
from editor.pipeline import Editor
from editor.portrait import Portrait
from editor.weights import WeightStore

EDIT = {"Smiling": 1.1}


def local_edit(editor: Editor, portrait: Portrait, floor: float, repeats: int = 9) -> dict[str, Any]:
    """Milliseconds of each, and ratios of them.

    Args:
        floor: the least two pictures can take here, in milliseconds.
    """
    models, renderer = editor.models, editor.renderer
    codes = edited_codes(models, portrait, edit_of(models, EDIT))
    wheel = _wheel()
    times = _in_turn(
        {
            "render": lambda: editor.render(portrait, EDIT),
            "live": lambda: editor.render(portrait, EDIT, live=True),
            "draw": lambda: renderer.draw(codes, portrait.lora, known=portrait.known),
            "as_new": lambda: renderer.draw(codes, portrait.lora),
            "pytorch": lambda: models.generator(codes),
            "wheel": lambda: [wheel() for _ in range(2)],
        },
        repeats,
    )
    return {
        "n": repeats,
        "ms": times,
        "pytorch_over_draw": round(times["pytorch"] / times["draw"], 2),
        "wheel_over_draw": round(times["wheel"] / times["draw"], 2),
        "draw_over_floor": round(times["draw"] / floor, 2),
    }


def _in_turn(actions: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    times: dict[str, list[float]] = {name: [] for name in actions}
    with torch.inference_mode():
        for _ in range(1 + repeats):  # the first is for what is made once
            for name, action in actions.items():
                begin = time.perf_counter()
                action()
                times[name].append(1e3 * (time.perf_counter() - begin))
    return {name: round(median(taken[1:]), 1) for name, taken in times.items()}


def _wheel() -> Callable[[], object]:
    """One picture by the IR of `random-face`, run as `random_face.Engine` runs it."""
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(core.read_model(WeightStore().path("mobilestylegan-ffhq") / SYNTHESIS), "CPU")
    style = np.zeros((1, 512), np.float32)
    return lambda: compiled([style])[0]
