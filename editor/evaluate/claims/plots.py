"""The evaluations' plots, each one a file beside its JSON. Matplotlib, without a display."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

NAMES = {
    "w_plus": "W+",
    "w_plus_conditional": "W+ conditional",
    "latent_transformer": "Latent Transformer",
    "w_star": "W*",
    "w_star_locked": "W* locked",
    "w_star_preserve": "W* preserving",
    "w_star_everywhere": "W* everywhere",
    "w_plus_local": "W+ local",
    "w_plus_c1": "W+ with C = 1",
    "w_star_c1": "W* with C = 1",
}


ACROSS = 3
"""Heat maps in a row."""


def _named(method: str) -> str:
    """A method's name in a plot. Methods of further directions are named after them.

    >>> _named("w_star_locked"), _named("w_star_paper")
    ('W* locked', 'W*, paper')
    """
    if method in NAMES:
        return NAMES[method]
    space = next((space for space in ("w_plus", "w_star") if method.startswith(f"{space}_")), "")
    return f"{NAMES[space]}, {method.removeprefix(f'{space}_')}" if space else method


def plot_table1(result: Mapping[str, Any], folder: Path) -> list[Path]:
    """`table1_figure` of each protocol as `table1-PROTOCOL.png`.

    >>> accuracy = {"accuracy": {"Smiling": 0.9, "Young": 0.8}}
    >>> part = {"w_plus": accuracy, "w_star": accuracy, "majority": {"by_attribute": {"Smiling": 0.5, "Young": 0.7}}}
    >>> [path.name for path in plot_table1({"strict": part | {"n": {"validation": 60}}}, folder)]
    ['table1-strict.png']
    """
    paths = {protocol: folder / f"table1-{protocol}.png" for protocol in result}
    for protocol, path in paths.items():
        table1_figure(protocol, result[protocol]).savefig(path, dpi=110)
    return list(paths.values())


def table1_figure(protocol: str, part: Mapping[str, Any]) -> Figure:
    """The accuracy of every attribute in both spaces over its majority class.

    >>> accuracy = {"accuracy": {"Smiling": 0.9, "Young": 0.8}}
    >>> part = {"w_plus": accuracy, "w_star": accuracy, "majority": {"by_attribute": {"Smiling": 0.5, "Young": 0.7}}}
    >>> (axes,) = table1_figure("strict", part | {"n": {"validation": 60}}).axes
    >>> [label.get_text() for label in axes.get_yticklabels()]  # the worst of W+ first, which is at the bottom
    ['Young', 'Smiling']
    """
    majority = part["majority"]["by_attribute"]
    names = sorted(majority, key=lambda name: part["w_plus"]["accuracy"][name])
    figure = Figure(figsize=(8, 9), layout="constrained")
    axes = figure.subplots()
    at = np.arange(len(names))
    for shift, space in ((-0.2, "w_plus"), (0.2, "w_star")):
        axes.barh(at + shift, [part[space]["accuracy"][name] for name in names], 0.4, label=NAMES[space])
    axes.plot([majority[name] for name in names], at, "k|", markersize=9, label="majority class")
    axes.set_yticks(at, [name.replace("_", " ") for name in names])
    axes.set_xlim(0.45, 1)
    axes.set_xlabel(f"SVM accuracy, {protocol} protocol, {part['n']['validation']} validation codes")
    figure.legend(loc="outside upper center", ncols=3)
    return figure


def plot_leakage(result: Mapping[str, Any], folder: Path) -> list[Path]:
    """`leakage_maps` and `leakage_curves` as `leakage-matrices.png` and `leakage-curves.png`.

    >>> w_star = {"matrix": [[1.0, 0.2], [0.1, 1.0]], "leakage": 0.15, "curve": [[0.0, 0.0], [1.0, 0.15]]}
    >>> paths = plot_leakage({"attributes": ["Smiling", "Young"], "methods": {"w_star": w_star}}, folder)
    >>> [path.name for path in paths]
    ['leakage-matrices.png', 'leakage-curves.png']
    """
    paths = [folder / "leakage-matrices.png", folder / "leakage-curves.png"]
    leakage_maps(result).savefig(paths[0], dpi=65)
    leakage_curves(result).savefig(paths[1], dpi=110)
    return paths


def leakage_maps(result: Mapping[str, Any]) -> Figure:
    """A heat map for each method: rows are edited attributes, columns the changes of all attributes.

    >>> w_star = {"matrix": [[1.0, 0.2], [0.1, 1.0]], "leakage": 0.15}
    >>> figure = leakage_maps({"attributes": ["Smiling", "Young"], "methods": {"w_star": w_star}})
    >>> figure.axes[0].get_title()
    'W*: leakage 0.150'
    """
    methods, names = result["methods"], [name.replace("_", " ") for name in result["attributes"]]
    across = min(ACROSS, len(methods))
    rows = -(-len(methods) // across)
    figure = Figure(figsize=(7 * across, 7.5 * rows), layout="constrained")
    panels = list(figure.subplots(rows, across, squeeze=False).flat)
    for spare in panels[len(methods) :]:
        spare.remove()
    for axes, (method, values) in zip(panels[: len(methods)], methods.items(), strict=True):
        image = axes.imshow(np.array(values["matrix"], dtype=float), vmin=0, vmax=1, cmap="magma")
        axes.set_title(f"{_named(method)}: leakage {values['leakage']:.3f}")
        axes.set_xticks(range(len(names)), names, rotation=90, fontsize=6)
        axes.set_yticks(range(len(names)), names, fontsize=6)
        axes.set_xlabel("changes by (standard deviations of the classifier's logit)")
    figure.colorbar(image, ax=figure.axes, shrink=0.5)
    return figure


def leakage_curves(result: Mapping[str, Any]) -> Figure:
    """Change of the edited attribute against the mean change of the others, a curve for each method.

    >>> figure = leakage_curves({"methods": {"w_star": {"curve": [[0.0, 0.0], [1.0, 0.15]]}}})
    >>> figure.axes[0].lines[0].get_xydata().tolist()
    [[0.0, 0.0], [1.0, 0.15]]
    """
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    for method, values in result["methods"].items():
        curve = np.array(values["curve"])
        axes.plot(curve[:, 0], curve[:, 1], "o-", label=_named(method))
    axes.set_xlabel("change of the edited attribute (standard deviations)")
    axes.set_ylabel("mean change of the others (standard deviations)")
    axes.legend()
    return figure
