"""What an edit did: a line beneath each result and bars behind it, by the server's numbers, whichever space is better."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.tab import SPACES, Tab

pytestmark = pytest.mark.browser
SENTENCES = {"w_star": "W* is better", "w_plus": "W+ is better", "same": "both are about as good", None: ""}


def numbers(line: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"[+−-]?\d+\.\d+", line)]


def told(tab: Tab, **values: float) -> dict:
    """What the server says of an edit, as the page received it."""
    with tab.page.expect_response("**/face/changes") as answer:
        tab.move(**values)
    return answer.value.json()


def test_each_line_says_the_asked_effect_the_side_effect_and_the_identity_that_were_measured(either):
    found = told(either, Smiling=1.5)
    for space in SPACES:
        line = either.page.locator(f".verdict .line.{space}").inner_text()
        measured = found["spaces"][space]
        expected = [measured["asked"]["Smiling"], measured["side"], measured["identity"]]
        assert numbers(line) == pytest.approx(expected, abs=0.0501), line
        assert "Smile" in line and ("W+" if space == "w_plus" else "W*") in line
    assert SENTENCES[found["better"]] in either.page.locator(".verdict .better").text_content()
    assert either.page.locator(".verdict").get_attribute("data-better") == found["better"]


def test_the_numbers_of_a_turned_slider_are_turned_too(opened):
    found = told(opened, Young=1.5)
    line = opened.page.locator(".verdict .line.w_star").inner_text()
    assert numbers(line)[0] == pytest.approx(-found["spaces"]["w_star"]["asked"]["Young"], abs=0.0501) and "Age" in line


def test_bars_show_what_was_asked_and_the_ten_largest_besides(either):
    found = told(either, Smiling=1.5)
    details = either.page.get_by_role("button", name="Details")
    expect(details).to_have_attribute("aria-expanded", "false")
    details.click()
    expect(details).to_have_attribute("aria-expanded", "true")
    for space in SPACES:
        bars, measured = either.page.locator(f".bars .{space}"), found["spaces"][space]
        expect(bars.locator(".bar.asked")).to_have_count(1)
        expect(bars.locator(".bar.along")).to_have_count(10)
        shown = [abs(numbers(each)[0]) for each in bars.locator(".bar.along b").all_inner_texts()]
        assert shown == pytest.approx([abs(each) for each in measured["others"].values()], abs=0.0501)
        assert f"{measured['leakage']:.2f}" in bars.locator("small").inner_text()
    widths = either.page.locator(".bars .w_plus .along i i").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().width)"
    )
    assert widths == sorted(widths, reverse=True)
    either.shoot("bars")
    details.click()
    expect(either.page.locator(".bars")).to_be_hidden()


@pytest.mark.parametrize("better", ["w_star", "w_plus", "same", None])
def test_the_verdict_is_green_when_w_star_is_better_and_else_says_so_in_grey(opened, better):
    def judged(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"better": better}))

    opened.page.route("**/face/changes", judged)
    opened.move(Smiling=1.5)
    opened.page.unroute("**/face/changes")
    said = opened.page.locator(".verdict .better")
    assert SENTENCES[better] in said.inner_text()
    red, green, blue = map(int, re.findall(r"\d+", said.evaluate("each => getComputedStyle(each).color"))[:3])
    assert (green > red + 40 and green > blue + 40) == (better == "w_star")


def test_pictures_and_the_summary_say_what_the_edit_did_and_change_with_it(either):
    summary, picture = either.page.locator("#summary"), either.page.locator(".pane.w_star canvas")
    assert summary.get_attribute("aria-live") == "polite" and picture.get_attribute("role") == "img"
    told(either, Smiling=1.5)
    smile = summary.inner_text()
    assert "Smile" in smile and "identity" in smile
    assert "W*" in picture.get_attribute("aria-label") and "Smile" in picture.get_attribute("aria-label")
    told(either, Smiling=0, Young=1)
    assert "Age" in summary.inner_text() and "Smile" not in summary.inner_text()
    assert "Age" in picture.get_attribute("aria-label")
    either.page.locator("#reset-all").click()
    either.rest()
    expect(summary).to_have_text("Nothing is edited.")
    assert "Nothing is edited." in picture.get_attribute("aria-label")


def test_a_verdict_of_an_edit_that_has_moved_on_is_faded_until_the_new_one_is_there(opened):
    told(opened, Smiling=1.5)
    opened.press("Smiling", "ArrowLeft")
    expect(opened.page.locator(".verdict")).to_have_class(re.compile("stale"), timeout=1000)
    opened.rest()
    expect(opened.page.locator(".verdict")).not_to_have_class(re.compile("stale"))


def test_nothing_is_said_of_a_face_that_is_not_edited(opened):
    told(opened, Smiling=1.5)
    opened.reset()
    assert [opened.page.locator(f".verdict .line.{space}").inner_text() for space in SPACES] == ["", ""]
    expect(opened.page.get_by_role("button", name="Details")).to_be_disabled()
