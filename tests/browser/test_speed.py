"""The benchmark of the page drives it; how fast the page is, is measured on a quiet machine, not here."""

import pytest

from benchmarks.page import measure

pytestmark = pytest.mark.browser


def test_a_move_is_timed_from_its_event_to_the_painted_pictures(served, browser, editor):
    found = measure(served.url, editor, browser, moves=2, warm_up=0)
    assert found["n"] == 2
    for kind in ("live", "full"):
        assert found[f"draw_{kind}_ms"] > 0
        assert all(time > 0 for time in found[f"{kind}_parts_ms"].values())
    assert found["full_ms"] > found["live_ms"] and found["full_ms"] > 200
