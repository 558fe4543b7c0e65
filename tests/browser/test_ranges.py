"""Between which strengths a face stays itself, as the track shows it: asked for in the background, one slider at a time."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.conftest import ROOT

pytestmark = pytest.mark.browser
LOW, HIGH = -0.8, 1.4


@pytest.fixture(scope="module")
def asked() -> list[dict]:
    """What the page has asked for."""
    return []


@pytest.fixture(scope="module")
def ranged(visit, asked) -> Tab:
    """A tab whose face stays itself between the same strengths in all sliders."""
    tab = visit("desktop", ranges=True)

    def answer(route):
        wanted = route.request.post_data_json
        asked.append(wanted)
        body = {"name": wanted["name"], "low": LOW, "high": HIGH, "why_low": "identity", "why_high": "realism"}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

    tab.page.route("**/face/range", answer)
    tab.open_example()
    return tab


@pytest.fixture
def tab(ranged) -> Tab:
    ranged.reset()
    return ranged


def known(tab: Tab, name: str) -> None:
    expect(tab.line(name)).to_have_class(re.compile("ranged"), timeout=60_000)


def test_sliders_in_view_are_asked_about_once_and_one_after_another(tab, asked):
    known(tab, "Pale_Skin")
    names = [each["name"] for each in asked]
    assert len(names) == len(set(names)), "each once"
    seen = tab.page.locator(".slider:visible").evaluate_all("all => all.map(each => each.dataset.name)")
    assert set(names) <= set(seen), "and none that is in a closed group"
    assert all(each["local"] is True for each in asked)


def test_the_track_and_screen_readers_tell_the_range(tab):
    known(tab, "Smiling")
    told = tab.page.locator("#slider-Smiling-range")
    expect(told).to_have_text("This face stays itself from −0.8 to +1.4.")
    assert tab.slider("Smiling").get_attribute("aria-describedby") == "slider-Smiling-range"
    low, high = tab.line("Smiling").evaluate(
        "line => ['--low', '--high'].map(name => parseFloat(line.style.getPropertyValue(name)))"
    )
    assert (low, high) == (pytest.approx(30), pytest.approx(85))


def test_a_turned_slider_has_its_range_turned(tab):
    known(tab, "Young")
    expect(tab.page.locator("#slider-Young-range")).to_have_text("This face stays itself from −1.4 to +0.8.")


def test_a_slider_beyond_the_range_is_marked(tab):
    known(tab, "Smiling")
    tab.press("Smiling", "ArrowRight", 14)
    expect(tab.line("Smiling")).not_to_have_class(re.compile("beyond"))
    tab.press("Smiling", "ArrowRight")
    expect(tab.line("Smiling")).to_have_class(re.compile("beyond"))
    tab.rest()
    tab.shoot("beyond the safe range")


def test_nothing_is_asked_while_a_slider_moves(tab, asked):
    known(tab, "Pale_Skin")
    tab.page.locator(".group > summary").nth(1).click()  # more sliders come into view
    before = len(asked)
    for _ in range(8):
        tab.press("Smiling", "ArrowRight")
        tab.page.wait_for_timeout(150)
    assert len(asked) == before
    tab.page.locator(".group > summary").nth(1).click()


def test_another_face_has_other_ranges(tab, asked):
    known(tab, "Smiling")
    before = len(asked)
    tab.page.locator("#photo-file").set_input_files(str(ROOT / "assets" / "examples" / "b.jpg"))
    tab.opened()
    assert tab.page.locator(".slider.ranged").count() == 0
    tab.let_be()
    known(tab, "Smiling")
    assert len(asked) > before


def test_the_server_tells_how_far_this_face_stands(visit):
    tab = visit("phone", ranges=True)
    tab.open_example(2)
    tab.press("Smiling", "ArrowRight")
    known(tab, "Smiling")
    said = tab.page.locator("#slider-Smiling-range").inner_text()
    low, high = (float(found.replace("−", "-")) for found in re.findall(r"[+−]?\d+\.\d", said))
    assert -2 <= low < high <= 2
