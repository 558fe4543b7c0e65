"""Methods of editing compared: leakage, identity and background where all of them made the same change, and ratios to W+.

Faces that some method cannot bring within a quarter of the wanted change are left out for all methods alike; `reached` is the
share that each one brings there. Where few get everywhere that is few faces, so each method is compared with W+ alone, too,
on all that these two bring there. Curves say the same at smaller changes, on the line between trials.

What stands beside the comparison, such as a baseline that seldom gets there, leaves nobody out: it is compared with W+ alone,
and everybody with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from editor.evaluate.report import markdown_table

TOLERANCE = 0.25
LEVELS = (0.25, 0.5, 0.75, 1.0)
"""Of change, at which the curves are read."""
MEASURES = ("leakage", "identity", "background", "distance_to_w")
RATIOS = ("leakage", "identity")


@dataclass(frozen=True, eq=False)
class Moved:
    """One method's edits of every attribute on every face, each amount its own.

    Attributes:
        amounts: [K, B], in the method's units.
        changes: [K, B, K], of the judge's logits in their deviations, positive towards the edit for the edited one.
        identity, background, distance_to_w: [K, B]; identity is nan where dlib finds no face.
        trail: (change of the target, mean absolute change of the others) of every trial, [K, B, T, 2].
    """

    amounts: torch.Tensor
    changes: torch.Tensor
    identity: torch.Tensor
    background: torch.Tensor
    distance_to_w: torch.Tensor
    trail: torch.Tensor


def compared(results: Mapping[str, Moved], beside: Collection[str] = ()) -> dict[str, dict]:
    """All there is to say of every method.

    Args:
        beside: methods that stand beside the comparison.
    """
    joint = {name: moved for name, moved in results.items() if name not in beside}
    out, intervals = compare(joint), ratio_intervals(joint)
    for name in (name for name in results if name not in joint):
        pair = {"w_plus": results["w_plus"], name: results[name]}
        out[name], intervals[name] = compare(pair)[name], ratio_intervals(pair)[name]
    for name in results:
        out[name]["ratio_to_w_plus_ci95"] = intervals[name]
        for other in ("w_plus", *beside):
            out[name][f"with_{other}_alone"] = _two_alone(results, name, other)
    return out


def _two_alone(results: Mapping[str, Moved], name: str, other: str) -> dict[str, float]:
    """Ratios of one method to another on what both bring there, and what share of all that is."""
    pair = compare({other: results[other], name: results[name]})
    ratios = {measure: _ratio(pair[name][measure], pair[other][measure]) for measure in RATIOS}
    return ratios | {"compared": pair[name]["compared"]}


def compare(results: Mapping[str, Moved]) -> dict[str, dict]:
    """Means over attributes and faces for every method, on the pairs that all methods brought to the wanted change."""
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
            measure: torch.stack([_mean(row, kept) for row, kept in zip(getattr(moved, measure), shared, strict=True)])
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
    """[change of the target, mean change of the others] at every level, from trails [P, T, 2] and where they begin, (0, 0)."""
    found = [np.full(len(LEVELS), np.nan)] if not len(trails) else []
    for trail in trails.tolist():
        reached, leaked = zip(*sorted([[0.0, 0.0], *trail]), strict=True)
        found.append(np.interp(LEVELS, reached, leaked))
    return [[0.0, 0.0], *([level, leak] for level, leak in zip(LEVELS, np.mean(found, 0).tolist(), strict=True))]


def _ratio(one: float, other: float) -> float:
    """Not a number where there is nothing to compare with."""
    return one / other if other else float("nan")


def _mean(values: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    return values[kept].nanmean() if kept.any() else torch.tensor(float("nan"))


def ratio_intervals(results: Mapping[str, Moved], draws: int = 200, seed: int = 0) -> dict[str, dict[str, list[float]]]:
    """Between which values each method's leakage and identity lie in W+'s, by drawing the faces anew (95 %)."""
    random, drawn = torch.Generator().manual_seed(seed), {name: [] for name in results}
    count = results["w_plus"].amounts.shape[1]
    for _ in range(draws):
        faces = torch.randint(count, (count,), generator=random)
        found = compare({name: Moved(**{k: v[:, faces] for k, v in vars(moved).items()}) for name, moved in results.items()})
        for name, values in found.items():
            drawn[name].append([_ratio(values[measure], found["w_plus"][measure]) for measure in RATIOS])
    ends = torch.tensor([0.025, 0.975])
    return {
        name: dict(zip(RATIOS, torch.tensor(rows).nanquantile(ends, 0).t().tolist(), strict=True))
        for name, rows in drawn.items()
    }


def as_markdown(result: Mapping) -> str:
    """The comparison as a table; ratios are to W+, with what they lie between when faces are drawn anew (95 %)."""
    methods, beside = result["methods"], result.get("beside", ())
    columns = ("leakage", "identity", "background", "distance_to_w", "reached")
    heads = ("method", *columns, "leakage / W+", "identity / W+", "the two alone", *(f"with {name} alone" for name in beside))
    rows = []
    for name, values in methods.items():
        cells = [f"{values[column]:.3f}" for column in columns]
        for measure in RATIOS:
            joint = _ratio(values[measure], methods["w_plus"][measure])
            ratio = values["with_w_plus_alone"][measure] if name in beside else joint
            low, high = values["ratio_to_w_plus_ci95"][measure]
            cells.append(f"{ratio:.2f} ({low:.2f} to {high:.2f})")
        for other in ("w_plus", *beside):
            alone = values[f"with_{other}_alone"]
            cells.append(", ".join(f"{alone[measure]:.2f}" for measure in RATIOS) + f" ({alone['compared']:.0%})")
        rows.append([name, *cells])
    shared = methods["w_plus"]["compared"]
    notes = (
        f"Leakage to distance_to_w are of {shared:.0%} of the pairs of face and attribute: those all methods reached. "
        "'The two alone' are both ratios on the pairs that this method and W+ reached, a share of all in brackets.\n"
    )
    if beside:
        notes += f"{', '.join(beside)}: beside the comparison, all numbers on what they and W+ reached.\n"
    return markdown_table(heads, rows) + "\n" + notes
