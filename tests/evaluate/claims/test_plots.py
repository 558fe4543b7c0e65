"""Plots show what evaluations give, gaps included."""

import copy

import numpy as np
import pytest
from PIL import Image

from editor.evaluate.claims.plots import leakage_curves, leakage_maps, plot_leakage, plot_table1, table1_figure

NAMES = ["Smiling", "Heavy_Makeup"]
METHOD = {"matrix": [[1.0, float("nan")], [0.2, 1.0]], "leakage": 0.2, "curve": [[0.5, 0.1], [1.0, 0.2]]}
PART = {
    "w_plus": {"accuracy": {"Smiling": 0.9, "Heavy_Makeup": 0.8}},
    "w_star": {"accuracy": {"Smiling": 0.95, "Heavy_Makeup": 0.7}},
    "majority": {"by_attribute": {"Smiling": 0.5, "Heavy_Makeup": 0.6}},
    "n": {"validation": 123},
}


def leakage(*methods: str) -> dict:
    return {"methods": {name: copy.deepcopy(METHOD) for name in methods}, "attributes": NAMES}


def labels(ticks) -> list[str]:
    return [tick.get_text() for tick in ticks]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_method_has_one_map_with_its_values_names_and_gaps(count):
    methods = ["w_plus", "w_star", "w_star_mine", "w_plus_c1"][:count]
    *panels, bar = leakage_maps(leakage(*methods)).axes
    shown = ["W+: leakage 0.200", "W*: leakage 0.200", "W*, mine: leakage 0.200", "W+ with C = 1: leakage 0.200"]
    assert [axes.get_title() for axes in panels] == shown[:count] and not bar.images
    for axes in panels:
        np.testing.assert_array_equal(np.ma.filled(axes.images[0].get_array(), np.nan), METHOD["matrix"])
        assert labels(axes.get_xticklabels()) == labels(axes.get_yticklabels()) == ["Smiling", "Heavy Makeup"]


def test_every_method_has_one_curve_with_its_points_and_name():
    (axes,) = leakage_curves(leakage("w_plus", "w_star_mine")).axes
    assert [line.get_xydata().tolist() for line in axes.lines] == [METHOD["curve"]] * 2
    assert labels(axes.get_legend().get_texts()) == ["W+", "W*, mine"]
    assert "edited" in axes.get_xlabel() and "others" in axes.get_ylabel()


def test_table1_shows_both_spaces_over_the_majority_the_worst_attribute_first():
    figure = table1_figure("strict", PART)
    (axes,) = figure.axes
    assert labels(axes.get_yticklabels()) == ["Heavy Makeup", "Smiling"]
    assert [[bar.get_width() for bar in bars] for bars in axes.containers] == [[0.8, 0.9], [0.7, 0.95]]
    assert axes.lines[0].get_xdata().tolist() == [0.6, 0.5]
    assert labels(figure.legends[0].get_texts()) == ["majority class", "W+", "W*"]
    assert "strict" in axes.get_xlabel() and "123" in axes.get_xlabel()


def changed_leakage() -> dict:
    result = leakage("w_plus", "w_star")
    result["methods"]["w_star"] |= {"matrix": [[1.0, 0.9], [0.2, 1.0]], "curve": [[0.5, 0.3], [1.0, 0.2]]}
    return result


@pytest.mark.parametrize(
    ("plot", "one", "other", "files"),
    [
        (
            plot_leakage,
            leakage("w_plus", "w_star"),
            changed_leakage(),
            {"leakage-matrices.png": (910, 487), "leakage-curves.png": (660, 495)},
        ),
        (plot_table1, {"strict": PART}, {"strict": PART | {"w_star": PART["w_plus"]}}, {"table1-strict.png": (880, 990)}),
    ],
)
def test_files_are_pictures_of_their_size_that_differ_where_numbers_do(tmp_path, plot, one, other, files):
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    first, again, changed = (plot(result, tmp_path / name) for result, name in ((one, "one"), (one, "."), (other, "other")))
    assert [path.name for path in first] == list(files)
    for paths, size in zip(zip(first, again, changed, strict=True), files.values(), strict=True):
        pictures = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
        assert all(picture.shape[1::-1] == size for picture in pictures)
        assert np.array_equal(pictures[0], pictures[1]) and not np.array_equal(pictures[0], pictures[2])
