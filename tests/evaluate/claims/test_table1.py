"""Table 1 on codes whose answer is known: a ring that no hyperplane finds in W+, and does where a flow unfolds it."""

from dataclasses import replace

import pytest
import torch

from editor.data.codes import LabelledCodes
from editor.data.splits import VALIDATION_SHARE
from editor.evaluate.claims import table1
from editor.evaluate.claims.plots import plot_table1
from editor.evaluate.claims.rotation import RotatedFlow
from editor.evaluate.claims.table1 import (
    MEASURES,
    Split,
    as_markdown,
    measure_rotated,
    measure_rows,
    mlp_accuracy,
    random_split,
    strict_flow,
    summary,
)
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.flow.recipes import FlowTraining


@pytest.fixture
def codes() -> LabelledCodes:
    random = torch.Generator().manual_seed(0)
    w_plus = torch.randn(800, 2, 4, generator=random)
    ring = w_plus[:, 0, :2].square().sum(1) > 1.4
    return LabelledCodes(
        WPlus(w_plus), torch.stack([ring, w_plus[:, 1, 0] > 0], 1), torch.arange(800) // 2, ("ring", "side"), "hash"
    )


class Unfolds(RealNVP):
    """Puts the ring's radius into the first number."""

    def forward(self, w_plus):
        unfolded = w_plus.clone()
        unfolded[:, 0, 0] = w_plus[:, 0, :2].square().sum(1) - 1.4
        return unfolded


@pytest.fixture
def flow() -> RealNVP:
    return Unfolds(FlowConfig(couplings=2, hidden=4, layers=2, channels=4))


def test_a_random_split_parts_all_codes(codes):
    split = random_split(codes, 0)
    assert (len(split.train), len(split.validation), split.c) == (640, 160, 1.0)
    joined = torch.cat([split.train.w_plus, split.validation.w_plus]).flatten(1).sum(1).sort().values
    assert torch.allclose(joined, codes.w_plus.flatten(1).sum(1).sort().values)
    assert not torch.equal(split.train.people, random_split(codes, 1).train.people)


def test_what_is_unfolded_is_separated(codes, flow):
    train, validation = codes.by_person(0.2, 0)
    split = Split(train, validation, None)
    result = summary([measure_rows(flow, split, 0)], split)
    assert set(MEASURES) <= set(result["w_plus"])
    assert result["w_star"]["accuracy"]["ring"] > 0.9 > 0.8 > result["w_plus"]["accuracy"]["ring"]
    assert result["w_star"]["mean"] > result["w_plus"]["mean"] + 0.05
    assert result["w_star"]["I"] < result["w_plus"]["I"]
    assert result["n"] == {"train": len(train), "validation": len(validation), "seeds": 1}
    assert mlp_accuracy(flow, split, 0) > result["w_plus"]["mean"]


def test_the_table_and_its_plot(codes, flow, tmp_path):
    split = random_split(codes, 0)
    result = {"paper": summary([measure_rows(flow, split, 0)], split)}
    table = as_markdown(result)
    assert "| published | w_star | 0.796 |" in table and table.count("| paper |") == 3
    assert [path.name for path in plot_table1(result, tmp_path)] == ["table1-paper.png"]


def test_a_stopped_evaluation_does_not_measure_a_seed_again(codes, flow, tmp_path, monkeypatch):
    split, folders = random_split(codes, 0), (tmp_path, tmp_path / "flow")
    first = measure_rows(flow, split, 0, *folders)
    monkeypatch.setattr(table1, "measure_space", None)
    again = measure_rows(flow, split, 0, *folders)
    assert summary([again], split) == summary([first], split)


def test_w_plus_is_rotated_like_w_star_for_comparison(codes, flow):
    assert measure_rotated(flow, random_split(codes, 0), 0) is None
    rotated = RotatedFlow(flow, torch.eye(8)[6:])
    rows = measure_rows(rotated, random_split(codes, 0), 0)
    assert rows.w_plus_rotated and 0 <= rows.w_plus_rotated.disentanglement <= 1
    result = summary([rows], random_split(codes, 0))
    assert result["w_plus_turned"]["C"] == rows.w_plus_rotated.completeness
    assert "rotated like w_star" in as_markdown({"paper": result})


def test_the_strict_flow_never_sees_who_it_is_validated_on(codes, tmp_path):
    train, validation = codes.by_person(0.2, 0)
    sizes = FlowConfig(couplings=2, hidden=8, layers=2, channels=4)
    config = FlowTraining(epochs=2, batch=32, model=sizes)
    flow = strict_flow(train, tmp_path / "one", config)
    inner, _ = train.by_person(VALIDATION_SHARE, config.seed)
    assert torch.allclose(flow.mean, inner.w_plus.mean(0)), "nor whom its epoch is chosen on"
    kept = strict_flow(train, tmp_path / "one", config)
    other = strict_flow(train, tmp_path / "other", replace(config, seed=1))
    numbers = [model(validation.w_plus) for model in (flow, kept, other)]
    assert torch.equal(*numbers[:2]) and not torch.allclose(numbers[0], numbers[2])
