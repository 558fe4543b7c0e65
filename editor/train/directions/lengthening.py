"""Longer units for sliders that hardly show at their end.

A unit is as long as the classes are apart (`editor.train.directions.calibration`), as far as the encoder's codes tell them
apart. Hair loses its grey when it is encoded, so grey hair's slider would end before anyone sees it. Let e(s) be the mean
effect of strengths s and -s, in standard deviations of the classifier's logit, and i(s) the mean distance in identity from the
unedited face (`editor.judge.likeness`). The slider's end moves from 2 to the first s with

    e(s) >= WANTED   or   i(s) >= NEAR   or   s = LONGEST   or   e(s) at its largest

and its unit, in both spaces, becomes s / 2 times as long. Units never become shorter.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from tqdm import tqdm

from editor.edit.apply import Start, apply_edit
from editor.edit.directions import MAX_STRENGTH, Directions
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.judge.likeness import Distances
from editor.spaces import WPlus

WANTED = 1.5
"""Effect at the slider's end, in standard deviations of the logit: most faces then change by more than one."""
NEAR = 0.1
"""Distance in identity at its end."""
LONGEST = 5.0
ENDS = (MAX_STRENGTH, 3.0, 4.0, LONGEST)
"""Where the slider may end, in its present units. On four faces earrings smeared the hair at 6, and glasses were none."""


def slider_end(effects: Sequence[float], distances: Sequence[float], ends: Sequence[float] = ENDS) -> float:
    """Where a slider should end, in its present units, linear between the ends at which effects and distances are measured.

    >>> slider_end([0.5, 1.0, 2.0, 2.5], [0.0, 0.0, 0.0, 0.0])
    3.5
    >>> slider_end([0.5, 1.0, 2.0, 2.5], [0.0, 0.05, 0.15, 0.2])
    3.5
    >>> slider_end([0.5, 0.6, 0.4, 0.2], [0.0, 0.0, 0.0, 0.0]), slider_end([1.6, 1.8, 1.9, 2.0], [0.2, 0.3, 0.4, 0.5])
    (3.0, 2.0)
    """
    last = int(np.argmax(effects))  # a slider that turns back has reached its end
    reached = min(WANTED, effects[last])
    return min(_first(ends[: last + 1], effects[: last + 1], reached), _first(ends, distances, NEAR))


def _first(ends: Sequence[float], values: Sequence[float], wanted: float) -> float:
    """The first end at which a value is reached; the last one where it never is."""
    for n, value in enumerate(values):
        if value >= wanted:
            before = values[n - 1] if n else value
            share = (wanted - before) / (value - before) if value > before else 1.0
            return ends[n] if not n else ends[n - 1] + share * (ends[n] - ends[n - 1])
    return ends[-1]


def lengthened(
    directions: Directions,
    flow: RealNVP,
    w_plus: WPlus,
    preview: Runtime,
    classifier: AttributeClassifier,
    compare: Callable[[torch.Tensor, torch.Tensor], Distances],
    regions: Regions | None,
) -> Directions:
    """The same directions with longer units where that shows; attributes that the classifier does not know keep theirs.

    Args:
        w_plus: codes of the faces that it is measured on, [B, 18, 512].
        preview: draws images of codes.
        compare: tells how far images are from others.
        regions: of local edits; None: edits change the whole picture.

    >>> compare = lambda one, other: Distances(*[torch.zeros(len(one))] * 3)
    >>> found = lengthened(directions, flow, WPlus(codes.w_plus[:2]), painter, classifier, compare, regions=None)
    >>> bool((found.w_star.steps >= directions.w_star.steps).all())
    True
    """
    starts = [Start(code, flow(code)) for code in map(WPlus, w_plus.split(1))]
    before = [preview(start.w_plus).float().cpu().clamp(-1, 1) for start in starts]
    factors = torch.ones(len(directions.attributes))
    for k, name in enumerate(tqdm(directions.attributes, desc="lengthening")):
        if name not in classifier.attributes:
            continue
        column, rows = classifier.attributes.index(name), []
        for end in ENDS:
            logits, distances = [], []
            for sign in (1, -1):
                strengths = torch.zeros(len(factors))
                strengths[k] = sign * end
                for start, image in zip(starts, before, strict=True):
                    codes = apply_edit(start, strengths, "w_star", flow, directions, regions)
                    drawn = preview(codes).float().cpu().clamp(-1, 1)
                    logits.append(sign * classifier(drawn)[0, column])
                    distances.append(compare(drawn, image).identity.item())
            rows.append((float(sum(logits)) / len(logits) / float(classifier.logit_std[column]), float(np.mean(distances))))
        effects, near = zip(*rows, strict=True)
        factors[k] = slider_end(effects, near) / MAX_STRENGTH
    w_plus_part, w_star_part = (
        replace(part, steps=part.steps * factors.to(part.steps)) for part in (directions.w_plus, directions.w_star)
    )
    return replace(directions, w_plus=w_plus_part, w_star=w_star_part)
