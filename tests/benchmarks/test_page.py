"""The page's benchmark puts moves beside bare drawings, and reports what was asked for."""

from itertools import islice

from benchmarks.page import edits, summary


def move(asked: float, answered: float, painted: float, rest: float = 200.0) -> dict[str, dict[str, float]]:
    times = {"asked": asked, "answered": answered, "painted": painted}
    return {name: {"live": time, "full": time + rest} for name, time in times.items()}


def test_it_reports_medians_ranges_and_where_the_time_goes():
    moved = [move(2.0, 90.0, 100.0), move(4.0, 110.0, 120.0), move(3.0, 490.0, 500.0)]
    found = summary(moved, {"live": [80.0, 70.0, 90.0], "full": [250.0, 240.0, 260.0]})
    assert (found["n"], found["live_ms"], found["draw_live_ms"], found["live_over_drawing_ms"]) == (3, 120.0, 80.0, 40.0)
    assert (found["full_ms"], found["draw_full_ms"], found["full_over_drawing_ms"]) == (320.0, 250.0, 70.0)
    assert found["live_range_ms"] == [100.0, 500.0] and found["draw_full_range_ms"] == [240.0, 260.0]
    assert found["live_parts_ms"] == {"until_asked": 3.0, "until_answered": 106.0, "until_painted": 10.0}


def test_each_move_sets_one_slider_to_another_value():
    before: dict[str, float] = {}
    for strengths, name, value in islice(edits(), 40):
        assert strengths == before | {name: value} and strengths != before
        assert 0 < value <= 2
        before = strengths
