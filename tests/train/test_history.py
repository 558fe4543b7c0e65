"""A run's folder: what is kept, and that a kill loses nothing but the steps since the last checkpoint."""

import json
from dataclasses import dataclass

import pytest
import torch

from editor.errors import SettingError
from editor.train.history import Run


@dataclass(frozen=True)
class Config:
    rate: float = 0.1


def test_a_checkpoint_comes_back_with_its_place(tmp_path):
    run = Run(tmp_path, Config())
    assert run.restore() is None
    for value in (1.0, 2.0, 3.0):
        run.count({"loss": value})
    run.save({"weights": torch.ones(2)})
    again = Run(tmp_path, Config())
    assert torch.equal(again.restore()["weights"], torch.ones(2))
    assert again.progress.step == 3 and again.progress.seconds == run.progress.seconds
    assert json.loads((tmp_path / "config.json").read_text()) == {"rate": 0.1}


def test_the_curve_has_no_step_twice(tmp_path):
    run = Run(tmp_path, Config())
    for step in range(4):
        run.count({"loss": float(step)})
        run.log()
        if step == 1:
            run.save({})
    again = Run(tmp_path, Config())
    again.restore()
    again.count({"loss": 9.0})
    again.log(accuracy=0.5)
    lines = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3]
    assert lines[-1]["loss"] == 9.0 and lines[-1]["accuracy"] == 0.5


@pytest.mark.parametrize("other", [{"codes": "b"}, {}])
def test_a_run_does_not_go_on_with_other_data(tmp_path, other):
    Run(tmp_path, Config(), codes="a")
    with pytest.raises(SettingError, match="codes"):
        Run(tmp_path, Config(), **other)
    Run(tmp_path, Config(), codes="a")
