"""A photo comes in: dropped, pasted, chosen, taken, or an example; and what cannot be opened is told in words."""

import base64
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.chromium import find
from tests.browser.photos import EXAMPLES, ORIENTATIONS, crowd, heic, motion_jpeg, nobody, person, shown, turned
from tests.browser.tab import PATIENCE, Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser
EVENT = """([kind, content, name, type]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const given = new DataTransfer();
  given.items.add(new File([bytes], name, { type }));
  const how = { bubbles: true, cancelable: true };
  const pasted = () => new ClipboardEvent(kind, { ...how, clipboardData: given });
  const dragged = () => new DragEvent(kind, { ...how, dataTransfer: given });
  return document.querySelector("main").dispatchEvent(kind === "paste" ? pasted() : dragged());
}"""
"""Lets something happen with a file; false where the page has kept the browser from opening the file itself."""


@pytest.fixture(scope="module")
def tab(visit) -> Tab:
    """One tab for all photos: opening one must not depend on what was open before."""
    return visit()


def give(tab: Tab, path) -> None:
    """Choose a photo."""
    tab.page.locator("#photo-file").set_input_files(str(path))


def opened(tab: Tab, before: str | None = None) -> None:
    """Wait until a photo is open, and another than the one whose address is `before`."""
    tab.opened()
    tab.page.wait_for_function("old => document.querySelector('img.photo').src !== old", arg=before or "")
    tab.opened()


def address(tab: Tab) -> str:
    return tab.page.locator("img.photo").get_attribute("src") or ""


def show(tab: Tab, path) -> Image.Image:
    """Choose a photo; what the page shows of it, once it is open."""
    before = address(tab)
    give(tab, path)
    opened(tab, before)
    return shown(tab.page)


def event(tab: Tab, kind: str, path) -> bool:
    content = base64.b64encode(path.read_bytes()).decode()
    return tab.page.evaluate(EVENT, [kind, content, path.name, "image/jpeg"])


@pytest.mark.parametrize("how", ["drop", "paste", "choose", "example"])
def test_each_way_in_opens_the_photo(tab, how):
    tab.arrive()
    if how == "choose":
        give(tab, EXAMPLES[0])
    elif how == "example":
        tab.page.locator(".example").first.click()
    else:
        assert not event(tab, how, EXAMPLES[0]) or how == "paste"
    opened(tab)
    assert difference(shown(tab.page), Image.open(EXAMPLES[0]).convert("RGB").resize(shown(tab.page).size)) < 4
    expect(tab.slider("Smiling")).to_be_enabled()
    assert tab.picture("w_star").width >= 512


def test_where_a_photo_can_be_dropped_is_shown_while_one_is_dragged_over_the_page(tab):
    place = tab.page.locator(".drop-here")
    for kind, seen in [("dragenter", True), ("dragleave", False), ("dragenter", True), ("drop", False)]:
        before = address(tab)
        event(tab, kind, EXAMPLES[1])
        expect(place).to_be_visible() if seen else expect(place).to_be_hidden()
    opened(tab, before)


def test_the_camera_takes_a_photo(browser, served, tmp_path):
    film = motion_jpeg(person(0, 640), tmp_path / "film.mjpeg")
    flags = ["--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    own = browser.browser_type.launch(executable_path=find(), args=[*flags, f"--use-file-for-fake-video-capture={film}"])
    try:
        tab = Tab(own, served.url, permissions=["camera"])
        tab.page.locator(".welcome").get_by_role("button", name="camera").click()
        tab.page.wait_for_function("() => document.querySelector('dialog.camera video').videoWidth > 0")
        tab.page.locator("dialog.camera .main").click()
        opened(tab)
        assert difference(shown(tab.page).resize((64, 64)), person(0, 640).resize((64, 64))) < 30
        live = "() => document.querySelector('dialog.camera video').srcObject"
        assert tab.page.evaluate(live) is None, "the camera is off again"
    finally:
        own.close()


def test_a_browser_without_a_camera_says_so(tab):
    tab.arrive()
    tab.page.evaluate("() => navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))")
    tab.page.locator(".welcome").get_by_role("button", name="camera").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("camera")
    assert tab.page.locator("dialog[open]").count() == 0


def test_a_photo_of_a_telephone_is_shown_though_the_browser_cannot_decode_it(tab, tmp_path):
    path = heic(person(1, 480), tmp_path / "IMG_0001.heic")
    assert difference(show(tab, path), person(1, 480)) < 6


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_photo_is_shown_upright_however_the_camera_was_held(tab, tmp_path, orientation):
    upright = crowd(1, 400)
    assert difference(show(tab, turned(upright, orientation, tmp_path / "turned.jpg")), upright) < 4
    box = tab.page.locator(".face-box")
    expect(box).to_have_count(1)
    left, top, width, height = (
        box.evaluate("(box, side) => parseFloat(box.style[side])", side) for side in ("left", "top", "width", "height")
    )
    assert 25 < left + width / 2 < 75 and 20 < top + height / 2 < 80


@pytest.mark.parametrize("name", ["фото 我 #%20é.jpg", "dots...jpg", "50%.jpg", "a&b=c?d.jpg"])
def test_the_name_of_the_file_may_be_any(tab, tmp_path, name):
    path = tmp_path / name
    person(2, 400).save(path, quality=95)
    assert difference(show(tab, path), person(2, 400)) < 4


def test_a_photo_that_is_not_waited_for_leaves_the_one_before_with_its_edit(tab):
    show(tab, EXAMPLES[0])
    tab.move(Smiling=1.4)
    tab.rest()
    held = []
    tab.page.route("**/face/open", lambda route: held.append(route) if len(held) < 3 else route.continue_())
    try:
        give(tab, EXAMPLES[1])
        tab.page.wait_for_timeout(300)
        give(tab, EXAMPLES[2])  # before the other one is open
        for _ in range(2):  # opening the first one again is not waited for either
            tab.page.wait_for_timeout(300)
            tab.page.get_by_role("button", name="Cancel").click()
        opened(tab)
        assert difference(shown(tab.page), Image.open(EXAMPLES[0]).convert("RGB").resize(shown(tab.page).size)) < 4
        assert tab.values() == {"Smiling": 1.4}
        tab.rest()
        assert len(held) == 3
        [each.abort() for each in held]
        assert tab.values() == {"Smiling": 1.4}, "what comes of the other one afterwards changes nothing"
    finally:
        tab.page.unroute("**/face/open")


def test_several_people_are_edited_one_after_another_and_each_keeps_their_edit(tab, tmp_path):
    path = tmp_path / "crowd.jpg"
    crowd().save(path, quality=95)
    show(tab, path)
    boxes = tab.page.locator(".face-box")
    expect(boxes).to_have_count(5)
    assert boxes.all_inner_texts() == list("12345")
    assert [box.get_attribute("aria-pressed") for box in boxes.all()] == ["true"] + 4 * ["false"]
    tab.let_be()
    first = tab.picture("w_star")
    tab.move(Smiling=1.5)
    assert difference(tab.picture("w_star"), first) > 1
    face(tab, 3)
    assert tab.values() == {} and difference(tab.picture("w_star"), first) > 10, "another person, unedited"
    tab.move(Male=1.0)
    face(tab, 1)
    assert tab.values() == {"Smiling": 1.5}
    edited = tab.picture("w_star")
    assert difference(edited, first) > 1
    face(tab, 3)
    assert tab.values() == {"Male": 1.0} and difference(tab.picture("w_star"), edited) > 10


def face(tab: Tab, number: int) -> None:
    """Open another face of the photo by its number."""
    before, box = address(tab), tab.page.locator(".face-box").nth(number - 1)
    box.locator("span").click()  # its number: boxes may overlap
    opened(tab, before)
    expect(box).to_have_attribute("aria-pressed", "true")
    tab.let_be()


def test_where_no_face_is_found_eyes_and_mouth_are_placed_by_hand(tab, tmp_path):
    path = tmp_path / "nobody.jpg"
    nobody().save(path, quality=95)
    give(tab, path)
    alert = tab.page.get_by_role("alert")
    expect(alert).to_contain_text("No face was found", timeout=PATIENCE)
    assert difference(shown(tab.page), nobody()) < 4, "the photo can be seen"
    alert.get_by_role("button").first.click()
    handle = tab.page.get_by_role("dialog").get_by_role("button", name=re.compile("mouth", re.I))
    expect(handle).to_be_visible()
    before = handle.bounding_box()
    handle.press("Shift+ArrowDown")
    assert handle.bounding_box()["y"] > before["y"]
    tab.page.locator("dialog.points .main").click()
    tab.opened()
    expect(tab.slider("Smiling")).to_be_enabled()


def test_a_face_placed_by_hand_and_the_faces_that_were_found_keep_their_edits(tab, tmp_path):
    path = tmp_path / "two.jpg"
    crowd(2).save(path, quality=95)
    give(tab, path)
    tab.opened()
    tab.move(Smiling=1.5)
    by_hand = tab.page.get_by_role("button", name="Place the face by hand").first
    dialog = tab.page.locator("dialog.points")
    by_hand.click()
    before = address(tab)
    dialog.locator(".main").click()
    opened(tab, before)
    expect(tab.page.locator(".face-box")).to_have_count(3)
    assert tab.values() == {}
    tab.move(Young=-1.0)
    by_hand.click()
    for _ in range(60):
        dialog.get_by_role("button", name=re.compile("mouth", re.I)).press("Shift+ArrowUp")
    dialog.locator(".main").click()
    expect(tab.page.get_by_role("alert")).to_contain_text("lies above them", timeout=PATIENCE)
    assert tab.values() == {"Young": -1.0}, "what was open stays"
    face(tab, 1)
    assert tab.values() == {"Smiling": 1.5}
    face(tab, 3)
    assert tab.values() == {"Young": -1.0}


BAD = {
    "no photo": (b"Dear diary", "not a photo"),
    "empty": (b"", "empty"),
    "PDF": (b"%PDF-1.7 not a photo", "not a photo"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a photo"),
    "cut": (EXAMPLES[0].read_bytes()[:3000], "damaged|not a photo|incomplete|cut"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_told_in_words_and_the_page_goes_on(tab, tmp_path, kind):
    content, sentence = BAD[kind]
    path = tmp_path / "bad.jpg"
    path.write_bytes(content)
    tab.arrive()
    give(tab, path)
    said = tab.page.locator(".welcome .said.bad")
    expect(said).to_contain_text(re.compile(sentence), timeout=PATIENCE)
    expect(tab.slider("Smiling")).to_be_disabled()
    assert "Traceback" not in tab.page.locator("body").inner_text()
    give(tab, EXAMPLES[0])
    tab.opened()
    expect(said).to_be_hidden()


def test_a_bad_file_leaves_the_open_photo_and_its_edit(tab, tmp_path):
    show(tab, EXAMPLES[0])
    tab.let_be()
    tab.move(Smiling=-1)
    before = address(tab)
    (path := tmp_path / "notes.jpg").write_text("Dear diary")
    give(tab, path)
    expect(tab.page.locator(".alert")).to_contain_text("notes.jpg is not a photo")
    tab.opened()
    tab.let_be()
    assert address(tab) == before and tab.values() == {"Smiling": -1}
    expect(tab.slider("Smiling")).to_be_enabled()
    tab.move(Smiling=1)
    tab.page.locator(".alert").get_by_label("Close").click()


def test_a_file_that_is_too_large_is_not_even_sent_and_what_is_open_stays(tab, tmp_path):
    sent = []
    give(tab, EXAMPLES[0])
    tab.opened()
    tab.page.on("request", lambda request: sent.append(request.url) if "upload" in request.url else None)
    path = tmp_path / "large.tiff"
    with path.open("wb") as file:
        file.truncate(101_000_000)
    give(tab, path)
    expect(tab.page.get_by_role("alert")).to_contain_text("100 MB")
    assert sent == []
    assert tab.page.locator("#face-editor").get_attribute("data-state") == "open"
