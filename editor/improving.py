"""A portrait made a better likeness of its photo, a step at a time: another code, or a generator that gives way."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import torch

from editor.encode import RefineConfig, Step, refine, tune
from editor.errors import EditorError, SettingError
from editor.generate.trunk import LoRA, zero_lora
from editor.images import shrink, to_tensor
from editor.portrait import JUDGED_AT, Portrait
from editor.spaces import WPlus

if TYPE_CHECKING:
    from editor.pipeline import Editor

T = TypeVar("T")


def refined(editor: "Editor", portrait: Portrait, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
    """Move the code; see `Editor.refine`."""
    code, lora = WPlus(portrait.w_plus.to(editor.device)), portrait.lora
    descent = functools.partial(
        refine,
        w_plus=code,
        w_std=editor.models.encoder.w_std,
        draw=editor.renderer.differentiable(lora),
        full=lambda w_plus: editor.draw_tensor(w_plus, lora),
    )
    return _improve(editor, portrait, descent, lambda w_plus: (WPlus(w_plus.cpu()), lora), steps, every)


def tuned(editor: "Editor", portrait: Portrait, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
    """Change the generator; see `Editor.tune`."""
    code, preview = portrait.w_plus, editor.renderer.preview
    with torch.inference_mode(False):  # gradients pass through what is made here, whatever mode the caller is in
        here = WPlus(code.to(editor.device).clone())
        start = zero_lora(preview.trunk)
        if portrait.lora:
            start = portrait.lora.map(lambda factor: factor.to(editor.device).float())
    descent = functools.partial(
        tune,
        lora=start,
        draw=lambda lora: preview.with_trunk(preview.trunk.fitted(lora))(here),
        full=lambda lora: editor.draw_tensor(code, lora),
    )
    return _improve(editor, portrait, descent, lambda lora: (code, lora.map(lambda f: f.half().cpu())), steps, every)


def _improve(
    editor: "Editor",
    portrait: Portrait,
    descent: Callable[..., Iterator[Step[T]]],
    kept: Callable[[T], tuple[WPlus, LoRA | None]],
    steps: int,
    every: int,
) -> Iterator[tuple[int, Portrait]]:
    """Walk down, redrawing now and then; `kept` makes code and lora of what moves."""
    if steps < 1:
        raise SettingError(f"Improving a likeness needs at least one step, not {steps}.")
    config, best = RefineConfig(), portrait
    with torch.inference_mode(False):
        face = shrink(to_tensor(portrait.face), JUDGED_AT).to(editor.device)
    try:
        for at in descent(face, likeness=editor.models.likeness, steps=steps, config=config):
            if at.step == steps or (every and at.step and at.step % every == 0):
                best = _better(editor, portrait, *kept(at.best), config)
            yield at.step, best
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, MemoryError) or "memory" in str(error):
            raise EditorError("Memory ran out. The last good likeness is kept.") from error
        raise


def _better(editor: "Editor", portrait: Portrait, w_plus: WPlus, lora: LoRA | None, config: RefineConfig) -> Portrait:
    """The portrait with this code and lora if they draw the face more alike, else as it was."""
    drawn = editor.draw(w_plus, lora)
    quality = editor.quality(portrait.face, drawn, portrait.quality.reasons)
    if config.weigh(quality) >= config.weigh(portrait.quality):
        return portrait
    return replace(portrait, w_plus=w_plus, lora=lora, reconstruction=drawn, quality=quality, steady={})
