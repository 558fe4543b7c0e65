"""A run's curve is drawn with every loss on it, however many there are."""

import json

import pytest
from PIL import Image

from editor.train.curves import curve_figure, plot_curve


def lines(count: int) -> list[dict]:
    both = [{"step": step, "seconds": 1.0, "epoch": step} | {f"loss{n}": step / 2 + n for n in range(count)} for step in (1, 2)]
    return [both[0], both[1] | {"validation_loss0": 1.5}]


@pytest.mark.parametrize("count", [1, 4, 5])
def test_every_loss_has_its_panel_with_its_points(count):
    axes = curve_figure(lines(count)).axes
    assert [each.get_title() for each in axes] == [f"loss{n}" for n in range(count)]
    assert [each.lines[0].get_xydata().tolist() for each in axes] == [[[1, 0.5 + n], [2, 1.0 + n]] for n in range(count)]


def test_the_validations_loss_is_dashed_beside_the_trainings():
    first, second = curve_figure(lines(2)).axes
    assert [line.get_linestyle() for line in first.lines] == ["-", "--"] and len(second.lines) == 1
    assert first.lines[1].get_xydata().tolist() == [[2, 1.5]], "it was not measured at the first step"


def test_the_picture_is_of_the_curve_beside_it(tmp_path):
    drawn = []
    for count in (1, 5):
        (tmp_path / "curve.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines(count)))
        with Image.open(plot_curve(tmp_path)) as picture:
            drawn.append(picture.size)
    assert drawn == [(1440, 280), (1440, 560)]
