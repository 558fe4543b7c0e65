"""Two sets of weights side by side: each figure of their reports, and which of the sets has the better one.

A difference is clear where it is beyond the errors of both values together, sqrt(a^2 + b^2). Errors are half the 95 %
confidence intervals over faces, or over people in Table 1; those of DCI are standard deviations over seeds.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from editor.evaluate.report import markdown_table


@dataclass(frozen=True)
class Figure:
    """One figure. Where a report has a number is a path of names, such as `strict.w_star.mean`.

    Attributes:
        name: in words.
        stage: of whose report.
        value: where it is.
        better: whether more is better, or less.
        errors: where its error is, or where those are that it is made of. A pair of numbers is an interval.
        beside: another number; empty: `value` stands alone.
        by: whether the figure is `value` less `beside`, or divided by it.
    """

    name: str
    stage: str
    value: str
    better: Literal["more", "less"]
    errors: tuple[str, ...] = ()
    beside: str = ""
    by: Literal["difference", "ratio"] = "difference"


def _likeness(stage: str, of: str, path: str = "") -> tuple[Figure, ...]:
    return (
        Figure(f"{of}: same person by dlib", stage, f"{path}same_person", "more", (f"{path}same_person_ci95",)),
        Figure(f"{of}: error of the middle", stage, f"{path}mse_central", "less", (f"{path}mse_central_ci95",)),
        Figure(f"{of}: dlib distance", stage, f"{path}identity_distance", "less", (f"{path}identity_distance_ci95",)),
    )


def _leakage(of: str, method: str) -> tuple[Figure, ...]:
    return tuple(
        Figure(
            f"{of}: {measure} / W+",
            "leakage",
            f"methods.{method}.{measure}",
            "less",
            (f"methods.{method}.ratio_to_w_plus_ci95.{measure}",),
            f"methods.w_plus.{measure}",
            "ratio",
        )
        for measure in ("leakage", "identity")
    )


STRICT = tuple(f"strict.{space}" for space in ("w_plus", "w_star"))
FIGURES = (
    *_likeness("fidelity", "encoder alone"),
    Figure("encoder: ms to encode", "fidelity", "encode_ms", "less"),
    *_likeness("refining", "20 steps of refining", "refined."),
    Figure("encoded: flips in W+", "editability", "encoded.w_plus", "more", ("encoded.w_plus_ci95",)),
    Figure("encoded: flips in W*", "editability", "encoded.w_star", "more", ("encoded.w_star_ci95",)),
    Figure("strict Table 1: W+, mean accuracy", "table1", f"{STRICT[0]}.mean", "more", (f"{STRICT[0]}.mean_ci95",)),
    Figure("strict Table 1: W*, mean accuracy", "table1", f"{STRICT[1]}.mean", "more", (f"{STRICT[1]}.mean_ci95",)),
    Figure(
        "strict Table 1: W* less W+",
        "table1",
        f"{STRICT[1]}.mean",
        "more",
        ("strict.w_star_less_w_plus_ci95",),
        f"{STRICT[0]}.mean",
    ),
    Figure("strict Table 1: W*, D", "table1", f"{STRICT[1]}.D", "more", (f"{STRICT[1]}.std.D",)),
    Figure("strict Table 1: W*, C", "table1", f"{STRICT[1]}.C", "more", (f"{STRICT[1]}.std.C",)),
    Figure("strict Table 1: W*, I", "table1", f"{STRICT[1]}.I", "less", (f"{STRICT[1]}.std.I",)),
    *_leakage("the app", "w_star"),
    *_leakage("the app, preserving", "w_star_preserve"),
)
"""Of the reports of `editor.train.anew.stages`."""


@dataclass(frozen=True)
class Pair:
    """One figure of both sets.

    Attributes:
        figure: its name.
        old, new: its values; None: it is not known.
        old_error, new_error: their errors; None: not known.
        better: "old" or "new"; empty: they are equal, or one is not known.
        clear: whether the difference is beyond the errors; None: these are not known.
    """

    figure: str
    old: float | None
    new: float | None
    old_error: float | None
    new_error: float | None
    better: Literal["old", "new", ""]
    clear: bool | None


def pairs(old: Mapping[str, Any], new: Mapping[str, Any], figures: Sequence[Figure] = FIGURES) -> list[Pair]:
    """Each figure of both sets; figures of stages that neither of them reports are left out.

    Args:
        old, new: stage -> its report.

    >>> figures = [Figure("same person", "fidelity", "same_person", "more", ("same_person_ci95",))]
    >>> old, new = ({"fidelity": {"same_person": share, "same_person_ci95": 0.04}} for share in (0.25, 0.5))
    >>> found = pairs(old, new, figures)[0]
    >>> found.better, found.clear
    ('new', True)
    """
    return [_pair(each, old.get(each.stage), new.get(each.stage)) for each in figures if each.stage in {*old, *new}]


def as_markdown(found: Iterable[Pair], adopting: Sequence[str]) -> str:
    """The table, how often each set is the better one, and the commands that adopt the new set.

    >>> found = Pair("same person", 0.25, 0.5, 0.04, 0.04, "new", True)
    >>> print(as_markdown([found], ["face-editor install encoder runs/all/weights/encoder.safetensors"]))
    | figure | old | new | better |
    |---|---|---|---|
    | same person | 0.2500 ± 0.0400 | 0.5000 ± 0.0400 | new |
    <BLANKLINE>
    The new set is better in 1 of 1 figures, clearly in 1; the old set in 0, clearly in 0.
    <BLANKLINE>
    To adopt the new set:
    <BLANKLINE>
        face-editor install encoder runs/all/weights/encoder.safetensors
    <BLANKLINE>
    """
    found = list(found)
    rows = [(each.figure, _shown(each.old, each.old_error), _shown(each.new, each.new_error), _verdict(each)) for each in found]
    counts = [
        f"in {sum(each.better == of for each in found)}{f' of {len(found)} figures' if of == 'new' else ''}, "
        f"clearly in {sum(each.better == of and bool(each.clear) for each in found)}"
        for of in ("new", "old")
    ]
    text = markdown_table(("figure", "old", "new", "better"), rows)
    text += f"\nThe new set is better {counts[0]}; the old set {counts[1]}.\n\n"
    commands = "".join(f"    {command}\n" for command in adopting)
    return text + (f"To adopt the new set:\n\n{commands}" if adopting else "Both sets hold the same files.\n")


def as_values(found: Iterable[Pair], adopting: Sequence[str]) -> dict[str, Any]:
    """The same for JSON.

    >>> as_values([], ["face-editor install flow flow.safetensors"])
    {'figures': [], 'adopt': ['face-editor install flow flow.safetensors']}
    """
    return {"figures": [asdict(each) for each in found], "adopt": list(adopting)}


def _pair(figure: Figure, old: Any, new: Any) -> Pair:
    (before, before_error), (after, after_error) = (_measured(figure, report) for report in (old, new))
    better, clear = "", None
    if before is not None and after is not None:
        gain = after - before if figure.better == "more" else before - after
        better = "new" if gain > 0 else "old" if gain < 0 else ""
        if before_error is not None and after_error is not None:
            clear = abs(gain) > math.hypot(before_error, after_error)
    return Pair(figure.name, before, after, before_error, after_error, better, clear)


def _measured(figure: Figure, report: Any) -> tuple[float | None, float | None]:
    """A figure's value and its error."""
    value, errors = _at(report, figure.value), [_error(_at(report, path)) for path in figure.errors]
    if figure.beside and value is not None:
        other = _at(report, figure.beside)
        if other is None or (figure.by == "ratio" and not other):
            value = None
        else:
            value = value / other if figure.by == "ratio" else value - other
    known = [each for each in errors if each is not None]
    return value, math.hypot(*known) if errors and len(known) == len(errors) else None


def _at(report: Any, path: str) -> Any:
    """What a report has at a path; None where it has nothing there, or no number."""
    for name in path.split("."):
        report = report.get(name) if isinstance(report, Mapping) else None
    return None if report is None or report != report else report


def _error(found: Any) -> float | None:
    if isinstance(found, Sequence):
        low, high = found
        return (high - low) / 2
    return found


def _shown(value: float | None, error: float | None) -> str:
    if value is None:
        return "not known"
    return f"{value:.4f}" + (f" ± {error:.4f}" if error is not None else "")


def _verdict(pair: Pair) -> str:
    if not pair.better:
        return "neither"
    return pair.better if pair.clear is None or pair.clear else f"{pair.better}, within the errors"
