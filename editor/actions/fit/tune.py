"""Pivotal tuning: where no code draws the face, the code stays and the generator gives way.

The same descent moves the factors of a LoRA of the generator's first blocks (`editor.generate.trunk`), and stay(o) is its size
(Roich et al., "Pivotal Tuning for Latent-based Editing of Real Images", 2022).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from editor.actions.fit.descent import Descent, FitConfig, Step, descend, gradients
from editor.actions.fit.portrait import Fitter
from editor.generate.trunk import LoRA, zero_lora
from editor.judge.likeness import Likeness
from editor.portrait import Portrait
from editor.spaces import WPlus


def tuning(fitter: Fitter, portrait: Portrait, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
    """Change the generator for a portrait; gives the step and the best portrait so far.

    Args:
        steps: at least 1.
        every: redraw the reconstruction after so many steps; 0: at the end only.

    Raises:
        SettingError: fewer than one step.
        EditorError: memory ran out.

    >>> fitter = Fitter(editor.models, editor.renderer, editor.reconstruct)
    >>> next(tuning(fitter, portrait, steps=0, every=0))
    Traceback (most recent call last):
    editor.errors.SettingError: Improving a likeness needs at least one step, not 0.
    """
    code, renderer = portrait.w_plus, fitter.renderer
    preview = renderer.preview
    with torch.inference_mode(False):  # gradients pass through what is made here, whatever mode the caller is in
        here = WPlus(code.to(renderer.device).clone())
        start = zero_lora(preview.trunk)
        if portrait.lora:
            start = portrait.lora.map(lambda factor: factor.to(renderer.device).float())
    target = fitter.target(portrait, steps)
    walk = optimise_lora(
        target,
        start,
        lambda lora: preview.with_trunk(preview.trunk.fitted(lora))(here),
        lambda lora: renderer.draw(code, lora),
        fitter.models.likeness,
        steps,
    )

    def counted(better: Portrait, step: int) -> Portrait:
        return replace(better, refined=portrait.refined, tuned=portrait.tuned + step)

    return fitter.follow(portrait, target, walk, lambda lora: (code, _in_half(lora)), counted, steps, every)


def optimise_lora(
    face: torch.Tensor,
    lora: LoRA,
    draw: Callable[[LoRA], torch.Tensor],
    full: Callable[[LoRA], torch.Tensor],
    likeness: Likeness,
    steps: int,
    config: FitConfig = FitConfig(),
) -> Iterator[Step[LoRA]]:
    """Improve a LoRA of the generator a step at a time. The last step given holds the best one until then.

    Args:
        face: [1, 3, R, R] in [-1, 1].
        lora: the one to begin with, on the device to work on.
        draw: a LoRA -> the pivotal code's picture, [1, 3, r, r], small and differentiable.
        full: the same in full; need not be differentiable, may draw larger and on another device.

    >>> draw = lambda lora: (lora.parameters[0] @ lora.parameters[1]).mean().expand(1, 3, 16, 16)
    >>> likeness = Likeness(lambda faces: (torch.ones(1, 1), [faces + 2]))  # stands in for the network
    >>> face, lora = torch.full((1, 3, 16, 16), 0.5), LoRA({"weight": (torch.zeros(4, 2), torch.ones(2, 4))})
    >>> steps = list(optimise_lora(face, lora, draw, draw, likeness, steps=5))
    >>> steps[-1].loss < steps[0].loss
    True
    """
    with gradients():
        moved = lora.map(lambda factor: factor.detach().clone().requires_grad_())
    descent = Descent(
        moved=moved.parameters,
        now=lambda: moved,
        kept=lambda lora: lora.map(lambda factor: factor.detach().clone()),
        stay=lambda: config.tune_stay * moved.size(),
        rate=config.tune_rate,
    )
    yield from descend(descent, face, draw, full, likeness, steps, config)


def _in_half(lora: LoRA) -> LoRA:
    """A LoRA to keep: in half precision, on the CPU."""
    return lora.map(lambda factor: factor.half().cpu())
