"""The drawer: how edits are made, what is measured of them, and files of the visitor's own."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.conftest import ROOT, difference

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(either) -> Tab:
    """A tab with an edit and an open drawer."""
    either.move(Smiling=-1.5)
    either.page.get_by_role("button", name="Measure and settings").click()
    measured(either)
    yield either
    for switch, on in (("local", True), ("paper", False)):
        either.page.locator(f"#switch-{switch}").set_checked(on)


def measured(tab: Tab) -> None:
    """Wait until the numbers of what is set are there."""
    tab.page.wait_for_function("() => document.querySelector('.codes + p').textContent.startsWith('T^-1')")


def numbers(tab: Tab) -> dict[str, list[float | None]]:
    rows = tab.page.locator("table.codes tr").all()[1:]
    return {
        row.locator("th").inner_text(): [None if cell == "–" else float(cell) for cell in row.locator("td").all_inner_texts()]
        for row in rows
    }


def test_codes_and_logits_are_measured(tab):
    tab.shoot("drawer")
    found = numbers(tab)
    assert all(norm > 1 for norm in found["Norm"]) and all(moved > 0 for moved in found["Moved by the edit"])
    assert found["Distance to W"][0] > 0
    error = float(re.search(r"([\d.]+e[+-]\d+)", tab.page.locator(".codes + p").inner_text()).group(1))
    assert 0 < error < 0.01
    rows = tab.page.locator("table.logits tr")
    expect(rows).to_have_count(41)
    cells = rows.filter(has_text="Smiling").locator("td").all_inner_texts()
    before, w_plus, w_star = (float(cell.replace("−", "-")) for cell in cells)
    assert w_plus < before and w_star < before, "a smile was taken away"


def test_local_edits_keep_the_corners_and_can_be_turned_off(tab):
    before, corner = tab.picture("w_star"), (0, 0, 150, 150)
    tab.page.get_by_label("Local edits").uncheck()
    tab.rest()
    assert tab.draws()[-1]["local"] is False
    free = tab.picture("w_star")
    tab.page.get_by_label("Local edits").check()
    tab.rest()
    assert difference(free.crop(corner), before.crop(corner)) > 0.5
    assert difference(tab.picture("w_star"), before) < 1


def test_everything_as_in_the_paper_is_one_switch(tab):
    tab.page.get_by_label("Everything as in the paper").check()
    tab.rest()
    assert tab.draws()[-1]["paper"] is True
    expect(tab.page.get_by_label("Local edits")).to_be_disabled()
    measured(tab)
    tab.page.get_by_label("Everything as in the paper").uncheck()
    tab.rest()
    expect(tab.page.get_by_label("Local edits")).to_be_checked()


def test_escape_closes_the_drawer_and_the_focus_goes_back(tab):
    opener = tab.page.get_by_role("button", name="Measure and settings")
    expect(tab.page.locator(".drawer .close")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("#drawer")).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_the_rest_is_kept_in_w_star_and_in_w_plus_where_that_is_asked_for(visit):
    tab = visit("desktop").open_example(3)
    tab.move(Male=1.5)
    steady = tab.page.locator(".verdict .steady")
    expect(steady).to_contain_text(re.compile(r"W\* Kept steady by: .+[+−]\d"), timeout=60_000)
    tab.rest()
    w_plus, w_star = tab.pictures()
    tab.page.get_by_role("button", name="Measure and settings").click()
    expect(tab.page.get_by_label("Keep the rest as it is")).to_be_checked()
    tab.page.get_by_label("Keep the rest as it is").uncheck()
    expect(steady).to_be_empty(timeout=60_000)
    tab.rest()
    assert difference(tab.picture("w_star"), w_star) > 2 * difference(tab.picture("w_plus"), w_plus)
    tab.page.get_by_label("In W+ as well").check()
    expect(steady).to_contain_text("W+ Kept steady by", timeout=60_000)


def test_directions_of_ones_own_are_used_and_put_back(visit):
    tab = visit("desktop").open_example(2)
    tab.move(Smiling=1.5)
    shipped = tab.picture("w_plus")
    tab.page.get_by_role("button", name="Measure and settings").click()
    said, chosen = tab.page.locator("#drawer [role=status]").last, tab.page.get_by_label("Directions", exact=True)
    chosen.set_input_files({"name": "mine.safetensors", "mimeType": "application/octet-stream", "buffer": b"no tensors"})
    expect(said).to_have_text(re.compile(r"^(?!.*(Sending|In use|Traceback)).+\."), timeout=60_000)
    chosen.set_input_files(str(ROOT / "weights" / "directions-svm.safetensors"))
    expect(said).to_have_text(re.compile("In use: .*directions-svm"), timeout=60_000)
    tab.rest()
    assert difference(tab.picture("w_plus"), shipped) > 0.3
    tab.page.get_by_role("button", name="Back to the shipped files").click()
    tab.page.wait_for_function("() => document.querySelector('.views').getAttribute('aria-busy') === 'true'")
    tab.rest()
    assert difference(tab.picture("w_plus"), shipped) < 1
