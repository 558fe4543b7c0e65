"""Settings with a name, kept in the browser; and sliders moved at random."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser
STORED = "() => JSON.stringify({...localStorage, session: {...sessionStorage}})"


@pytest.fixture
def tab(opened) -> Tab:
    """A tab in whose browser nothing is kept yet."""
    opened.page.evaluate("() => localStorage.clear()")
    return opened


def choose(tab: Tab, what: str) -> None:
    tab.page.get_by_label("Presets").select_option(what)


def keep(tab: Tab, name: str) -> None:
    choose(tab, "save")
    tab.page.get_by_label("Name").fill(name)
    tab.page.get_by_role("button", name="Keep").click()


def test_a_preset_is_kept_over_a_reload_used_and_deleted(visit):
    tab = visit("desktop").open_example()
    tab.move(Smiling=1.5, Young=-0.4)
    tab.lock("Male")
    choose(tab, "save")
    tab.shoot("naming a preset")
    tab.page.keyboard.press("Escape")
    keep(tab, "Grin & more")
    tab.arrive()
    tab.open_example(1)
    assert tab.values() == {}
    choose(tab, "use Grin & more")
    assert tab.values() == {"Smiling": 1.5, "Young": -0.4}
    expect(tab.part("Male", "lock")).to_have_attribute("aria-pressed", "true")
    tab.rest()
    tab.button("Undo").click()
    assert tab.values() == {}, "it can be undone"
    choose(tab, "delete Grin & more")
    expect(tab.page.get_by_label("Presets").locator("option", has_text="Grin")).to_have_count(0)
    assert "Grin" not in tab.page.evaluate(STORED)


def test_what_is_kept_in_the_browser_says_nothing_of_the_photo(tab):
    tab.move(Smiling=1.5)
    keep(tab, "Mine")
    kept = json.loads(tab.page.evaluate(STORED))
    assert kept.pop("session") == {}
    assert {name for name in kept if "face-editor" in name} == {"face-editor presets"}
    assert json.loads(kept["face-editor presets"]) == {"Mine": {"strengths": {"Smiling": 1.5}, "locks": []}}
    assert tab.page.evaluate("async () => (await indexedDB.databases()).length + (await caches.keys()).length") == 0
    assert tab.context.cookies() == [] or not any("face" in cookie["name"] for cookie in tab.context.cookies())


def test_a_name_given_twice_keeps_the_newer_settings_and_none_keeps_nothing(tab):
    tab.move(Smiling=1)
    keep(tab, "A")
    tab.move(Smiling=2)
    keep(tab, "A")
    choose(tab, "save")
    tab.page.get_by_role("button", name="Keep").click()
    expect(tab.page.locator("dialog[open]")).to_have_count(1, timeout=2000)
    tab.page.get_by_role("button", name="Cancel").click()
    tab.reset()
    choose(tab, "use A")
    assert tab.values() == {"Smiling": 2}


@pytest.mark.parametrize("kept", ["nonsense", "[]", '{"B": 7, "C": {"strengths": {"Smiling": 99, "Nobody": 1}, "locks": []}}'])
def test_what_something_else_wrote_there_does_no_harm(tab, kept):
    tab.page.evaluate("kept => localStorage.setItem('face-editor presets', kept)", kept)
    keep(tab, "A")
    names = tab.page.get_by_label("Presets").locator("option").all_inner_texts()
    assert "A" in names and "B" not in names
    if "C" in kept:
        choose(tab, "use C")
        assert tab.values() == {"Smiling": 2}
        tab.rest()
        assert tab.draws()[-1]["strengths"] == {"Smiling": 2}, "a slider that does not exist is not asked for"


def test_surprise_moves_three_sliders_and_leaves_locked_ones(tab):
    tab.move(Smiling=1.4)
    tab.lock("Smiling")
    tab.lock("Young")
    seen = set()
    for _ in range(6):
        tab.page.get_by_role("button", name="Surprise me").click()
        values = tab.values()
        assert values.pop("Smiling") == 1.4 and "Young" not in values
        assert len(values) == 3 and all(0.3 < abs(value) <= 1.3 for value in values.values()), values
        seen.add(json.dumps(values))
    assert len(seen) > 1
    tab.rest()
    tab.button("Undo").click()
    assert tab.values() == {"Smiling": 1.4}
