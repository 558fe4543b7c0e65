"""Ways to compare both results: beside each other, with a divider, as a difference, as a strip; held, zoomed and moved."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.tab import SPACES, Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser
ZOOM = """() => {
    const { style } = document.querySelector('.views');
    return ['zoom', 'x', 'y'].map(name => Number(style.getPropertyValue(`--${name}`)));
}"""


def share(tab: Tab) -> float:
    """Where the divider is, from 0 to 1, by what is cut of the picture at its right."""
    cut = tab.page.locator(".pane.w_star .lens").evaluate("each => getComputedStyle(each).clipPath")
    return float(cut.split()[-1].rstrip("%)")) / 100


def seen(tab: Tab, space: str) -> tuple[float, float, float, float]:
    """Where a picture is drawn, beyond what its pane shows of it."""
    return tab.box(tab.page.locator(f".pane.{space} canvas"))


def colourful(picture) -> float:
    """Mean distance of the channels: 0 in grey pictures."""
    pixels = np.asarray(picture, dtype=float)
    return float(np.ptp(pixels, axis=2).mean())


def test_a_way_to_compare_is_chosen_by_mouse_and_by_arrows(either):
    views = either.page.locator(".views")
    for mode in ("swipe", "difference", "side"):
        either.mode(mode)
        expect(views).to_have_attribute("data-mode", mode)
        expect(either.page.locator(f".modes [data-mode={mode}]")).to_have_attribute("aria-checked", "true")
    either.page.keyboard.press("ArrowRight")
    expect(views).to_have_attribute("data-mode", "swipe")
    expect(either.page.locator(".modes [data-mode=swipe]")).to_be_focused()
    assert either.page.locator(".modes [tabindex='0']").count() == 1


def test_a_phone_begins_with_the_divider_and_a_desktop_side_by_side(visit):
    for size, mode in (("phone", "swipe"), ("desktop", "side")):
        expect(visit(size).page.locator(".views")).to_have_attribute("data-mode", mode)


def test_the_divider_follows_mouse_and_keys(opened):
    opened.move(Smiling=-1.5)
    opened.mode("swipe")
    assert share(opened) == 0.5
    picture = opened.page.locator(".pane.w_plus .lens")
    for start, end in ((0.5, 0.25), (0.1, 0.4), (0.9, 0.3)):
        opened.drag([opened.at(picture, start), opened.at(picture, end)])
        assert share(opened) == pytest.approx(end, abs=0.02)
    opened.shoot("swipe")
    divider = opened.page.get_by_label("Divider between both pictures")
    opened.drag([opened.at(divider, 0.25), opened.at(divider, 0.7)])
    assert share(opened) == pytest.approx(0.7, abs=0.05)
    before = share(opened)
    divider.press("ArrowLeft")
    assert share(opened) == pytest.approx(before - 0.01)
    divider.press("Home")
    assert share(opened) == 0
    divider.fill("50")


def test_the_divider_follows_a_finger(phone):
    phone.move(Smiling=-1.5)
    phone.mode("swipe")
    picture = phone.page.locator(".pane.w_plus .lens")
    phone.swipe([phone.at(picture, 0.5, 0.3), phone.at(picture, 0.8, 0.3)])
    assert share(phone) == pytest.approx(0.8, abs=0.05)
    phone.shoot("swipe")
    phone.page.get_by_label("Divider between both pictures").fill("50")


def test_beside_the_divider_other_pictures_may_stand(opened):
    opened.move(Smiling=-1.5)
    opened.mode("swipe")
    w_plus, w_star = opened.pictures()
    left = opened.page.get_by_label("Left of the divider")
    left.select_option("before")
    unedited = opened.picture("w_plus")
    left.select_option("photo")
    photo = opened.picture("w_plus")
    left.select_option("w_plus")
    assert difference(unedited, w_plus) > 1 and difference(photo, unedited) > 1
    opened.page.get_by_label("Right of the divider").select_option("w_plus")
    assert difference(opened.picture("w_star"), w_plus) == 0
    opened.page.get_by_label("Right of the divider").select_option("w_star")
    assert difference(opened.picture("w_star"), w_star) == 0


def test_the_difference_shows_where_something_changed(opened):
    opened.mode("difference")
    unchanged = opened.picture("w_star")
    assert colourful(unchanged) < 20, "nothing is edited, and nothing is lit"
    opened.move(Smiling=-1.5)
    lit = np.asarray(opened.picture("w_star"), dtype=float) - np.asarray(unchanged, dtype=float)
    amount = np.abs(lit).mean(axis=2)
    side = amount.shape[0]
    mouth, corner = amount[side * 6 // 10 : side * 8 // 10, side * 4 // 10 : side * 6 // 10], amount[: side // 6, : side // 6]
    assert mouth.mean() > 5 * (corner.mean() + 0.5)
    expect(opened.page.locator(".pane.w_star .badge")).to_be_visible()
    opened.shoot("difference")
    opened.mode("side")
    expect(opened.page.locator(".pane.w_star .badge")).to_be_hidden()


def test_a_film_strip_goes_from_end_to_end_in_both_spaces(either):
    either.move(Smiling=1)
    either.mode("strip")
    strip = either.page.locator(".filmstrip")
    expect(strip.locator("select")).to_have_value("Smiling")
    drawn = "() => [...document.querySelectorAll('.strip-row canvas')].every(each => each.width === 512 && each.ariaLabel)"
    either.page.wait_for_function(drawn)
    labels = [each.get_attribute("aria-label") for each in strip.locator("canvas").all()]
    assert len(labels) == 10 and labels[0] == "Smile −2 in W+" and labels[-1] == "Smile +2 in W*", labels
    different = """() => [...document.querySelectorAll('.strip-row')].map(
        row => new Set([...row.querySelectorAll('canvas')].map(each => each.toDataURL())).size)"""
    assert either.page.evaluate(different) == [5, 5]
    box = either.box(strip)
    assert box[2] <= either.box(either.page.locator(".views"))[2] + 1
    either.shoot("film strip")


def test_the_photo_is_shown_while_space_is_held(opened):
    opened.move(Smiling=-1.5)
    edited = opened.pictures()
    opened.slider("Smiling").focus()
    opened.page.keyboard.down(" ")
    photo = opened.pictures()
    expect(opened.page.locator(".pane.w_star .badge")).to_have_text("Your photo")
    opened.shoot("original held")
    opened.page.keyboard.up(" ")
    assert difference(*photo) == 0 and difference(photo[0], edited[0]) > 1
    assert [difference(*pair) for pair in zip(edited, opened.pictures(), strict=True)] == [0, 0]
    assert opened.values() == {"Smiling": -1.5}


def held_photo(tab: Tab) -> None:
    tab.page.wait_for_function(
        "() => document.querySelector('.pane.w_star .badge').textContent === 'Your photo'", timeout=20_000
    )


def let_go(tab: Tab) -> None:
    tab.page.wait_for_function("() => document.querySelector('.pane.w_star .badge').hidden", timeout=20_000)


def test_the_photo_is_shown_while_the_mouse_holds_a_picture_or_the_eye(opened):
    for place in (opened.page.locator(".pane.w_plus .lens"), opened.page.locator("button.original")):
        opened.page.mouse.move(*opened.at(place))
        opened.page.mouse.down()
        held_photo(opened)
        opened.page.mouse.up()
        let_go(opened)


def test_the_photo_is_shown_while_a_finger_holds_a_picture_or_the_eye(phone):
    for place in (phone.page.locator(".pane.w_plus .lens"), phone.page.locator("button.original")):
        phone.finger("touchStart", phone.at(place, 0.5, 0.4))
        held_photo(phone)
        phone.finger("touchEnd")
        let_go(phone)


def test_a_mouse_that_leaves_while_it_holds_does_not_leave_the_photo_there(opened):
    opened.page.mouse.move(*opened.at(opened.page.locator(".pane.w_plus .lens")))
    opened.page.mouse.down()
    held_photo(opened)
    opened.page.mouse.move(*opened.at(opened.page.locator("h1")))
    opened.page.mouse.up()
    let_go(opened)


def test_wheel_drag_keys_and_buttons_zoom_and_move_both_pictures_together(opened):
    lens = opened.page.locator(".pane.w_plus .lens")
    opened.page.mouse.move(*opened.at(lens, 0.25, 0.25))
    opened.page.mouse.wheel(0, -300)
    opened.page.wait_for_function(f"() => ({ZOOM})()[0] > 1.5", timeout=20_000)
    zoom, x, y = opened.page.evaluate(ZOOM)
    assert x > 0.1 and y > 0.1, "what is under the pointer stays there"
    opened.drag([opened.at(lens, 0.6, 0.6), opened.at(lens, 0.5, 0.55)])
    assert opened.page.evaluate(ZOOM) == [zoom, pytest.approx(x - 0.1, abs=0.02), pytest.approx(y - 0.05, abs=0.02)]
    left, right = (seen(opened, space) for space in SPACES)
    assert left[2:] == right[2:] and left[1] == right[1] and left[2] == pytest.approx(zoom * opened.box(lens)[2], rel=0.01)
    opened.shoot("zoomed")
    views = opened.page.locator(".views")
    views.press("0")
    assert opened.page.evaluate(ZOOM) == [1, 0, 0]
    views.press("+")
    opened.page.get_by_label("Zoom in").click()
    assert opened.page.evaluate(ZOOM)[0] == pytest.approx(1.25**2)
    views.press("ArrowRight")
    assert opened.page.evaluate(ZOOM)[1] == pytest.approx(-0.1)
    views.press("-")
    opened.page.get_by_label("Zoom out").click()
    assert opened.page.evaluate(ZOOM) == [1, 0, 0], "and there is no gap beside the picture"
    assert opened.values() == {}


def test_two_fingers_zoom_and_one_moves(phone):
    phone.mode("swipe")
    lens = phone.page.locator(".pane.w_plus .lens")
    near = [phone.at(lens, 0.45, 0.45), phone.at(lens, 0.55, 0.45)]
    phone.finger("touchStart", *near)
    for spread in (0.1, 0.15, 0.2):
        phone.finger("touchMove", phone.at(lens, 0.5 - spread, 0.45), phone.at(lens, 0.5 + spread, 0.45))
    phone.finger("touchEnd")
    zoom, x, _ = phone.page.evaluate(ZOOM)
    assert zoom > 2
    phone.swipe([phone.at(lens, 0.6, 0.4), phone.at(lens, 0.5, 0.4)])
    assert phone.page.evaluate(ZOOM)[1] == pytest.approx(x - 0.1, abs=0.06)
    assert share(phone) == 0.5, "a finger that moves a zoomed picture leaves the divider"
