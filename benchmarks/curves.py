"""How something grows: what was measured at several sizes, the exponent of its growth, and a plot.

A cost that grows is taken as fixed + a size^p. The exponent p is the slope of the marginal part, cost - fixed, against the size
where both are drawn in logarithms: 0 is none, 1 linear, 2 quadratic. Fixed part and exponent are those that come nearest to the
measurements, each weighed by its own size. A steeper curve than a straight line has to fit twice as well to count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from editor.evaluate.report import markdown_table

NOISE = 0.15
"""Share by which measurements of the same thing may differ. What grows by less does not grow."""
NOISE_MB = 20.0
"""The same of memory, in megabytes."""
LINEAR = 1.2
"""An exponent up to this is linear, as far as a handful of sizes can tell."""
LEAST_MISFIT = 0.03
"""A straight line that misses by less fits."""
EXPONENTS = np.arange(0.2, 3.01, 0.05)
PANEL, DPI = (3.4, 2.7), 80
"""Size of a panel in inches, and pixels an inch."""


@dataclass(frozen=True)
class Curve:
    """What was measured of one thing that grows.

    Attributes:
        name: of what grows, such as "faces"; also the names of the files.
        along: what the sizes count, for a plot.
        sizes: increasing.
        seconds: what took time -> seconds at each size.
        megabytes: what took memory -> the most megabytes at each size, above what was held once the models were ready.
        facts: more numbers by name.
    """

    name: str
    along: str
    sizes: Sequence[float]
    seconds: Mapping[str, Sequence[float]]
    megabytes: Mapping[str, Sequence[float]]
    facts: Mapping[str, Any]

    def report(self) -> dict[str, Any]:
        """The measurements, their exponents, and the names of what grows faster than linearly."""
        exponents: dict[str, dict[str, float]] = {"seconds": {}, "megabytes": {}}
        worse = []
        for kind, measured, least in (("seconds", self.seconds, 0.0), ("megabytes", self.megabytes, NOISE_MB)):
            for name, values in measured.items():
                exponents[kind][name] = exponent(self.sizes, values, least)
                if exponents[kind][name] > LINEAR:
                    worse.append(f"{name}, {kind}")
        return asdict(self) | {"exponents": exponents, "worse_than_linear": worse}


def exponent(sizes: Sequence[float], costs: Sequence[float], least: float = 0.0) -> float:
    """The exponent of a growth; 0 where nothing grows, and 1 where a straight line fits about as well as a steeper curve.

    Args:
        least: what grows by no more than this does not grow.

    >>> exponent([1, 2, 4, 8], [3 + 2 * n for n in (1, 2, 4, 8)])
    1.0
    >>> exponent([1, 2, 4, 8], [3 + n**2 for n in (1, 2, 4, 8)])
    2.0
    """
    if costs[-1] - costs[0] <= max(NOISE * costs[0], least):
        return 0.0
    best = min(EXPONENTS, key=lambda power: misfit(sizes, costs, power))
    straight = misfit(sizes, costs, 1.0) <= max(LEAST_MISFIT, 2 * misfit(sizes, costs, best))
    return 1.0 if best > 1 and straight else round(float(best), 2)


def misfit(sizes: Sequence[float], costs: Sequence[float], power: float) -> float:
    """By which share fixed + a size^power misses the costs at best, root mean square; neither part is below 0.

    Small costs are missed by a share of the largest.
    """
    grown, values = np.asarray(sizes, dtype=float) ** power, np.asarray(costs, dtype=float)
    scale, one = np.maximum(values, 0.05 * values.max()), np.ones(len(values))
    best = float("inf")
    for part in (np.stack([one, grown], axis=1), grown[:, None], one[:, None]):
        found = np.linalg.lstsq(part / scale[:, None], values / scale, rcond=None)[0]
        if (found >= 0).all():
            best = min(best, float(np.sqrt(np.square((part @ found - values) / scale).mean())))
    return best


def growth_table(reports: Iterable[Mapping[str, Any]]) -> str:
    """What reports of curves say, as a table in Markdown: each cost at the least and at the largest size, and its exponent."""
    rows = []
    for report in reports:
        first, last = (f"{report['sizes'][at]:g}" for at in (0, -1))
        for kind, unit in (("seconds", "s"), ("megabytes", "MB")):
            for name, costs in report[kind].items():
                ends = [f"{costs[at]:.2f} {unit}" if unit == "s" else f"{costs[at]:.0f} {unit}" for at in (0, -1)]
                rows.append((f"{report['along']}: {first} to {last}", name, *ends, f"{report['exponents'][kind][name]:.1f}"))
    return markdown_table(("what grows", "cost", "at the least", "at the most", "exponent"), rows)


def plot(curve: Curve, folder: Path) -> Path:
    """Draw a curve as NAME.png in a folder: time beside memory, each with its exponent."""
    units = (("seconds", curve.seconds, 0.0), ("MB above the loaded models", curve.megabytes, NOISE_MB))
    parts = [(unit, measured, least) for unit, measured, least in units if measured]
    figure = Figure(figsize=(PANEL[0] * len(parts), PANEL[1]), layout="constrained")
    for axes, (unit, measured, least) in zip(figure.subplots(1, len(parts), squeeze=False)[0], parts, strict=True):
        for name, values in measured.items():
            axes.plot(
                curve.sizes,
                values,
                "o-",
                markersize=3,
                linewidth=1,
                label=f"{name}: {exponent(curve.sizes, values, least):.1f}",
            )
        axes.set_xlabel(curve.along, fontsize=8)
        axes.set_ylabel(unit, fontsize=8)
        axes.set_ylim(bottom=0)
        axes.tick_params(labelsize=7)
        axes.legend(fontsize=7, frameon=False, title="exponent", title_fontsize=7)
    path = folder / f"{curve.name}.png"
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)
    return path
