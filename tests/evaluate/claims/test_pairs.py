"""Named pairs: companions by what was asked for, on what all methods reached, where W+ changes them visibly."""

import pytest
import torch

from editor.edit.attributes import CELEBA
from editor.edit.visible import VISIBLE
from editor.errors import SettingError
from editor.evaluate.claims.pairs import LEVELS, NOTICED, PAIRS, Trials, as_markdown, compared_pairs, measure_pairs
from editor.evaluate.claims.pairs_options import PairsOptions
from editor.evaluate.claims.pairs_run import METHODS, _wanted
from editor.evaluate.shelf import Shelf
from tests.evaluate.claims.test_leakage import codes, meter, spilling  # noqa: F401

E = len(LEVELS)


def trials(companion: float, effect: float = 1.0, amount: float = 1.0, faces: int = 4) -> Trials:
    """One attribute at both levels, with one companion."""
    levels = torch.tensor(LEVELS)[:, None].expand(E, faces)
    return Trials(amount * levels, effect * levels, companion * levels[..., None], 0.1 * levels)


def told(**given: Trials):
    return compared_pairs(given, torch.tensor(LEVELS))


def test_companions_are_for_a_deviation_of_what_was_asked_for():
    found = told(w_plus=trials(0.8), w_plus_preserve=trials(0.5), w_star=trials(0.2))
    assert found["w_star"]["companions"] == pytest.approx(0.2)
    assert found["w_star"]["companions_to_w_plus"] == pytest.approx(0.25)
    assert found["w_star"]["companions_to_w_plus_preserve_ci95"] == pytest.approx([0.4, 0.4])
    assert found["w_star"]["reached"] == 1 and found["w_star"]["pairs"] == 8


def test_what_one_method_does_not_reach_counts_for_none():
    half = trials(0.8)
    half.effects[:, :2] *= 0.5
    found = told(w_plus=half, w_star=trials(0.2))
    assert found["w_plus"]["reached"] == found["w_plus"]["compared"] == 0.5 and found["w_star"]["pairs"] == 4


def test_beyond_the_slider_is_not_reached():
    assert told(w_plus=trials(0.8, amount=1.5))["w_plus"]["reached"] == 0.5


def test_companions_that_w_plus_hardly_moves_do_not_count():
    found = told(w_plus=trials(0.9 * NOTICED / LEVELS[-1]), w_star=trials(5.0))
    assert found["w_star"]["pairs"] == 0 and found["w_star"]["companions"] != found["w_star"]["companions"]


def test_a_method_that_spills_has_its_companions_and_a_stopped_measurement_goes_on(codes, tmp_path):  # noqa: F811
    pairs, methods = {"a": ("b", "c"), "d": ("a",)}, {"w_plus": spilling(0.4), "w_star": spilling(0.1)}
    found = measure_pairs(meter(), codes[:2], methods, pairs, Shelf(tmp_path))
    values = compared_pairs(found, torch.tensor(LEVELS * 2))
    assert values["w_plus"]["companions"] == pytest.approx(0.4, abs=0.05)
    assert values["w_star"]["companions"] == pytest.approx(0.1, abs=0.05)
    again = measure_pairs(meter(), codes[:2], dict.fromkeys(methods), pairs, Shelf(tmp_path))  # pyright: ignore[reportArgumentType]
    assert torch.equal(again["w_star"].effects, found["w_star"].effects)
    assert "| w_star |" in as_markdown({"methods": values})


def test_the_named_attributes_exist_and_what_does_not_is_told():
    assert set(PAIRS) | {name for names in PAIRS.values() for name in names} <= set(CELEBA)
    assert {name for names in PAIRS.values() for name in names} <= set(VISIBLE)
    assert _wanted(PairsOptions()) == (set(METHODS), PAIRS)
    assert _wanted(PairsOptions(methods=("w_star",), edits=("Bald",))) == ({"w_plus", "w_star"}, {"Bald": PAIRS["Bald"]})
    for wrong in (PairsOptions(methods=("w",)), PairsOptions(edits=("Blue_Hair",))):
        with pytest.raises(SettingError, match="There is no"):
            _wanted(wrong)
