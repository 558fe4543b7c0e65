"""How long one unit of strength is, so that the same slider value does as much in W+ as in W*.

For each attribute and space the mean effect of a step a on images is measured by an image judge, both ways at once:

    E(a) = mean over faces of [ J(G(w moved +a)) - J(G(w moved -a)) ] / 2

One unit is the a with E(a) = target: the same number in both spaces, namely the judge's mean gap between faces labelled with
and without the attribute, or what W* can reach where that is less. A unit is never longer than its space's bound: beyond that
faces break up before the slider ends, and with them whoever it was. Where W+ does not get as far as W* within it, W+ stays
behind, and the page's bars say by how much: it is not to hold back what the other space can do.
"""

from collections.abc import Callable, Sequence

import numpy as np

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
