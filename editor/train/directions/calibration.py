"""How long one unit of strength is, so that the same slider value does as much in W+ as in W*.

For each attribute and space the mean effect of a step a on images is measured by an image judge, both ways at once:

    E(a) = mean over faces of [ J(G(w moved +a)) - J(G(w moved -a)) ] / 2

One unit is the a with E(a) = target: the same number in both spaces, namely the judge's mean gap between faces labelled with
and without the attribute, or what W* can reach where that is less. A unit is never longer than its space's bound: beyond that
faces break up before the slider ends, and with them whoever it was. Where W+ does not get as far as W* within it, W+ stays
behind, and the page's bars say by how much: it is not to hold back what the other space can do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from tqdm import tqdm

from editor.data.codes import Codes
from editor.devices.precision import autocast
from editor.edit.directions import EDITS, SpaceDirections
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.spaces import SPACES, Space, WPlus, masked_edit, one_by_one
from editor.spaces import Codes as Drawable

REACHES = (0.125, 0.25, 0.5, 1.0)
"""Steps that are tried, in units of the space's bound: beyond it nothing counts, and within less a slow space looks weak."""

LONGEST = 45.0
"""A unit in deviations of a code's numbers; a code itself is about 96 long."""


def calibrate(
    gap: float, spans: Sequence[float], effects: Sequence[Callable[[float], float]], longest: Sequence[float]
) -> list[float]:
    """One step length a space, all with the same effect, as far as their bounds allow.

    Args:
        gap: the wanted effect.
        spans: for each space, the distance between the classes' means along the normal.
        effects: for each space, E(a); the last space is the one whose reach bounds what is wanted.
        longest: for each space, no step is longer.

    Returns:
        A step for each space; where an attribute has no effect at all, its span, likewise bounded.
    """
    curves = []
    for effect, bound in zip(effects, longest, strict=True):
        steps = np.array([0.0, *(bound * reach for reach in REACHES)])
        values = np.array([0.0, *(effect(step) for step in steps[1:])])
        curves.append((steps, np.maximum.accumulate(values)))  # a slider that turns back halfway has reached its end
    reached = [float(values[-1]) for _, values in curves]
    target = min(gap, reached[-1])
    return [
        float(_first(steps, values, min(target, most))) if min(target, most) > 0 else min(span, bound)
        for (steps, values), most, span, bound in zip(curves, reached, spans, longest, strict=True)
    ]


def _first(steps: np.ndarray, values: np.ndarray, target: float) -> float:
    """The first step at which the piecewise linear curve reaches the target."""
    end = int(np.argmax(values >= target - 1e-12))
    low, high = values[end - 1], values[end]
    share = (target - low) / (high - low) if high > low else 1.0
    return steps[end - 1] + share * (steps[end] - steps[end - 1])


def calibrated_steps(
    flow: RealNVP,
    faces: Codes,
    sample: Codes,
    parts: Mapping[Space, SpaceDirections],
    spans: Mapping[Space, torch.Tensor],
    bounds: Mapping[Space, torch.Tensor],
    preview: Runtime,
    judge: AttributeClassifier,
    regions: Regions | None,
) -> dict[Space, torch.Tensor]:
    """The length of one unit of strength for every attribute, [K] in each space.

    The classifier measures an attribute by its name. Of one that it does not know, a unit is the distance between the classes.

    Args:
        faces: on which the effects of steps are measured.
        sample: on whose images the mean gap between the classes is measured.
        parts: the directions of both spaces; their own steps do not count.
        spans, bounds: [K] in each space, as `calibrate` takes them.
        preview, judge: draw an image, and say what is in it.
        regions: where the attributes lie; None: edits go everywhere.
    """
    scores = _judge_codes(judge, preview, sample.w_plus)
    steps: dict[Space, torch.Tensor] = {space: torch.ones(len(faces.attributes)) for space in SPACES}
    for k, name in enumerate(tqdm(faces.attributes, desc="calibrating")):
        spanned, bound = ([values[space][k].item() for space in SPACES] for values in (spans, bounds))
        if name in judge.attributes:
            column, have = judge.attributes.index(name), sample.labels[:, k]
            gap = (scores[have, column].mean() - scores[~have, column].mean()).item() if have.any() and not have.all() else 0.0
            score = partial(_scores_of, judge, preview, column)
            effects = [_effect(flow, parts[space], space, score, faces.w_plus, k, regions) for space in SPACES]
            found = calibrate(gap, spanned, effects, bound)
        else:
            found = [min(pair) for pair in zip(spanned, bound, strict=True)]
        for space, step in zip(SPACES, found, strict=True):
            steps[space][k] = step
    return steps


def _effect(
    flow: RealNVP,
    part: SpaceDirections,
    space: Space,
    score: Callable[[Drawable], torch.Tensor],
    w_plus: WPlus,
    attribute: int,
    regions: Regions | None,
) -> Callable[[float], float]:
    """E(a) of one attribute in one space."""
    unit = replace(part, steps=torch.ones_like(part.steps))

    def effect(amount: float) -> float:
        strengths = torch.zeros(len(part.steps))
        strengths[attribute] = amount
        with torch.no_grad():
            moved = [EDITS[space](w_plus, sign * strengths, flow, unit) for sign in (1, -1)]
        masks = regions and regions.masks(torch.tensor([attribute]))
        drawn = moved if masks is None else [masked_edit(w_plus, codes, masks) for codes in moved]
        more, less = map(score, drawn)
        return ((more - less) / 2).mean().item()

    return effect


def _scores_of(judge: AttributeClassifier, preview: Runtime, column: int, codes: Drawable) -> torch.Tensor:
    """The classifier's logits of one attribute for the images of codes, [N]."""
    return _judge_codes(judge, preview, codes)[:, column]


def _judge_codes(judge: AttributeClassifier, preview: Runtime, codes: Drawable) -> torch.Tensor:
    """The judge's logits for the images of codes, [N, K]."""
    with autocast(torch.device("cpu")):
        return torch.cat([judge(preview(piece).cpu().clamp(-1, 1)) for piece in one_by_one(codes, 16)]).float()
