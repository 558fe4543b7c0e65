"""Calibration: how long one unit of strength is, so that a slider value has the same effect in W+ and in W*.

For each attribute and space, a classifier's logit C measures the mean effect of a step a on images, in both directions:

    E(a) = mean over faces of [ C(G(w moved by +a)) - C(G(w moved by -a)) ] / 2

One unit is the a with E(a) = target. The target is the same in both spaces: the difference of the mean logits of faces with and
without the attribute, or what W* reaches if that is less. A unit is never longer than its space's bound, since faces and
identities break up beyond it. If W+ does not reach the target within its bound, its unit is the bound and has less effect. The
page's bars show by how much. W* is not shortened for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from tqdm import tqdm

from editor.data.codes import LabelledCodes
from editor.devices.precision import autocast
from editor.edit.directions import EDITS, SpaceDirections
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.spaces import SPACES, Codes, Space, WPlus, masked_edit, one_by_one

REACHES = (0.125, 0.25, 0.5, 1.0)
"""Steps at which effects are measured, in units of the space's bound."""

MAX_STEP = 45.0
"""Longest unit, in standard deviations of normalised codes. A normalised code has a norm of about 96."""


def calibrate(
    gap: float, spans: Sequence[float], effects: Sequence[Callable[[float], float]], bounds: Sequence[float]
) -> list[float]:
    """A step length for each space, all with the same effect, as far as the bounds allow.

    Args:
        gap: the wanted effect.
        spans: for each space, the distance between the classes' means along the normal.
        effects: for each space, E(a). What the last space reaches bounds the target.
        bounds: for each space, the longest step.

    Returns:
        A step for each space; where steps have no effect, the span, or the bound if that is less.

    >>> effects = [lambda step: 0.125 * step, lambda step: 0.25 * step]  # the second space needs half the step
    >>> calibrate(gap=1.0, spans=[5.0, 5.0], effects=effects, bounds=[20.0, 20.0])
    [8.0, 4.0]
    """
    curves = []
    for effect, bound in zip(effects, bounds, strict=True):
        steps = np.array([0.0, *(bound * reach for reach in REACHES)])
        values = np.array([0.0, *(effect(step) for step in steps[1:])])
        curves.append((steps, np.maximum.accumulate(values)))  # a slider that turns back halfway has reached its end
    reached = [float(values[-1]) for _, values in curves]
    target = min(gap, reached[-1])
    return [
        float(_first(steps, values, min(target, most))) if min(target, most) > 0 else min(span, bound)
        for (steps, values), most, span, bound in zip(curves, reached, spans, bounds, strict=True)
    ]


def _first(steps: np.ndarray, values: np.ndarray, target: float) -> float:
    """The first step at which the piecewise linear curve reaches the target."""
    end = int(np.argmax(values >= target - 1e-12))
    low, high = values[end - 1], values[end]
    share = (target - low) / (high - low) if high > low else 1.0
    return steps[end - 1] + share * (steps[end] - steps[end - 1])


def calibrated_steps(
    flow: RealNVP,
    faces: LabelledCodes,
    sample: LabelledCodes,
    parts: Mapping[Space, SpaceDirections],
    spans: Mapping[Space, torch.Tensor],
    bounds: Mapping[Space, torch.Tensor],
    preview: Runtime,
    classifier: AttributeClassifier,
    regions: Regions | None,
) -> dict[Space, torch.Tensor]:
    """The length of one unit of strength for every attribute, [K] in each space.

    The classifier finds attributes by name. For an attribute that it does not know, a unit is the distance between the classes.

    Args:
        faces: codes on which the effects of steps are measured.
        sample: codes on whose images the difference between the classes is measured.
        parts: the directions of both spaces; their own steps do not count.
        spans: [K] in each space, distance between the classes along the normal.
        bounds: [K] in each space, the longest step.
        preview: draws images of codes.
        classifier: of these images.
        regions: of local edits; None: edits change the whole picture.

    >>> parts = {space: getattr(directions, space) for space in SPACES}
    >>> spans = {space: torch.full((2,), 5.0) for space in SPACES}
    >>> bounds = {space: torch.full((2,), 9.0) for space in SPACES}
    >>> steps = calibrated_steps(flow, codes, codes, parts, spans, bounds, painter, classifier, regions=None)
    >>> [(space, step.shape, bool((step <= 9).all())) for space, step in steps.items()]
    [('w_plus', torch.Size([2]), True), ('w_star', torch.Size([2]), True)]
    """
    scores = _logits_of(classifier, preview, sample.w_plus)
    steps: dict[Space, torch.Tensor] = {space: torch.ones(len(faces.attributes)) for space in SPACES}
    for k, name in enumerate(tqdm(faces.attributes, desc="calibrating")):
        spanned, bound = ([values[space][k].item() for space in SPACES] for values in (spans, bounds))
        if name in classifier.attributes:
            column, have = classifier.attributes.index(name), sample.labels[:, k]
            gap = (scores[have, column].mean() - scores[~have, column].mean()).item() if have.any() and not have.all() else 0.0
            score = partial(_scores_of, classifier, preview, column)
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
    score: Callable[[Codes], torch.Tensor],
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
        edited = moved if masks is None else [masked_edit(w_plus, codes, masks) for codes in moved]
        more, less = map(score, edited)
        return ((more - less) / 2).mean().item()

    return effect


def _scores_of(classifier: AttributeClassifier, preview: Runtime, column: int, codes: Codes) -> torch.Tensor:
    """The classifier's logits of one attribute for the images of codes, [N]."""
    return _logits_of(classifier, preview, codes)[:, column]


def _logits_of(classifier: AttributeClassifier, preview: Runtime, codes: Codes) -> torch.Tensor:
    """The classifier's logits for the images of codes, [N, K]."""
    with autocast(torch.device("cpu")):
        return torch.cat([classifier(preview(piece).cpu().clamp(-1, 1)) for piece in one_by_one(codes, 16)]).float()
