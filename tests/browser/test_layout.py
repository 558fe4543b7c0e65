"""One screen: at every size a slider and both results are in view together, and the page never scrolls."""

import pytest
from playwright.sync_api import expect

from tests.browser.tab import SIZES, SPACES, TOUCHED, Tab

pytestmark = pytest.mark.browser
LEAST_SIDE = {"desktop": 420, "laptop": 300, "tablet": 300, "phone": 280}
"""Pixels that a result must be wide at least; on a phone both share one place, with a divider."""
BIG_ENOUGH = 44
"""Pixels a side that a finger needs."""


@pytest.fixture(scope="module", params=list(SIZES))
def tab(visit, request) -> Tab:
    return visit(request.param).open_example()


def inside(tab: Tab, what) -> tuple[float, float, float, float]:
    """Where something is; it must be wholly in the window."""
    left, top, width, height = tab.box(what)
    across, down = SIZES[tab.size]
    assert left >= -0.5 and top >= -0.5 and left + width <= across + 0.5 and top + height <= down + 0.5, (
        left,
        top,
        width,
        height,
    )
    return left, top, width, height


def overlap(one, other) -> bool:
    (left, top, width, height), (x, y, w, h) = one, other
    return left < x + w and x < left + width and top < y + h and y < top + height


def test_sliders_and_both_results_are_in_view_and_the_page_does_not_scroll(tab):
    tab.move(Smiling=1.2)
    slider = inside(tab, tab.line("Smiling"))
    for space in SPACES:
        result = inside(tab, tab.page.locator(f".pane.{space} .lens"))
        assert result[2] >= LEAST_SIDE[tab.size] and result[2] == pytest.approx(result[3], abs=1)
        assert not overlap(slider, result)
        inside(tab, tab.page.locator(f".verdict .line.{space}"))
    inside(tab, tab.page.locator("#save"))
    size = "each => [each.scrollWidth - each.clientWidth, each.scrollHeight - each.clientHeight]"
    assert tab.page.locator("#face-editor").evaluate(size) == [0, 0]
    tab.page.mouse.move(300, 300)
    tab.page.mouse.wheel(0, 500)
    assert tab.page.evaluate("() => [scrollX, scrollY]") == [0, 0]
    tab.shoot("opened")
    tab.reset()


def test_results_stay_where_they_are_while_the_last_slider_is_moved(tab):
    before = [tab.box(tab.page.locator(f".pane.{space} .lens")) for space in SPACES]
    tab.line("Pale_Skin").scroll_into_view_if_needed()
    inside(tab, tab.line("Pale_Skin"))
    assert [inside(tab, tab.page.locator(f".pane.{space} .lens")) for space in SPACES] == before
    tab.line("Smiling").scroll_into_view_if_needed()


def test_nothing_moves_when_small_pictures_full_ones_and_the_verdict_come(tab):
    """Where the pictures and the sliders stand is noted in every frame from before a move until all is said."""
    noted = """() => {
        window.places = new Set();
        window.noting = true;
        const note = () => {
            const all = [...document.querySelectorAll('.lens, .verdict, .slider[data-name=Smiling]')];
            window.places.add(JSON.stringify(all.map(each => each.getBoundingClientRect())));
            window.noting && requestAnimationFrame(note);
        };
        note();
    }"""
    tab.page.evaluate(noted)
    tab.press("Smiling", "Shift+ArrowRight")
    tab.rest()
    assert len(tab.page.evaluate("() => (window.noting = false, [...window.places])")) == 1
    tab.reset()


def test_rows_of_sliders_are_one_line_each(tab):
    heights = {round(tab.box(each)[3]) for each in tab.page.locator(".slider:visible").all()[:6]}
    assert heights == {44 if tab.size in TOUCHED else 32}
    names = tab.page.locator(".slider:visible label")
    cut = names.evaluate_all("all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)")
    assert cut == []


def test_what_a_finger_presses_is_large_enough(tab):
    if tab.size not in TOUCHED:
        pytest.skip("a mouse is precise")
    find = """() => [...document.querySelectorAll('button, select, summary, input:not([type=range])')]
        .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.closest('.unseen'))
        .map(each => [each.getAttribute('aria-label') || each.textContent, each.getBoundingClientRect()])
        .filter(([, box]) => box.width && box.height)
        .map(([name, box]) => [name, Math.round(box.width), Math.round(box.height)])"""
    small = [each for each in tab.page.evaluate(find) if min(each[1:]) < BIG_ENOUGH and not each[0].startswith("Face ")]
    assert small == []


def test_a_screen_is_there_before_a_photo_is_open(visit):
    for size in SIZES:
        tab = visit(size)
        expect(tab.page.locator("#choose-photo")).to_be_visible()
        for example in tab.page.locator(".example").all():
            inside(tab, example)
        inside(tab, tab.page.locator("#choose-photo"))
        tab.shoot("empty")
