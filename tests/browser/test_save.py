"""Saving: one dialog; the file is what is seen, in the format asked for, and says nothing of the photo."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.tab import Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def edited(desk) -> Tab:
    desk.reset()
    desk.move(Smiling=-1.5)
    return desk


@pytest.fixture
def tab(edited) -> Tab:
    """A tab with an edit and an open dialog."""
    edited.page.evaluate("() => document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())")
    edited.page.locator("#save").click()
    return edited


def saved(tab: Tab, what: str, kind: str) -> Image.Image:
    """The file that the browser keeps."""
    dialog = tab.page.locator("dialog[open]")
    dialog.get_by_label(what, exact=True).check()
    dialog.get_by_label(kind, exact=True).check()
    with tab.page.expect_download() as download:
        dialog.get_by_role("button", name="Save").click()
    picture = Image.open(download.value.path())
    picture.load()
    ending = {"PNG": "png", "JPEG": "jpg", "WebP": "webp"}[kind]
    assert download.value.suggested_filename.endswith(f".{ending}") and picture.format == kind.upper()
    assert len(picture.getexif()) == 0 and "exif" not in picture.info
    expect(tab.page.locator("dialog[open]")).to_have_count(0)
    return picture.convert("RGB")


@pytest.mark.parametrize(
    ("what", "kind", "space"),
    [("The result in W*", "PNG", "w_star"), ("The result in W+", "WebP", "w_plus"), ("The result in W*", "JPEG", "w_star")],
)
def test_a_result_is_saved_as_it_is_seen(tab, what, kind, space):
    picture = saved(tab, what, kind)
    assert picture.size == (1024, 1024) and difference(picture, tab.picture(space)) < 3


def test_both_stand_beside_each_other(tab):
    picture = saved(tab, "Both beside each other", "JPEG")
    w_plus, w_star = tab.pictures()
    assert picture.height == 1024 and picture.width >= 2048
    assert difference(picture.crop((0, 0, 1024, 1024)), w_plus) < 3
    assert difference(picture.crop((picture.width - 1024, 0, picture.width, 1024)), w_star) < 3


def test_before_and_after(tab):
    picture = saved(tab, "Before and after (W*)", "JPEG")
    before, after = picture.crop((0, 0, 1024, 1024)), picture.crop((picture.width - 1024, 0, picture.width, 1024))
    assert difference(after, tab.picture("w_star")) < 3 and difference(before, after) > 1


def test_a_film_strip_has_five_columns_and_two_rows(tab):
    picture = saved(tab, "Film strip in both spaces", "JPEG")
    assert picture.width > 5 * 512 and picture.height > 2 * 512


def test_quality_is_asked_for_where_it_matters(tab):
    dialog = tab.page.locator("dialog[open]")
    dialog.get_by_label("The result in W*", exact=True).check()
    dialog.get_by_label("PNG", exact=True).check()
    expect(dialog.get_by_label("Quality")).to_be_hidden()
    dialog.get_by_label("JPEG", exact=True).check()
    expect(dialog.get_by_label("Quality")).to_be_visible()
    dialog.get_by_label("Quality").fill("60")
    expect(dialog.locator("output")).to_have_text("60")
    tab.shoot("save")
    with tab.page.expect_request("**/face/save") as request, tab.page.expect_download():
        dialog.get_by_role("button", name="Save").click()
    assert request.value.post_data_json["quality"] == 60


def test_keys_open_and_close_the_dialog_and_the_focus_goes_back(tab):
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("dialog[open]")).to_have_count(0)
    expect(tab.page.locator("#save")).to_be_focused()
    tab.page.keyboard.press("Control+s")
    expect(tab.page.locator("dialog[open].saving")).to_have_count(1)


def test_an_error_is_said_in_the_dialog_which_stays(tab):
    answer = {"status": 500, "content_type": "application/json", "body": '{"error": "The disk is full.", "kind": "failed"}'}
    tab.page.route("**/face/save", lambda route: route.fulfill(**answer))
    tab.page.locator("dialog[open]").get_by_role("button", name="Save").click()
    expect(tab.page.locator("dialog[open] [role=alert]")).to_have_text("The disk is full.")
    tab.page.unroute("**/face/save")


def test_nothing_is_saved_where_nothing_is_open(visit):
    tab = visit("phone")
    tab.page.keyboard.press("Control+s")
    expect(tab.page.locator("dialog[open]")).to_have_count(0)
