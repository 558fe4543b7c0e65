"""Light and dark, and less motion for those who ask for it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser


def lightness(tab: Tab) -> float:
    """Of the page's ground, 0 to 255."""
    colour = tab.page.locator("#face-editor").evaluate("root => getComputedStyle(root).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_is_as_the_system_until_the_visitor_chooses_and_the_choice_is_kept(visit, size):
    tab = visit(size, color_scheme="dark")
    assert lightness(tab) < 60
    tab.page.emulate_media(color_scheme="light")
    assert lightness(tab) > 200
    tab.page.get_by_role("button", name="Light or dark").click()
    assert lightness(tab) < 60
    tab.arrive()
    assert lightness(tab) < 60, "after a reload"
    tab.page.get_by_role("button", name="Light or dark").click()
    assert lightness(tab) > 200
    tab.page.emulate_media(color_scheme="dark")
    assert lightness(tab) > 200, "what was chosen stands above the system"


def test_with_reduced_motion_nothing_moves_by_itself(visit):
    tab = visit("desktop", reduced_motion="reduce")
    moving = """all => all.map(each => getComputedStyle(each))
        .filter(style => parseFloat(style.transitionDuration) || parseFloat(style.animationDuration)).length"""
    assert tab.page.locator("#face-editor *").evaluate_all(moving) == 0
    tab.page.emulate_media(reduced_motion="no-preference")
    assert tab.page.locator("#face-editor *").evaluate_all(moving) > 0


def test_fonts_are_the_systems(visit):
    tab = visit("desktop")
    assert "system-ui" in tab.page.locator("#face-editor").evaluate("root => getComputedStyle(root).fontFamily")
    fonts = """() => performance.getEntriesByType('resource')
        .filter(each => each.name.includes('/face/') && /woff|ttf|otf/.test(each.name)).length"""
    assert tab.page.evaluate(fonts) == 0
    expect(tab.page.locator("h1")).to_be_visible()
