"""A run's curve is drawn with every loss on it, however many there are."""

import json

import pytest

from editor.train.curves import plot_curve


@pytest.mark.parametrize("count", [1, 4, 5])
def test_every_loss_has_its_place(tmp_path, count):
    lines = [{"step": step, "seconds": 1.0, "epoch": step} | {f"loss{n}": step / 2 for n in range(count)} for step in (1, 2)]
    lines = [line | {"validation_loss0": 1.0} for line in lines]
    (tmp_path / "curve.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert plot_curve(tmp_path).stat().st_size > 3000
