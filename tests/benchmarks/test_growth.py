"""The exponent of a growth is the one it was made with, plots are small, and the crowd's figures are each visitor's own."""

import io
import json
import threading

import numpy as np
import pytest
from PIL import Image

from benchmarks.crowd import evenness, expect, together
from benchmarks.curves import NOISE_MB, Curve, exponent, growth_table, plot
from benchmarks.growth import CURVES, enlarged, rounded, tiled, timed
from benchmarks.machine import Peak, resident
from tests.conftest import ROOT

SIZES = (1, 2, 4, 8, 16)


@pytest.mark.parametrize("power", [0.5, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("fixed", [0.0, 0.5, 5.0])
def test_the_exponent_is_that_of_the_marginal_part(power, fixed):
    assert exponent(SIZES, [fixed + 0.3 * n**power for n in SIZES]) == pytest.approx(power, abs=0.051)


def test_noise_of_some_percent_leaves_linear_linear():
    random = np.random.default_rng(0)
    for _ in range(20):
        found = exponent(SIZES, [(0.5 + 0.3 * n) * random.normal(1, 0.03) for n in SIZES])
        assert 0.7 < found < 1.3


@pytest.mark.parametrize("costs", [[1, 1.05, 0.98, 1.02, 1.04], [3, 2, 2, 2, 2], [0, 0, 0, 0, 0]])
def test_what_does_not_grow_has_no_exponent(costs):
    assert exponent(SIZES, costs) == 0.0


def test_a_straight_line_is_enough_for_what_hardly_grows_and_not_for_what_does():
    live = [0.1804, 0.1388, 0.1929, 0.1974, 0.2522]  # as measured, for 1, 2, 4, 8 and 12 sliders
    assert exponent((1, 2, 4, 8, 12), live) == 1.0
    assert exponent(SIZES, [1 + 0.1 * n**1.5 for n in SIZES]) == 1.5
    assert exponent(SIZES, [0, 1, 3, 7, 19], least=20.0) == 0.0, "megabytes"


def curve(power):
    costs = [1 + n**power for n in SIZES]
    return Curve(
        "faces", "faces in the photo", SIZES, {"open": costs}, {"most": [100.0 + n for n in SIZES]}, {"found": [*SIZES]}
    )


def test_what_grows_faster_than_linearly_is_named():
    assert curve(1.0).report()["worse_than_linear"] == []
    found = json.loads(json.dumps(rounded(curve(2.0).report())))
    assert found["worse_than_linear"] == ["open, seconds"] and found["exponents"]["megabytes"] == {"most": 0.0}
    assert found["sizes"] == [*SIZES] and found["facts"] == {"found": [*SIZES]}


def test_a_plot_has_a_panel_each_and_is_small(tmp_path):
    path = plot(curve(1.0), tmp_path / "plots")
    assert path.name == "faces.png" and path.stat().st_size < 60_000
    width, height = Image.open(path).size
    assert width > 2 * height


def test_photos_of_many_faces_are_of_one_size():
    one, all_ = (tiled([Image.new("RGB", (64, 64), "red")], count) for count in (1, 16))
    assert one.size == all_.size == (1280, 1280)
    assert one.getpixel((0, 0)) == all_.getpixel((1279, 1279)) == (255, 0, 0) != one.getpixel((1279, 1279))


def test_enlarged_photos_have_the_megapixels():
    width, height = Image.open(io.BytesIO(enlarged(Image.new("RGB", (300, 200)), 1.5))).size
    assert width * height == pytest.approx(1.5e6, rel=0.01) and width / height == pytest.approx(1.5, rel=0.01)


def test_the_first_time_does_not_count():
    done = []
    assert timed(lambda: done.append(1), repeats=2) >= 0 and len(done) == 3


def test_the_most_memory_is_seen_while_it_is_held():
    before = resident()
    with Peak() as most:
        held = np.ones(8_000_000)
        del held
    assert 30 < most.megabytes - before < 500


def test_all_visitors_move_at_once_and_each_has_their_own_waits():
    here = threading.Barrier(3)

    def caller():
        def ask(verb, strengths, full):
            here.wait(10)  # nobody waits here for another's end
            asked.append((verb, full))
            return 200, {}

        return ask

    asked: list[tuple[str, bool]] = []
    waits = together([caller() for _ in range(3)], rounds=2, full=True)
    assert [len(each) for each in waits] == [2, 2, 2] and asked == [("draw", True)] * 6
    assert evenness([[1.0, 3.0], [4.0]]) == 0.5


def test_a_refusal_is_no_measurement():
    with pytest.raises(RuntimeError, match="429"):
        expect((429, "too many"))


def test_everything_that_is_promised_is_measured():
    assert list(CURVES) == ["faces", "sliders", "visitors", "photos", "megapixels"]


def test_the_document_has_the_measurements_that_lie_beside_its_plots():
    folder = ROOT / "docs" / "performance"
    reports = [json.loads((folder / f"{name}.json").read_text()) for name in CURVES]
    assert growth_table(reports) in (ROOT / "docs" / "performance.md").read_text()
    for report in reports:
        for kind, least in (("seconds", 0.0), ("megabytes", NOISE_MB)):
            found = {name: exponent(report["sizes"], costs, least) for name, costs in report[kind].items()}
            assert found == pytest.approx(report["exponents"][kind], abs=0.11)
        assert (folder / f"{report['name']}.png").stat().st_size < 60_000
