"""Which set is better, and whether that is beyond the errors, for every figure of the real reports."""

from dataclasses import asdict, fields

import pytest
import torch

from editor.evaluate.claims.comparison import compared
from editor.evaluate.claims.dci import Dci
from editor.evaluate.claims.table1 import SeedRows, SpaceRow, random_split, summary
from editor.evaluate.product.editability import Editability
from editor.evaluate.product.fidelity import Fidelity, Refined
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


@pytest.fixture
def reported(given_codes, given_results):
    """What the measurements report, in small."""

    def likeness(kind):
        return asdict(kind(**{field.name: 0.5 for field in fields(kind)}))

    split = random_split(given_codes, seed=0)
    right = torch.full((len(split.validation),), 0.8)
    row = SpaceRow(c=1.0, accuracy=torch.tensor([0.75, 0.875]), right=right, train_accuracy=0.9, dci=Dci(0.6, 0.5, 0.3))
    results = given_results | {"w_star_preserve": given_results["w_star"]}
    return {
        "fidelity": likeness(Fidelity),
        "refining": likeness(Fidelity) | {"refined": likeness(Refined)},
        "editability": {"encoded": asdict(Editability(8, 0.4, 0.1, 0.5, 0.1, {}, 1.0, {}, {}))},
        "table1": {"strict": summary([SeedRows(row, row, w_plus_rotated=None)] * 3, split)},
        "leakage": {"methods": compared(results)},
    }


def test_every_figure_is_found_in_what_is_reported(reported):
    found = pairs(reported, reported)
    assert [each.figure for each in found if each.old is None] == []
    assert [each.figure for each in found if each.old_error is None] == ["encoder: ms to encode"]
    assert {each.better for each in found} == {""}
