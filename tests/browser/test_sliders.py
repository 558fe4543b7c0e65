"""Sliders: mouse, keys, wheel and fingers; search, groups, locks; one and all put back."""

import pytest
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser
KEYS = {
    "ArrowRight": 0.6,
    "ArrowUp": 0.6,
    "ArrowLeft": 0.4,
    "ArrowDown": 0.4,
    "Shift+ArrowRight": 1.5,
    "Shift+ArrowLeft": -0.5,
    "Home": -2,
    "End": 2,
    "Delete": 0,
    "Backspace": 0,
}
"""Key -> where it brings a slider that is at 0.5."""


def test_a_mouse_sets_a_slider_where_it_presses_and_drags_it_on(opened):
    track = opened.slider("Smiling")
    opened.drag([opened.at(track, 0.75), opened.at(track, 0.9)])
    assert opened.value("Smiling") == pytest.approx(1.6, abs=0.15)
    opened.drag([opened.at(track, 0.9), opened.at(track, 1.4)])
    assert opened.value("Smiling") == 2, "beyond the end is the end"
    opened.rest()
    before = opened.pictures()
    opened.drag([opened.at(track, 0.95), opened.at(track, 0.05)])
    opened.rest()
    assert opened.value("Smiling") < -1.5
    assert all(difference(*pair) > 2 for pair in zip(before, opened.pictures(), strict=True))


def test_both_results_differ_from_what_was_and_from_each_other_and_reset_leads_back(opened):
    before = opened.pictures()
    assert difference(*before) == 0, "nothing is edited"
    opened.move(Smiling=-1.5)
    w_plus, w_star = opened.pictures()
    assert difference(w_plus, before[0]) > 1 and difference(w_star, before[1]) > 1
    assert difference(w_plus, w_star) > 0.3
    opened.page.locator("#reset-all").click()
    opened.rest()
    assert opened.values() == {}
    assert [difference(*pair) for pair in zip(before, opened.pictures(), strict=True)] == [0, 0]


def test_keys_move_a_slider(opened):
    for key, value in KEYS.items():
        opened.press("Smiling", "Delete")
        opened.press("Smiling", "ArrowRight", 5)
        opened.press("Smiling", key)
        assert opened.value("Smiling") == pytest.approx(value), key
        said = f"{value:+.1f}".replace("-", "−") if value else "0.0"
        assert opened.slider("Smiling").get_attribute("aria-valuetext") == said


def test_a_value_can_be_typed_and_what_is_no_number_in_range_is_brought_there(opened):
    box = opened.part("Smiling", "value")
    for typed, kept in (("1.35", 1.35), ("7", 2), ("-7", -2), ("", 0)):
        box.fill(typed)
        box.press("Enter")
        assert float(box.input_value()) == kept and opened.value("Smiling") == pytest.approx(kept, abs=0.051)


def test_one_slider_is_put_back_by_a_double_click_and_by_its_button(opened):
    opened.press("Smiling", "ArrowRight", 5)
    opened.press("Young", "ArrowRight", 5)
    opened.page.mouse.dblclick(*opened.at(opened.slider("Smiling"), 0.9))
    assert opened.value("Smiling") == 0 and opened.value("Young") == 0.5
    opened.part("Young", "reset").click()
    assert opened.values() == {}
    expect(opened.slider("Young")).to_be_focused()


def test_the_wheel_moves_a_slider_only_while_it_has_the_focus(opened):
    turned = "() => new Promise(done => addEventListener('wheel', () => setTimeout(done, 50), {once: true, passive: true}))"
    opened.page.evaluate(f"() => void (window.turned = ({turned})())")
    opened.slider("Smiling").focus()
    opened.page.mouse.move(*opened.at(opened.slider("Young")))
    opened.page.mouse.wheel(0, 1)
    opened.page.evaluate("() => window.turned")
    assert opened.values() == {}, "the list scrolls, and no slider moves"
    opened.page.mouse.move(*opened.at(opened.slider("Smiling")))
    opened.page.mouse.wheel(0, -100)
    opened.page.wait_for_function("() => Number(document.querySelector('#slider-Smiling').value) === 0.1", timeout=20_000)


def test_a_finger_that_scrolls_changes_no_slider(phone):
    controls = phone.page.locator(".controls")
    phone.slider("Smiling").scroll_into_view_if_needed()
    before = controls.evaluate("each => each.scrollTop")
    x, y = phone.at(phone.slider("Smiling"), 0.75)
    phone.swipe([(x, y), (x + 2, y - 160)])
    phone.page.wait_for_function("from => document.querySelector('.controls').scrollTop > from + 60", arg=before)
    assert phone.values() == {}
    assert phone.page.evaluate("() => scrollY") == 0, "the page itself never scrolls"


@pytest.fixture
def scrolled_back(phone) -> Tab:
    """The list of sliders at its beginning, where the tools above it cover none."""
    phone.page.locator(".controls").evaluate("each => each.scrollTo(0, 0)")
    phone.slider("Smiling").scroll_into_view_if_needed()
    return phone


def test_a_finger_that_moves_sideways_drags_a_slider_from_where_it_was(scrolled_back):
    phone = scrolled_back
    x, y = phone.at(phone.slider("Smiling"), 0.3)
    width = phone.box(phone.slider("Smiling"))[2]
    phone.swipe([(x, y), (x + width / 4, y + 3)])
    assert phone.value("Smiling") == pytest.approx(1, abs=0.21)
    phone.rest()


def test_a_finger_that_taps_sets_a_slider(scrolled_back):
    phone = scrolled_back
    phone.page.touchscreen.tap(*phone.at(phone.slider("Smiling"), 0.75))
    assert phone.value("Smiling") == pytest.approx(1, abs=0.11)
    phone.rest()


def test_twelve_sliders_are_open_and_all_are_in_groups(opened):
    seen, headings = opened.page.locator(".slider:visible"), opened.page.locator(".group > summary").all()
    expect(seen).to_have_count(12)
    for heading in headings[1:]:
        heading.click()
    expect(seen).to_have_count(40)
    opened.shoot("groups")
    for heading in headings[1:]:
        heading.click()
    expect(seen).to_have_count(12)


def test_search_finds_sliders_by_label_and_by_name_in_any_group(opened):
    page, search = opened.page, opened.page.get_by_label("Find a slider")
    seen = page.locator(".slider:visible")
    search.fill("beard")
    expect(seen.first).to_be_visible()
    assert {"No_Beard"} <= {each.get_attribute("data-name") for each in seen.all()}
    search.fill("young")
    expect(seen).to_have_count(1)
    expect(seen).to_have_attribute("data-name", "Young")
    search.fill("necktie")
    expect(seen).to_have_attribute("data-name", "Wearing_Necktie")
    search.fill("xyzzy")
    expect(seen).to_have_count(0)
    expect(page.locator(".nothing")).to_be_visible()
    search.press("Escape")
    expect(seen).to_have_count(12)


def test_the_heading_of_a_closed_group_says_how_many_of_its_sliders_are_moved(opened):
    opened.page.get_by_label("Find a slider").fill("necktie")
    opened.press("Wearing_Necktie", "ArrowRight")
    opened.page.get_by_label("Find a slider").press("Escape")
    group = opened.page.locator(".group", has=opened.line("Wearing_Necktie"))
    expect(group.locator(".count")).to_have_text("1")
    assert not group.evaluate("group => group.open")


def test_a_lock_is_set_by_key_and_button_and_is_asked_of_the_server(opened):
    lock = opened.part("Young", "lock")
    expect(lock).to_have_attribute("aria-pressed", "false")
    opened.press("Young", "l")
    expect(lock).to_have_attribute("aria-pressed", "true")
    opened.lock("Male")
    opened.rest()
    assert sorted(opened.draws()[-1]["locks"]) == ["Male", "Young"]
    opened.press("Young", "L")
    opened.rest()
    expect(lock).to_have_attribute("aria-pressed", "false")
    assert opened.draws()[-1]["locks"] == ["Male"]


def test_a_lock_holds_an_attribute_while_another_moves(opened):
    opened.move(Young=1.5)
    free = opened.picture("w_star")
    opened.lock("Gray_Hair")
    opened.rest()
    assert difference(free, opened.picture("w_star")) > 0.05


def test_labels_are_words_and_the_tip_names_the_data_sets(opened):
    label = opened.line("Young").locator("label")
    expect(label).to_have_text("Age")
    assert "Young" in (label.get_attribute("title") or "")
    opened.press("Young", "ArrowRight")
    opened.rest()
    assert opened.draws()[-1]["strengths"] == {"Young": -0.1}, "more age is less of Young"
