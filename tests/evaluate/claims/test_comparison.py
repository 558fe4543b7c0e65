"""Comparison of methods whose changes are known."""

import pytest
import torch

from editor.evaluate.claims.comparison import LEVELS, Moved, as_markdown, compared, curve

K = 3


def moved(leak: float, reached: torch.Tensor) -> Moved:
    """Changes of 1, where they are reached, of each attribute, and of `leak` of the others, on faces in [B]."""
    count = len(reached)
    changes = torch.full((K, count, K), leak)
    for k in range(K):
        changes[k, :, k] = torch.where(reached, 1.0, 0.2)
    flat = torch.full((K, count), leak)
    trail = torch.tensor([[0.5, leak / 2], [1.0, leak]]).expand(K, count, 2, 2)
    return Moved(flat, changes, flat, flat, flat, trail)


@pytest.fixture
def results() -> dict[str, Moved]:
    everybody, half = torch.ones(8, dtype=torch.bool), torch.arange(8) < 4
    return {"w_plus": moved(0.4, everybody), "w_star": moved(0.2, everybody), "lame": moved(0.6, half)}


def test_all_methods_are_compared_where_all_get_and_each_with_w_plus_where_both_do(results):
    found = compared(results)
    assert found["w_star"]["leakage"] == pytest.approx(0.2) and found["lame"]["reached"] == 0.5
    assert found["w_star"]["compared"] == found["lame"]["with_w_plus_alone"]["compared"] == 0.5
    assert found["w_star"]["with_w_plus_alone"]["compared"] == 1
    assert found["w_star"]["with_w_plus_alone"]["leakage"] == pytest.approx(0.5)


def test_a_ratio_lies_between_its_ends(results):
    low, high = compared(results)["w_star"]["ratio_to_w_plus_ci95"]["leakage"]
    assert low <= 0.5 + 1e-6 and high >= 0.5 - 1e-6 and high - low < 1e-3
    assert compared(results)["w_plus"]["ratio_to_w_plus_ci95"]["identity"] == [1, 1]


def test_the_table_gives_ratios(results):
    table = as_markdown({"methods": compared(results)})
    assert "| 0.50 (0.50 to 0.50) |" in table and "| 0.50, 0.50 (100%) |" in table


def test_a_reference_leaves_no_pair_out_and_every_method_is_compared_with_it(results):
    found = compared(results, references=["lame"])
    assert found["w_star"]["compared"] == 1 and found["lame"]["compared"] == 0.5
    assert found["lame"]["with_w_plus_alone"]["leakage"] == pytest.approx(1.5)
    assert found["w_star"]["with_lame_alone"] == pytest.approx({"leakage": 1 / 3, "identity": 1 / 3, "compared": 0.5})
    table = as_markdown({"methods": found, "beside": ["lame"]})
    assert "| with lame alone |" in table and "| 0.33, 0.33 (50%) |" in table and "| 1.50 (1.50 to 1.50) |" in table


def test_a_curve_is_read_between_trials():
    trails = torch.tensor([[[0.5, 0.1], [1.0, 0.4]], [[1.1, 0.3], [0.5, 0.3]]])
    found = curve(trails)
    assert [level for level, _ in found] == [0, *LEVELS]
    assert found[1][1] == pytest.approx((0.05 + 0.15) / 2) and found[4][1] == pytest.approx((0.4 + 0.3) / 2)


def test_nothing_compared_is_no_number():
    nobody = torch.zeros(4, dtype=torch.bool)
    found = compared({"w_plus": moved(0.4, nobody), "w_star": moved(0.2, nobody)})
    assert found["w_star"]["leakage"] != found["w_star"]["leakage"] and found["w_star"]["reached"] == 0
