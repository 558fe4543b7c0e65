"""Latent optimisation: move a portrait's code until the generator draws the person in the photo.

    w+ = w_mean + w_std * o,        stay(o) = mean (o - o_0)^2

o_0 is the offset it starts from: the encoder's, if the portrait was not refined before. Staying near it keeps the code one that
can be edited: what an encoder gives is, and what lies far from it often is not (Tov et al., "Designing an Encoder for StyleGAN
Image Manipulation", 2021).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from editor.actions.fit.descent import Descent, FitConfig, Step, descend, gradients
from editor.actions.fit.portrait import Fitter
from editor.judge.likeness import Likeness
from editor.portrait import Portrait
from editor.spaces import WPlus


def refining(fitter: Fitter, portrait: Portrait, steps: int, every: int) -> Iterator[tuple[int, Portrait]]:
    """Move a portrait's code; gives the step and the best portrait so far.

    Args:
        steps: at least 1.
        every: redraw the reconstruction after so many steps; 0: at the end only.

    Raises:
        SettingError: fewer than one step.
        EditorError: memory ran out.

    >>> fitter = Fitter(editor.models, editor.renderer, editor.reconstruct)
    >>> next(refining(fitter, portrait, steps=0, every=0))
    Traceback (most recent call last):
    editor.errors.SettingError: Improving a likeness needs at least one step, not 0.
    """
    renderer, lora = fitter.renderer, portrait.lora
    code = WPlus(portrait.w_plus.to(renderer.device))
    target = fitter.target(portrait, steps)
    walk = optimise_code(
        target,
        code,
        fitter.models.encoder.w_std,
        renderer.differentiable(lora),
        lambda w_plus: renderer.draw(w_plus, lora),
        fitter.models.likeness,
        steps,
    )

    def counted(better: Portrait, step: int) -> Portrait:
        return replace(better, refined=portrait.refined + step, tuned=portrait.tuned)

    return fitter.follow(portrait, target, walk, lambda w_plus: (WPlus(w_plus.cpu()), lora), counted, steps, every)


def optimise_code(
    face: torch.Tensor,
    w_plus: WPlus,
    w_std: torch.Tensor,
    draw: Callable[[WPlus], torch.Tensor],
    full: Callable[[WPlus], torch.Tensor],
    likeness: Likeness,
    steps: int,
    config: FitConfig = FitConfig(),
) -> Iterator[Step[WPlus]]:
    """Improve one code a step at a time. The last step given holds the best code until then.

    Args:
        face: [1, 3, R, R] in [-1, 1].
        w_plus: the encoder's code, [1, 18, 512], on the device to work on.
        w_std: standard deviation of W per channel, [512].
        draw: a code -> its picture, [1, 3, r, r], small and differentiable.
        full: the same in full; need not be differentiable, may draw larger and on another device.

    >>> draw = lambda code: code.mean().expand(1, 3, 16, 16)  # as light as the code's mean
    >>> likeness = Likeness(lambda faces: (torch.ones(1, 1), [faces + 2]))  # stands in for the network
    >>> face, code = torch.full((1, 3, 16, 16), 0.5), WPlus(torch.zeros(1, 18, 512))
    >>> steps = list(optimise_code(face, code, torch.ones(512), draw, draw, likeness, steps=5))
    >>> steps[-1].loss < steps[0].loss
    True
    """
    with gradients():
        start = w_plus.clone()
        moved = torch.zeros_like(start, requires_grad=True)
    descent = Descent(
        moved=[moved],
        now=lambda: WPlus(start + w_std * moved),
        kept=lambda code: WPlus(code.detach()),
        stay=lambda: config.stay * moved.square().mean(),
        rate=config.rate,
    )
    yield from descend(descent, face, draw, full, likeness, steps, config)
