"""Which set is better, and whether that is beyond the errors, for every figure of the real reports."""

import pytest

from editor.evaluate.side_by_side import FIGURES, Figure, as_markdown, as_values, pairs
from editor.train.anew.stages import STAGES

LESS = Figure("error", "fidelity", "mse", "less", ("ci",))


@pytest.mark.parametrize(
    ("old", "new", "better", "clear"),
    [
        ({"mse": 0.5, "ci": 0.03}, {"mse": 0.4, "ci": 0.04}, "new", True),
        ({"mse": 0.5, "ci": 0.03}, {"mse": 0.54, "ci": 0.04}, "old", False),
        ({"mse": 0.5, "ci": 0.03}, {"mse": 0.4, "ci": float("nan")}, "new", None),
        ({"mse": 0.5, "ci": 0.0}, {"mse": 0.5, "ci": 0.0}, "", False),
        ({"mse": 0.5, "ci": 0.03}, {"mse": float("nan")}, "", None),
        ({"mse": 0.5, "ci": 0.03}, None, "", None),
    ],
)
def test_the_better_set(old, new, better, clear):
    (found,) = pairs({"fidelity": old}, {"fidelity": new}, [LESS])
    assert (found.better, found.clear) == (better, clear)


def test_a_figure_of_two_numbers():
    report = {"a": {"mean": 0.9, "std": 0.03}, "b": {"mean": 0.6, "std": 0.04}, "interval": [0.5, 0.7]}
    gain = Figure("gain", "s", "a.mean", "more", ("a.std", "b.std"), "b.mean")
    ratio = Figure("ratio", "s", "a.mean", "less", ("interval",), "b.mean", "ratio")
    found = pairs({"s": report}, {"s": report}, [gain, ratio])
    assert [(each.old, each.old_error) for each in found] == [pytest.approx((0.3, 0.05)), pytest.approx((1.5, 0.1))]


def test_every_figure_is_of_a_stage_that_is_measured_of_both_sets():
    measured = {stage.name for stage in STAGES if len(stage.sets) == 2}
    assert {figure.stage for figure in FIGURES} == measured - {"codes"}
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)


def test_what_was_not_measured_is_left_out_or_said():
    old, new = {"fidelity": {"mse": 0.5, "ci": 0.03}}, {}
    assert pairs({}, {}, [LESS]) == []
    table = as_markdown(pairs(old, new, [LESS]), [])
    assert "| error | 0.5000 ± 0.0300 | not known | neither |" in table and "the same files" in table
    assert as_values(pairs(old, new, [LESS]), [])["figures"][0]["new"] is None
