"""Methods of editing compared: leakage, identity and background where all of them made the same change, and ratios to W+.

A pair of face and attribute is left out for all methods if some method does not bring it within a quarter of the wanted
change. `reached` is the share of pairs that a method brings there. That may leave few pairs, so each method is also compared
with W+ alone, on all pairs that these two bring there. Curves give leakage at smaller changes, interpolated between trials.

References are methods that seldom get there, such as a weak baseline. They leave no pair out. A reference is compared with W+
alone, and every method with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from editor.evaluate.report import markdown_table

TOLERANCE = 0.25
"""Largest difference from the wanted change, in standard deviations, of what counts as reached."""
LEVELS = (0.25, 0.5, 0.75, 1.0)
"""Changes of the edited attribute at which curves are read, in standard deviations."""
MEASURES = ("leakage", "identity", "background", "distance_to_w")
RATIOS = ("leakage", "identity")


@dataclass(frozen=True, eq=False)
class Moved:
    """One method's edits of K attributes on B faces.

    Attributes:
        amounts: [K, B], in the method's units.
        changes: [K, B, K], of the classifier's logits in standard deviations; the edited one's is positive towards the edit.
        identity, background, distance_to_w: [K, B]; identity is nan where dlib finds no face.
        trail: [K, B, T, 2], change of the edited logit and mean absolute change of the others, in each of T trials.
    """

    amounts: torch.Tensor
    changes: torch.Tensor
    identity: torch.Tensor
    background: torch.Tensor
    distance_to_w: torch.Tensor
    trail: torch.Tensor


def compared(results: Mapping[str, Moved], references: Collection[str] = ()) -> dict[str, dict]:
    """The measures of every method, by name.

    Args:
        references: methods that leave no pair out.

    >>> found = compared(results)["w_star"]
    >>> found["with_w_plus_alone"]["leakage"], found["ratio_to_w_plus_ci95"]["leakage"]  # half of W+'s, for every face
    (0.5, [0.5, 0.5])
    """
    joint = {name: moved for name, moved in results.items() if name not in references}
    out, intervals = compare(joint), ratio_intervals(joint)
    for name in (name for name in results if name not in joint):
        pair = {"w_plus": results["w_plus"], name: results[name]}
        out[name], intervals[name] = compare(pair)[name], ratio_intervals(pair)[name]
    for name in results:
        out[name]["ratio_to_w_plus_ci95"] = intervals[name]
        for other in ("w_plus", *references):
            out[name][f"with_{other}_alone"] = _two_alone(results, name, other)
    return out


def _two_alone(results: Mapping[str, Moved], name: str, other: str) -> dict[str, float]:
    """Ratios of one method to another on the pairs that both reached, and the share of these pairs."""
    pair = compare({other: results[other], name: results[name]})
    ratios = {measure: _ratio(pair[name][measure], pair[other][measure]) for measure in RATIOS}
    return ratios | {"compared": pair[name]["compared"]}


def compare(results: Mapping[str, Moved]) -> dict[str, dict]:
    """Means over attributes and faces for every method, on the pairs that all methods reached.

    >>> found = compare(results)
    >>> [(name, round(found[name]["leakage"], 2), found[name]["reached"]) for name in found]
    [('w_plus', 0.4, 1.0), ('w_star', 0.2, 1.0)]
    """
    reached = {
        name: (moved.changes.diagonal(dim1=0, dim2=2).t() - 1).abs() <= TOLERANCE  # [K, B]
        for name, moved in results.items()
    }
    shared = torch.stack(list(reached.values())).all(0)  # [K, B]
    out = {}
    for name, moved in results.items():
        count = shared.sum(1)
        matrix = (moved.changes.abs() * shared[..., None]).sum(1) / count.clamp_min(1)[:, None]
        matrix[count == 0] = float("nan")
        others = ~torch.eye(len(matrix), dtype=torch.bool)
        leakage = torch.tensor([row[other].mean() for row, other in zip(matrix, others, strict=True)])
        values = {
            measure: torch.stack([_mean(row, chosen) for row, chosen in zip(getattr(moved, measure), shared, strict=True)])
            for measure in MEASURES[1:]
        }
        out[name] = {
            "leakage": leakage.nanmean().item(),
            **{measure: value.nanmean().item() for measure, value in values.items()},
            "reached": reached[name].float().mean().item(),
            "compared": shared.float().mean().item(),
            "leakage_by_attribute": leakage.tolist(),
            "matrix": matrix.tolist(),
            "curve": curve(moved.trail[shared]),
        }
    return out


def curve(trails: torch.Tensor) -> list[list[float]]:
    """A mean curve: [change of the edited logit, mean change of the others] at (0, 0) and at every level.

    Args:
        trails: [P, T, 2], of the pairs.

    >>> trail = torch.tensor([[0.5, 0.25], [1.0, 0.75]])  # two trials: half of the change leaks 0.25, all of it 0.75
    >>> curve(trail[None])
    [[0.0, 0.0], [0.25, 0.125], [0.5, 0.25], [0.75, 0.5], [1.0, 0.75]]
    """
    found = [np.full(len(LEVELS), np.nan)] if not len(trails) else []
    for trail in trails.tolist():
        reached, leaked = zip(*sorted([[0.0, 0.0], *trail]), strict=True)
        found.append(np.interp(LEVELS, reached, leaked))
    return [[0.0, 0.0], *([level, leak] for level, leak in zip(LEVELS, np.mean(found, 0).tolist(), strict=True))]


def _ratio(one: float, other: float) -> float:
    """The ratio; nan if `other` is 0."""
    return one / other if other else float("nan")


def _mean(values: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    return values[chosen].nanmean() if chosen.any() else torch.tensor(float("nan"))


def ratio_intervals(results: Mapping[str, Moved], draws: int = 200, seed: int = 0) -> dict[str, dict[str, list[float]]]:
    """95 % bootstrap intervals over faces of each method's ratios to W+.

    >>> ratio_intervals(results, draws=10)["w_star"]
    {'leakage': [0.5, 0.5], 'identity': [0.5, 0.5]}
    """
    random, resampled = torch.Generator().manual_seed(seed), {name: [] for name in results}
    count = results["w_plus"].amounts.shape[1]
    for _ in range(draws):
        faces = torch.randint(count, (count,), generator=random)
        found = compare({name: Moved(**{k: v[:, faces] for k, v in vars(moved).items()}) for name, moved in results.items()})
        for name, values in found.items():
            resampled[name].append([_ratio(values[measure], found["w_plus"][measure]) for measure in RATIOS])
    ends = torch.tensor([0.025, 0.975])
    return {
        name: dict(zip(RATIOS, torch.tensor(rows).nanquantile(ends, 0).t().tolist(), strict=True))
        for name, rows in resampled.items()
    }


def as_markdown(result: Mapping) -> str:
    r"""The comparison as a table; ratios are to W+, with their 95 % bootstrap intervals over faces.

    >>> table = as_markdown({"methods": compared(results)}).splitlines()
    >>> print(table[0], table[3], sep="\n")  # doctest: +ELLIPSIS
    | method | leakage | identity | background | distance_to_w | reached | leakage / W+ | identity / W+ | the two alone |
    | w_star | 0.200 | 0.200 | 0.200 | 0.200 | 1.000 | 0.50 (0.50 to 0.50) | ...
    """
    methods, references = result["methods"], result.get("beside", ())
    columns = ("leakage", "identity", "background", "distance_to_w", "reached")
    heads = (
        "method",
        *columns,
        "leakage / W+",
        "identity / W+",
        "the two alone",
        *(f"with {name} alone" for name in references),
    )
    rows = []
    for name, values in methods.items():
        cells = [f"{values[column]:.3f}" for column in columns]
        for measure in RATIOS:
            joint = _ratio(values[measure], methods["w_plus"][measure])
            ratio = values["with_w_plus_alone"][measure] if name in references else joint
            low, high = values["ratio_to_w_plus_ci95"][measure]
            cells.append(f"{ratio:.2f} ({low:.2f} to {high:.2f})")
        for other in ("w_plus", *references):
            pair = values[f"with_{other}_alone"]
            cells.append(", ".join(f"{pair[measure]:.2f}" for measure in RATIOS) + f" ({pair['compared']:.0%})")
        rows.append([name, *cells])
    shared = methods["w_plus"]["compared"]
    notes = (
        f"Leakage to distance_to_w are of {shared:.0%} of the pairs of face and attribute: those all methods reached. "
        "'The two alone' are both ratios on the pairs that this method and W+ reached, a share of all in brackets.\n"
    )
    if references:
        notes += f"{', '.join(references)}: references, with all numbers on the pairs that they and W+ reached.\n"
    return markdown_table(heads, rows) + "\n" + notes
