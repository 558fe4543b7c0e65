"""A run's curve as a picture: every loss over its steps, the validation's dashed beside the training's."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

COLUMNS = 4


def plot_curve(folder: Path) -> Path:
    """Draw `curve.jsonl` of a run's folder as `curve.png` beside it."""
    path = folder / "curve.png"
    curve_figure([json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]).savefig(path, dpi=100)
    return path


def curve_figure(lines: Sequence[Mapping[str, float]]) -> Figure:
    """A panel for every loss in the lines of a curve."""
    losses = [name for name in lines[-1] if name not in ("step", "seconds", "epoch") and not name.startswith("validation_")]
    rows = -(-len(losses) // COLUMNS)
    figure = Figure(figsize=(3.6 * COLUMNS, 2.8 * rows), layout="constrained")
    grid = list(figure.subplots(rows, COLUMNS, squeeze=False).flat)
    for spare in grid[len(losses) :]:
        spare.remove()
    for axes, name in zip(grid[: len(losses)], losses, strict=True):
        for shown, style in ((name, "-"), (f"validation_{name}", "--")):
            points = [(line["step"], line[shown]) for line in lines if shown in line]
            if points:
                axes.plot(*zip(*points, strict=True), style)
        axes.set_title(name, fontsize=9)
    return figure
