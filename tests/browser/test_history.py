"""Undo, redo and the strip of earlier states, in the browser alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def moved(visit) -> Tab:
    """A face with three states: nothing, a smile, a smile and age; the middle one's picture is kept."""
    tab = visit("desktop").open_example(1)
    tab.move(Smiling=1.5)
    tab.smile = tab.picture("w_star")
    tab.move(Young=1)
    return tab


@pytest.fixture
def tab(moved) -> Tab:
    """The same, at its third state."""
    while moved.button("Redo").is_enabled():
        moved.button("Redo").click()
    states(moved).nth(2).click()
    moved.rest()
    assert moved.values() == {"Smiling": 1.5, "Young": 1}
    return moved


def states(tab: Tab):
    return tab.page.locator(".states button")


def test_a_face_that_was_just_opened_has_nothing_to_undo(visit):
    tab = visit("phone").open_example()
    expect(tab.button("Undo")).to_be_disabled()
    expect(tab.button("Redo")).to_be_disabled()
    tab.press("Smiling", "Shift+ArrowRight")
    tab.rest()
    tab.button("Undo").click()
    assert tab.values() == {}


def test_undo_and_redo_go_through_states_and_the_pictures_follow(tab):
    tab.button("Undo").click()
    tab.rest()
    assert tab.values() == {"Smiling": 1.5}
    assert difference(tab.picture("w_star"), tab.smile) < 1
    tab.button("Undo").click()
    assert tab.values() == {}
    expect(tab.button("Undo")).to_be_disabled()
    tab.button("Redo").click()
    assert tab.values() == {"Smiling": 1.5}


def test_keys_undo_and_redo(tab):
    tab.slider("Smiling").focus()
    for keys, values in (
        ("Control+z", {"Smiling": 1.5}),
        ("Control+z", {}),
        ("Control+z", {}),
        ("Control+Shift+z", {"Smiling": 1.5}),
        ("Control+y", {"Smiling": 1.5, "Young": 1}),
    ):
        tab.page.keyboard.press(keys)
        assert tab.values() == values


def test_control_z_in_a_text_field_is_the_fields(tab):
    search = tab.page.get_by_label("Find a slider")
    search.press_sequentially("be")
    search.press("Control+z")
    assert tab.values() == {"Smiling": 1.5, "Young": 1}
    search.fill("")


def test_reset_can_be_undone(tab):
    tab.page.locator("#reset-all").click()
    tab.rest()
    assert tab.values() == {}
    tab.button("Undo").click()
    assert tab.values() == {"Smiling": 1.5, "Young": 1}
    tab.rest()


def test_a_state_in_the_strip_is_named_by_its_edit_and_leads_back_there(tab):
    assert (states(tab).nth(0).get_attribute("aria-label") or "").endswith("Nothing is edited.")
    assert states(tab).nth(2).get_attribute("aria-label") == "State 3: Smile +1.5, Age +1.0"
    expect(states(tab).nth(2)).to_have_attribute("aria-current", "true")
    states(tab).nth(1).click()
    assert tab.values() == {"Smiling": 1.5}
    expect(states(tab).nth(1)).to_have_attribute("aria-current", "true")
    drawn = "button => new Set(button.querySelector('canvas').getContext('2d').getImageData(0, 0, 56, 56).data).size"
    assert states(tab).nth(1).evaluate(drawn) > 50, "a picture"
    tab.rest()


def test_a_move_after_undo_forgets_what_was_undone(visit):
    tab = visit("desktop").open_example(2)
    tab.move(Smiling=1)
    tab.move(Smiling=2)
    tab.button("Undo").click()
    tab.move(Young=1)
    expect(tab.button("Redo")).to_be_disabled()
    expect(states(tab)).to_have_count(3)
    tab.button("Undo").click()
    assert tab.values() == {"Smiling": 1}


def test_locks_and_switches_are_part_of_a_state(tab):
    tab.lock("Male")
    tab.rest()
    expect(tab.part("Male", "lock")).to_have_attribute("aria-pressed", "true")
    tab.button("Undo").click()
    expect(tab.part("Male", "lock")).to_have_attribute("aria-pressed", "false")
    tab.rest()
