"""Saving: one dialog; the file is what is seen, in the format asked for, says that it was edited, and nothing of the camera."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from editor import FaceEdit, Recipe
from editor.saving.embedded import marked
from tests.browser.photos import crowd
from tests.browser.tab import Tab
from tests.conftest import ROOT, difference

pytestmark = pytest.mark.browser
EXAMPLE = ROOT / "assets" / "examples" / "a.jpg"
KINDS = {"PNG": "png", "JPEG": "jpg", "WebP": "webp", "The photo's own format": "jpg"}


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


def saved(tab: Tab, what: str, kind: str, scope: str = "The face alone, 1024 pixels") -> Image.Image:
    """The file that the browser keeps."""
    dialog = tab.page.locator("dialog[open]")
    dialog.get_by_label(what, exact=True).check()
    if not dialog.get_by_label(scope, exact=True).is_disabled():
        dialog.get_by_label(scope, exact=True).check()
    dialog.get_by_label("As", exact=True).select_option(label=kind)
    with tab.page.expect_download() as download:
        dialog.get_by_role("button", name="Save").click()
    path = download.value.path()
    picture = Image.open(path)
    picture.load()
    assert download.value.suggested_filename.endswith(f".{KINDS[kind]}")
    assert len(picture.getexif()) == 0 and "exif" not in picture.info
    expect(tab.page.locator("dialog[open]")).to_have_count(0)
    picture.info["mark"] = marked(path.read_bytes())
    return picture


@pytest.mark.parametrize(
    ("what", "kind", "space"),
    [("The result in W*", "PNG", "w_star"), ("The result in W+", "WebP", "w_plus"), ("The result in W*", "JPEG", "w_star")],
)
def test_a_face_is_saved_as_it_is_seen(tab, what, kind, space):
    picture = saved(tab, what, kind)
    assert picture.size == (1024, 1024) and difference(picture.convert("RGB"), tab.picture(space)) < 3


def test_the_whole_photo_is_saved_as_it_is_seen_with_mark_and_settings(tab):
    picture = saved(tab, "The result in W*", "The photo's own format", "The whole photo")
    mark = picture.info["mark"]
    assert mark.source.startswith("composite") and mark.recipe.edits[0].strengths == {"Smiling": -1.5}
    tab.mode("whole")
    tab.page.wait_for_selector(".pane.w_star canvas[data-shows=whole]")
    assert difference(picture.convert("RGB"), tab.picture("w_star")) < 3
    tab.page.keyboard.down(" ")
    before = tab.picture("w_star")
    tab.page.keyboard.up(" ")
    assert difference(before, picture.convert("RGB")) > 0.2
    tab.shoot("whole")
    tab.mode("side")


def test_both_stand_beside_each_other(tab):
    picture = saved(tab, "Both beside each other", "JPEG").convert("RGB")
    w_plus, w_star = tab.pictures()
    assert picture.height == 1024 and picture.width >= 2048
    assert difference(picture.crop((0, 0, 1024, 1024)), w_plus) < 3
    assert difference(picture.crop((picture.width - 1024, 0, picture.width, 1024)), w_star) < 3


def test_a_film_strip_has_five_columns_and_two_rows(tab):
    picture = saved(tab, "Film strip in both spaces", "JPEG")
    assert picture.width > 5 * 512 and picture.height > 2 * 512


def test_what_does_nothing_cannot_be_chosen(tab):
    dialog = tab.page.locator("dialog[open]")
    dialog.get_by_label("The result in W*", exact=True).check()
    kind = dialog.get_by_label("As", exact=True)
    kind.select_option(label="PNG")
    expect(dialog.get_by_label("Quality")).to_be_hidden()
    dialog.get_by_label("Moving picture of one slider").check()
    assert kind.locator("option").all_inner_texts() == ["MP4", "WebP", "GIF"]
    expect(dialog.get_by_label("The whole photo")).to_be_disabled()
    dialog.get_by_label("The settings alone, to use them again").check()
    expect(kind).to_be_hidden()
    dialog.get_by_label("The result in W*", exact=True).check()
    kind.select_option(label="JPEG")
    dialog.get_by_label("Quality").fill("60")
    expect(dialog.locator("output")).to_have_text("60")
    dialog.get_by_label("Say in the file that AI edited it").uncheck()
    tab.shoot("save")
    with tab.page.expect_request("**/face/save") as request, tab.page.expect_download():
        dialog.get_by_role("button", name="Save").click()
    assert request.value.post_data_json["quality"] == 60 and request.value.post_data_json["mark"] is False


def test_settings_of_an_edit_as_in_the_paper_draw_it_so_again(visit, tmp_path):
    tab = visit().open_example()
    file = tmp_path / "paper-recipe.json"
    file.write_text(Recipe((FaceEdit({"Smiling": 1.0}, local=False),), "embedded-svm").to_json())
    tab.page.locator("#photo-file").set_input_files(file)
    tab.page.wait_for_function("() => Number(document.querySelector('#slider-Smiling').value) === 1")
    tab.rest()
    assert tab.draws()[-1]["paper"] is True and tab.draws()[-1]["strengths"] == {"Smiling": 1}


def test_saved_settings_are_dropped_back(tab, tmp_path):
    """As JSON, and inside a picture."""
    page, dialog = tab.page, tab.page.locator("dialog[open]")
    dialog.get_by_label("The settings alone, to use them again").check()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save").click()
    download.value.save_as(recipe := tmp_path / download.value.suggested_filename)
    assert recipe.name.endswith("-recipe.json")
    page.locator("#save").click()
    dialog.get_by_label("The result in W*", exact=True).check()
    dialog.get_by_label("Say in the file that AI edited it").check()
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Save").click()
    download.value.save_as(picture := tmp_path / download.value.suggested_filename)
    for file in (recipe, picture):
        page.locator("#reset-all").click()
        tab.rest()
        page.locator("#photo-file").set_input_files(file)
        if file is picture:
            page.get_by_role("button", name="Use them on the open photo").click()
        page.wait_for_function("() => Number(document.querySelector('#slider-Smiling').value) === -1.5")
        tab.rest()
    page.locator("#photo-file").set_input_files(picture)
    page.get_by_role("button", name="Open it as a photo").click()
    tab.opened()
    expect(page.get_by_role("alert").first).to_contain_text("edited already")
    tab.let_be()
    assert tab.values() == {}
    tab.page.locator("#photo-file").set_input_files(EXAMPLE)
    tab.opened()
    tab.let_be()
    tab.move(Smiling=-1.5)


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


def test_edits_of_two_people_go_into_one_photo(edited, tmp_path):
    page = edited.page
    page.evaluate("() => document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())")
    crowd(2).save(path := tmp_path / "two.png")
    page.locator("#photo-file").set_input_files(path)
    page.wait_for_selector(".face-box:nth-child(2)")
    edited.opened()
    edited.let_be()
    edited.move(Smiling=-1.5)
    page.get_by_role("button", name="Face 2 of 2").click()
    page.wait_for_selector(".face-box:nth-child(2)[aria-pressed=true]")
    edited.opened()
    edited.let_be()
    assert edited.values() == {}
    edited.move(Young=1.5)  # older
    page.locator("#save").click()
    picture = saved(edited, "The result in W*", "PNG", "The whole photo")
    edits = picture.info["mark"].recipe.edits
    assert [(edit.face, edit.strengths) for edit in edits] == [(0, {"Smiling": -1.5}), (1, {"Young": -1.5})]
    changed = np.abs(np.asarray(picture.convert("RGB")).astype(int) - np.asarray(crowd(2)))
    assert changed[:, : picture.width // 2].mean() > 0.5 and changed[:, picture.width // 2 :].mean() > 0.5
