"""The likeness: it improves by itself where the visitor sees it, while they edit, until it is good or they stop it."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from editor.ui.improving import LIKENESS
from tests.browser.photos import EXAMPLES, shown
from tests.browser.tab import PATIENCE, Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser
BUSY = ".likeness.busy"


LONG = 400
"""Steps of refining that go on for as long as a test needs."""


def open_photo(tab: Tab, path) -> None:
    """Open a photo whose first likeness is poor, and wait until it is being improved."""
    tab.page.locator("#photo-file").set_input_files(str(path))
    tab.opened()
    tab.page.wait_for_selector(BUSY)


def original(tab: Tab) -> Image.Image:
    """The face in the photo, as the page shows it while it is asked for the original."""
    button = tab.page.locator("button.original")
    button.dispatch_event("pointerdown")
    seen = tab.picture("w_star")
    button.dispatch_event("pointerup")
    return seen


def changed(tab: Tab, before: Image.Image) -> Image.Image:
    """The picture in W*, once it is another than before."""
    for _ in range(PATIENCE // 200):
        if (now := tab.picture("w_star")).size != before.size or difference(now, before) > 0.2:
            return now
        tab.page.wait_for_timeout(200)
    raise AssertionError("the picture did not change")


def distance(picture: Image.Image, face: Image.Image) -> float:
    return difference(picture.resize((256, 256)), face.resize((256, 256)))


def stop(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Stop", exact=True).click()
    tab.page.wait_for_selector(".likeness:not(.busy)")


def test_it_improves_by_itself(visit, photo_path):
    tab = visit()
    open_photo(tab, photo_path)
    expect(tab.page.locator(".likeness progress")).to_be_visible()
    gauge = tab.page.locator(".gauge")
    said, first, face = gauge.get_attribute("aria-label"), tab.picture("w_star"), original(tab)
    tab.page.wait_for_selector(".likeness:not(.busy)", timeout=PATIENCE)  # nobody pressed anything
    tab.rest()
    assert gauge.get_attribute("aria-label") != said
    assert distance(tab.picture("w_star"), face) < distance(first, face)


def test_one_edits_while_it_improves_and_stopping_keeps_the_best(visit, photo_path, monkeypatch):
    monkeypatch.setitem(LIKENESS, "refine", LONG)
    tab = visit()
    open_photo(tab, photo_path)
    first, face = tab.picture("w_star"), original(tab)
    tab.press("Eyeglasses", "Shift+ArrowRight", 2)
    edited = changed(tab, first)
    assert tab.page.locator(BUSY).count() == 1, "editing and improving at the same time"
    stop(tab)
    tab.rest()
    expect(tab.page.locator(".notice")).to_contain_text("Stopped")
    assert tab.values() == {"Eyeglasses": 2.0}
    kept, unedited = tab.picture("w_star"), undone(tab)
    assert distance(kept, unedited) > 1, "the edit was carried over"
    assert distance(unedited, face) < distance(first, face) + 0.5, "the best is kept"
    assert edited.size[0] >= 512


def undone(tab: Tab) -> Image.Image:
    """The picture without edits."""
    tab.page.locator("#reset-all").click()
    tab.rest()
    return tab.picture("w_star")


def test_the_progress_goes_on_and_a_fit_goes_further(visit, photo_path):
    tab = visit()
    open_photo(tab, photo_path)
    bar = tab.page.locator(".likeness progress")
    tab.page.wait_for_function("() => document.querySelector('.likeness progress').value > 0")
    step = bar.evaluate("bar => bar.value")
    tab.page.wait_for_function("step => document.querySelector('.likeness progress').value > step", arg=step)
    stop(tab)
    tab.rest()
    before, face = tab.picture("w_star"), original(tab)
    tab.page.get_by_role("button", name="Fit to this photo").click()
    expect(tab.page.locator(BUSY)).to_have_count(1)
    fitted = changed(tab, before)
    stop(tab)
    tab.rest()
    assert distance(fitted, face) < distance(before, face)


def test_another_photo_meanwhile_has_its_own_face(visit, photo_path):
    tab = visit()
    open_photo(tab, photo_path)
    before, face = tab.picture("w_star"), original(tab)
    changed(tab, before)
    old = tab.page.locator("img.photo").get_attribute("src")
    tab.page.locator("#photo-file").set_input_files(str(EXAMPLES[1]))
    tab.page.wait_for_function("old => document.querySelector('img.photo').src !== old", arg=old)
    tab.opened()
    assert difference(shown(tab.page).resize((64, 64)), Image.open(EXAMPLES[1]).convert("RGB").resize((64, 64))) < 6
    tab.let_be()
    other = original(tab)
    assert distance(tab.picture("w_star"), other) < distance(tab.picture("w_star"), face)
    tab.move(Smiling=1.0)
    assert distance(tab.picture("w_star"), other) < distance(tab.picture("w_star"), face)


def test_whoever_has_to_wait_for_a_turn_is_told_and_can_stop(visit, photo_path, monkeypatch):
    monkeypatch.setitem(LIKENESS, "refine", LONG)
    one, other = visit(), visit()
    open_photo(one, photo_path)
    open_photo(other, photo_path)
    expect(other.page.locator(".gauge-note")).to_contain_text("1 ahead", timeout=PATIENCE)
    stop(other)
    assert one.page.locator(BUSY).count() == 1, "who waits does not have to wait for the stop too"
    stop(one)
