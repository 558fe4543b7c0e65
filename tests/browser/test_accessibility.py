"""For those who see little, or use no mouse: axe finds nothing serious in any state, and everything is reached by keys."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser
GRAVE = ("serious", "critical")
THEMES = ("light", "dark")
STOPS = """() => {
    const {activeElement: at} = document;
    const box = at.getBoundingClientRect();
    const outlined = [at, at.closest('.track')].some(each => each && getComputedStyle(each).outlineStyle !== 'none');
    const label = at.labels?.[0]?.textContent;
    return {name: at.getAttribute('aria-label') || label || at.textContent, tag: at.tagName, outlined,
            seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}"""


def check(tab: Tab, state: str) -> list[str]:
    """What axe finds in both themes that is serious or critical; a screenshot of each is kept."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for theme in THEMES:
        tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        tab.theme = theme
        tab.shoot(state)
        violations = Axe().run(tab.page).response["violations"]
        found += [
            f"{theme}: {each['id']} ({each['help']}): {node['target']} {node['failureSummary']}"
            for each in violations
            if each["impact"] in GRAVE
            for node in each["nodes"]
        ]
    tab.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    tab.theme = "light"
    return found


@contextmanager
def dialog(tab: Tab, button: str) -> Iterator[None]:
    tab.page.get_by_role("button", name=button, exact=True).click()
    tab.page.locator("dialog[open]").wait_for()
    yield
    tab.page.keyboard.press("Escape")


@contextmanager
def naming(tab: Tab) -> Iterator[None]:
    tab.page.get_by_label("Presets").select_option("save")
    yield
    tab.page.keyboard.press("Escape")


@contextmanager
def pressed(tab: Tab, button: str) -> Iterator[None]:
    """Something is open as long as its button is pressed."""
    tab.page.get_by_role("button", name=button).click()
    yield
    tab.page.get_by_role("button", name=button).click()


@contextmanager
def mode(tab: Tab, name: str) -> Iterator[None]:
    tab.mode(name)
    if name == "strip":
        tab.page.wait_for_function("() => !document.querySelector('.strip-note').textContent")
    if name == "whole":
        tab.page.wait_for_selector(".pane.w_star canvas[data-shows=whole]")
    yield
    tab.mode("side")


@contextmanager
def marked(tab: Tab) -> Iterator[None]:
    """A slider is locked and another beyond what the face stands, all groups are open, and something is warned of."""
    headings = tab.page.locator(".group > summary").all()[1:]
    for heading in headings:
        heading.click()
    tab.page.route("**/face/draw", lambda route: route.fulfill(status=500, json={"error": "It broke.", "kind": "failed"}))
    tab.lock("Male")
    alert = tab.page.locator(".alert", has_text="It broke.")
    alert.wait_for()
    tab.page.unroute("**/face/draw")
    yield
    alert.get_by_label("Close").click()
    tab.lock("Male")
    for heading in headings:
        heading.click()


@contextmanager
def settings(tab: Tab) -> Iterator[None]:
    """The question what a dropped file with settings is to be."""
    tab.page.evaluate("() => document.querySelector('dialog.settings').showModal()")
    yield
    tab.page.keyboard.press("Escape")


STATES: dict[str, Callable] = {
    "save": lambda tab: dialog(tab, "Save"),
    "help": lambda tab: dialog(tab, "Help and keys"),
    "face by hand": lambda tab: dialog(tab, "Place the face by hand"),
    "preset": naming,
    "drawer": lambda tab: pressed(tab, "Measure and settings"),
    "bars": lambda tab: pressed(tab, "Details"),
    "swipe": lambda tab: mode(tab, "swipe"),
    "difference": lambda tab: mode(tab, "difference"),
    "film strip": lambda tab: mode(tab, "strip"),
    "whole photo": lambda tab: mode(tab, "whole"),
    "settings": settings,
    "warned": marked,
}


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_grave_before_a_photo_is_open(visit, size):
    assert check(visit(size), "empty") == []


def test_axe_finds_nothing_grave_in_any_state(either):
    either.move(Smiling=1.2)
    found = {"edited": check(either, "edited")}
    for name, state in STATES.items():
        with state(either):
            found[name] = check(either, name)
    assert {name: problems for name, problems in found.items() if problems} == {}


def test_every_stop_of_the_tab_key_is_seen_marked_and_named(opened):
    opened.move(Smiling=1.2)
    opened.page.locator("h1").click()
    stops = []
    for _ in range(80):
        opened.page.keyboard.press("Tab")
        stop = opened.page.evaluate(STOPS)
        if stop["tag"] == "BODY" or (stops and stop == stops[0]):
            break
        stops.append(stop)
    names = [stop["name"].strip() for stop in stops]
    assert [stop for stop in stops if not (stop["seen"] and stop["outlined"] and stop["name"].strip())] == []
    order = [
        "Help and keys",
        "Find a slider",
        "Smile",
        "Smile: value",
        "Lock Smile",
        "Reset Smile",
        "Age",
        "Side by side",
        "Undo",
        "Save",
        "Details",
    ]
    places = [names.index(name) for name in order]
    assert places == sorted(places)


def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(opened):
    for button in ("Save", "Help and keys", "Place the face by hand"):
        opener = opened.page.get_by_role("button", name=button, exact=True)
        opener.click()
        inside = "() => Boolean(document.activeElement.closest('dialog[open]'))"
        assert opened.page.evaluate(inside), button
        opened.page.keyboard.press("Escape")
        expect(opener).to_be_focused()


def test_sliders_tell_screen_readers_name_value_and_range(opened):
    slider = opened.page.get_by_role("slider", name="Age", exact=True)
    expect(slider).to_have_id("slider-Young")
    assert [slider.get_attribute(name) for name in ("min", "max")] == ["-2", "2"]
    described = slider.get_attribute("aria-describedby")
    assert opened.page.locator(f"#{described}").count() == 1


def test_the_page_can_be_zoomed_and_says_its_language_and_title(opened):
    assert opened.page.locator("html").get_attribute("lang") == "en"
    assert opened.page.title() == "Semantic face editor"
    viewport = opened.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "user-scalable=no" not in viewport and "maximum-scale=1" not in viewport
