"""How something grows: what was measured at several sizes, the exponent of its growth, and a plot.

A cost that grows is taken as fixed + a size^p. The exponent p is the slope of the marginal part, cost - fixed, against the size
where both are drawn in logarithms: 0 is none, 1 linear, 2 quadratic. Fixed part and exponent are those that come nearest to the
measurements, each weighed by its own size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

GROWN = 0.15
"""Share by which a cost has to grow over all sizes to count as growing at all; less is how measurements differ."""
LINEAR = 1.2
"""An exponent up to this is linear, as far as a handful of sizes can tell."""
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
        megabytes: what took memory -> megabytes at each size.
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
        exponents = {
            kind: {name: exponent(self.sizes, values) for name, values in measured.items()}
            for kind, measured in (("seconds", self.seconds), ("megabytes", self.megabytes))
        }
        worse = [f"{name}, {kind}" for kind, found in exponents.items() for name, value in found.items() if value > LINEAR]
        return asdict(self) | {"exponents": exponents, "worse_than_linear": worse}


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The exponent of a growth; 0 where nothing grows.

    >>> exponent([1, 2, 4, 8], [3 + 2 * n for n in (1, 2, 4, 8)])
    1.0
    >>> exponent([1, 2, 4, 8], [3 + n**2 for n in (1, 2, 4, 8)])
    2.0
    """
    along, values = np.asarray(sizes, dtype=float), np.asarray(costs, dtype=float)
    if values.max() - values[0] <= GROWN * max(values[0], 1e-9) or values[-1] <= values[0]:
        return 0.0
    return round(float(min(EXPONENTS, key=lambda power: _misfit(along**power, values))), 2)


def _misfit(grown: np.ndarray, values: np.ndarray) -> float:
    """How far fixed + a grown is from the values at best, with neither below 0."""
    weights = 1 / np.maximum(values, 1e-9)
    both = np.stack([np.ones_like(grown), grown], axis=1)
    tried = [(np.linalg.lstsq(part * weights[:, None], values * weights, rcond=None)[0], part) for part in (both, both[:, 1:])]
    return min(float((((part @ found) * weights - 1) ** 2).sum()) for found, part in tried if (found >= 0).all())


def plot(curve: Curve, folder: Path) -> Path:
    """Draw a curve as NAME.png in a folder: time beside memory, each with its exponent."""
    parts = [(unit, measured) for unit, measured in (("seconds", curve.seconds), ("MB", curve.megabytes)) if measured]
    figure = Figure(figsize=(PANEL[0] * len(parts), PANEL[1]), layout="constrained")
    for axes, (unit, measured) in zip(figure.subplots(1, len(parts), squeeze=False)[0], parts, strict=True):
        for name, values in measured.items():
            axes.plot(
                curve.sizes, values, "o-", markersize=3, linewidth=1, label=f"{name}: {exponent(curve.sizes, values):.1f}"
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
