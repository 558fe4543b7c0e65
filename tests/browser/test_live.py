"""Pictures while a slider moves: the newest value wins, one request is under way, and nothing piles up."""

import os
from pathlib import Path

import pytest

from editor.ui.routes import refusal_of
from tests.browser.tab import Tab, files
from tests.conftest import difference

pytestmark = pytest.mark.browser
PAGE = os.sysconf("SC_PAGE_SIZE")
EVENTS = """([name, values, gap]) => new Promise(done => {
    const slider = document.querySelector(`#slider-${name}`);
    let at = 0;
    const timer = setInterval(() => {
        slider.value = values[at++];
        slider.dispatchEvent(new Event('input', {bubbles: true}));
        if (at === values.length) clearInterval(timer), done();
    }, gap);
})"""
"""Moves a slider through values, with so many milliseconds between them."""


def stir(tab: Tab, count: int, last: float) -> None:
    """Move a slider so often, sixty times a second, and come to rest at a value that was not there before."""
    values = [round(((number * 7) % 41) / 10 - 2, 1) for number in range(count - 1)]
    tab.page.evaluate(EVENTS, ["Smiling", [*values, last], 1000 / 60])
    tab.rest()


@pytest.fixture
def stirred(opened) -> Tab:
    """After two seconds of sixty events each."""
    opened.forget()
    stir(opened, 120, 1.3)
    return opened


def test_one_request_is_under_way_and_the_newest_value_is_drawn_last(stirred):
    draws = stirred.draws()
    assert 2 <= len(draws) < 120, "values that were passed by are not drawn"
    assert stirred.page.evaluate("() => watched.most") == 1
    assert [draw["number"] for draw in draws] == sorted({draw["number"] for draw in draws})
    assert draws[-1]["full"] and draws[-1]["strengths"] == {"Smiling": 1.3}
    full = [draw["strengths"] for draw in draws if draw["full"]]
    assert full == len(full) * [{"Smiling": 1.3}] and len(full) <= 2, "as asked, and once more with the rest preserved"
    assert {draw["status"] for draw in draws} == {200}, "sixty events a second are not too many"


def test_what_is_shown_at_rest_is_the_full_picture_of_the_last_value(stirred):
    shown = stirred.pictures()
    assert {picture.size for picture in shown} == {(1024, 1024)}
    stirred.move(Smiling=0)
    stirred.move(Smiling=1.3)
    assert max(difference(*pair) for pair in zip(shown, stirred.pictures(), strict=True)) < 1


def test_a_small_picture_comes_before_the_full_one(opened):
    opened.page.evaluate("""() => {
        window.sides = [];
        const canvas = document.querySelector('.pane.w_star canvas');
        new MutationObserver(() => sides.push(canvas.width)).observe(canvas, {attributes: true, attributeFilter: ['width']});
    }""")
    opened.press("Smiling", "Shift+ArrowRight")
    opened.rest()
    assert opened.page.evaluate("() => sides") == [512, 1024]


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(opened):
    """The first answer is held back; meanwhile the slider moves on, and what is painted afterwards only goes forward."""
    held = []
    opened.page.route("**/face/draw", lambda route: held.append(route) if not held else route.continue_())
    opened.press("Smiling", "End")
    opened.press("Smiling", "Home")
    opened.page.wait_for_function("() => watched.waiting === 1")
    assert len(held) == 1
    held[0].continue_()
    opened.rest()
    opened.page.unroute("**/face/draw")
    assert opened.draws()[-1]["strengths"] == {"Smiling": -2}
    shown = opened.picture("w_star")
    opened.move(Smiling=0)
    opened.move(Smiling=-2)
    assert difference(shown, opened.picture("w_star")) < 1


def test_a_full_picture_under_way_is_given_up_when_the_slider_moves_on(opened):
    opened.page.evaluate(EVENTS, ["Smiling", [1.0], 0])
    opened.page.wait_for_function("() => watched.draws.some(draw => draw.full && !draw.answered && !draw.ended)", polling=10)
    opened.forget()
    opened.press("Smiling", "Shift+ArrowLeft")
    opened.rest()
    assert not opened.draws()[0]["full"] and opened.values() == {}


@pytest.mark.parametrize("status", [500, refusal_of(MemoryError())[0]])
def test_a_request_that_fails_is_told_and_the_next_move_is_drawn(opened, status):
    answer = {"status": status, "content_type": "application/json", "body": '{"error": "It broke.", "kind": "failed"}'}
    opened.page.route("**/face/draw", lambda route: route.fulfill(**answer))
    opened.press("Smiling", "ArrowRight")
    opened.page.locator(".alert", has_text="It broke.").wait_for()
    opened.page.unroute("**/face/draw")
    opened.move(Smiling=1)
    assert opened.pictures()[0].size == (1024, 1024)
    opened.page.locator(".alert").get_by_label("Close").click()


def test_five_hundred_moves_leave_nothing_behind(opened, served):
    stir(opened, 150, 0.9)  # what is made once is made now
    before, left = held(opened), files(served.cache)
    stir(opened, 500, 0.7)
    after = held(opened)
    assert after["bitmaps"] == before["bitmaps"] and after["urls"] == before["urls"]
    assert after["blobs"] <= before["blobs"] + 4, "pictures are let go"
    assert after["heap"] < before["heap"] + 4e6
    assert after["nodes"] < before["nodes"] + 100
    assert after["server"] < before["server"] + 150e6
    assert files(served.cache) == left


def held(tab: Tab) -> dict[str, float]:
    """What the page holds once what is not needed is collected, and what the server's process holds, in bytes and pieces."""
    tab.devtools.send("HeapProfiler.enable")
    for _ in range(2):
        tab.devtools.send("HeapProfiler.collectGarbage")
    counted = tab.page.evaluate(
        "() => ({...watched, draws: 0, shown: 0, blobs: watched.blobs.filter(each => each.deref()).length})"
    )
    counters = tab.devtools.send("Memory.getDOMCounters")
    tab.forget()
    return {
        **{name: counted[name] for name in ("bitmaps", "urls", "blobs")},
        "heap": tab.devtools.send("Runtime.getHeapUsage")["usedSize"],
        "nodes": counters["nodes"],
        "server": int(Path("/proc/self/statm").read_text().split()[1]) * PAGE,
    }
