"""A run's curve as a picture: every loss over its steps, the validation's dashed beside the training's."""

import json
from pathlib import Path

from matplotlib.figure import Figure

COLUMNS = 4


def plot_curve(folder: Path) -> Path:
    """Draw `curve.jsonl` of a run's folder as `curve.png` beside it."""
    lines = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    losses = [name for name in lines[-1] if name not in ("step", "seconds", "epoch") and not name.startswith("validation_")]
    rows = -(-len(losses) // COLUMNS)
    figure = Figure(figsize=(3.6 * COLUMNS, 2.8 * rows), layout="constrained")
    grid = figure.subplots(rows, COLUMNS, squeeze=False).flat
    for axes, name in zip(grid[: len(losses)], losses, strict=True):
        for shown, style in ((name, "-"), (f"validation_{name}", "--")):
            points = [(line["step"], line[shown]) for line in lines if shown in line]
            if points:
                axes.plot(*zip(*points, strict=True), style)
        axes.set_title(name, fontsize=9)
    path = folder / "curve.png"
    figure.savefig(path, dpi=100)
    return path
