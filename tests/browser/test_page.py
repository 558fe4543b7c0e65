"""What a person does on the page, in a real browser."""

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import ROOT, difference

pytestmark = pytest.mark.browser
EXAMPLES = sorted((ROOT / "assets" / "examples").glob("*.jpg"))
PANES = ("face", "reconstruction", "w-plus", "w-star")


def pane(page, name: str) -> Image.Image:
    """The picture a pane shows, as the browser received it."""
    source = page.locator(f"#{name} img").first.get_attribute("src", timeout=60_000)
    return Image.open(io.BytesIO(page.request.get(source).body())).convert("RGB")


def source(page, name: str) -> str:
    return page.locator(f"#{name} img").first.get_attribute("src")


def upload(page, path) -> None:
    """Upload a photo and wait until all four pictures are there."""
    page.locator("#photo input[type=file]").first.set_input_files(str(path))
    page.locator("#w-star img").first.wait_for(timeout=90_000)
    drawn = f"{list(PANES)}.every(name => document.querySelector(`#${{name}} img`)?.naturalWidth > 0)"
    page.wait_for_function(f"() => {drawn}", timeout=30_000)


def wait_for_change(page, before: dict[str, str], seconds: float = 60) -> None:
    """Wait until both results are other pictures than before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if all(source(page, name) != before[name] for name in ("w-plus", "w-star")):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the results did not change")


def wait_for_full_size(page) -> None:
    """Wait until both results are drawn at full size: the sliders rest."""
    both = "['w-plus', 'w-star'].every(name => document.querySelector(`#${name} img`).naturalWidth === 1024)"
    page.wait_for_function(f"() => {both}", timeout=60_000)


def results(page) -> dict[str, str]:
    return {name: source(page, name) for name in ("w-plus", "w-star")}


def test_upload_shows_face_and_reconstruction_and_zero_is_the_reconstruction(page, photo_path):
    upload(page, photo_path)
    pictures = {name: pane(page, name) for name in PANES}
    assert all(picture.size == (1024, 1024) for picture in pictures.values())
    assert difference(pictures["face"], pictures["reconstruction"]) > 2
    assert difference(pictures["w-plus"], pictures["reconstruction"]) == 0
    assert difference(pictures["w-star"], pictures["reconstruction"]) == 0


def test_dragging_a_slider_with_the_mouse_changes_both_results(page, photo_path):
    upload(page, photo_path)
    before, reconstruction = results(page), pane(page, "reconstruction")
    slider = page.locator("#slider-Smiling input[type=range]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    for share in (0.4, 0.3, 0.2, 0.1, 0.05):
        page.mouse.move(box["x"] + box["width"] * share, middle)
        page.wait_for_timeout(50)
    page.mouse.up()
    wait_for_change(page, before)
    page.wait_for_timeout(3000)  # the last position is drawn last
    wait_for_full_size(page)
    assert float(slider.input_value()) < -1.5
    for name in ("w-plus", "w-star"):
        assert difference(pane(page, name), reconstruction) > 1
    assert difference(pane(page, "w-plus"), pane(page, "w-star")) > 0.5
    judged = page.locator("#changes .change.asked")
    expect(judged).to_have_count(2, timeout=30_000)
    assert all(float(line.split()[-1]) < -0.3 for line in judged.all_inner_texts()), "both spaces took the smile away"
    expect(page.locator("#changes .change.along")).to_have_count(6)
    before = results(page)
    page.locator("#reset").click()
    wait_for_change(page, before)
    page.wait_for_timeout(1500)
    wait_for_full_size(page)
    assert difference(pane(page, "w-star"), reconstruction) == 0, "reset leads back"
    expect(page.locator("#changes")).not_to_contain_text("asked", timeout=30_000)


def test_a_small_picture_comes_first_and_the_full_one_when_the_slider_rests(page, photo_path):
    upload(page, photo_path)
    drawn = []
    page.on("response", lambda response: drawn.append(response) if response.url.endswith(".jpg") else None)
    slider = page.locator("#slider-Smiling input[type=range]")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowLeft")
    size = page.locator("#w-star img").bounding_box()
    page.wait_for_function("() => document.querySelector('#w-star img').naturalWidth < 1024", timeout=60_000)
    assert page.locator("#w-star img").bounding_box() == size, "the page does not jump"
    wait_for_full_size(page)
    page.wait_for_timeout(500)
    widths = [Image.open(io.BytesIO(response.body())).width for response in drawn]
    assert widths[:2] == [512, 512] and widths[-2:] == [1024, 1024], widths


def test_edits_keep_to_their_places_until_they_are_let_go(page, photo_path):
    upload(page, photo_path)
    before, reconstruction = results(page), pane(page, "reconstruction")
    slider = page.locator("#slider-Smiling input[type=range]")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowLeft")
    wait_for_change(page, before)
    page.wait_for_timeout(1500)
    wait_for_full_size(page)
    switch = page.get_by_label("Local edits")
    expect(switch).to_be_checked()
    before, kept = results(page), pane(page, "w-star")
    switch.uncheck()
    wait_for_change(page, before)
    wait_for_full_size(page)
    free = pane(page, "w-star")
    corner = (0, 0, 150, 150)
    kept_change, free_change = (difference(image.crop(corner), reconstruction.crop(corner)) for image in (kept, free))
    assert kept_change < 0.5 * free_change
    before = results(page)
    switch.check()
    wait_for_change(page, before)
    wait_for_full_size(page)
    assert difference(pane(page, "w-star"), kept) == 0


def test_other_attributes_are_preserved_in_w_star_alone(page, photo_path):
    upload(page, photo_path)
    slider = page.locator("#slider-Young input[type=range]")
    before = results(page)
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    wait_for_change(page, before)
    page.wait_for_timeout(1500)
    wait_for_full_size(page)
    w_plus, w_star = pane(page, "w-plus"), pane(page, "w-star")
    page.get_by_role("button", name="Preserve other attributes").click()
    expect(page.locator("#note")).to_contain_text("in W*, these sliders now", timeout=60_000)
    page.wait_for_timeout(1500)
    wait_for_full_size(page)
    assert difference(pane(page, "w-star"), w_star) > 0.3 and difference(pane(page, "w-plus"), w_plus) == 0


def test_the_keyboard_moves_a_slider(page, photo_path):
    upload(page, photo_path)
    before = results(page)
    slider = page.locator("#slider-Young input[type=range]")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowLeft")
    wait_for_change(page, before)
    assert float(slider.input_value()) == pytest.approx(-0.8)


@pytest.mark.parametrize("button", ["Refine likeness", "Fit the model to this photo"])
def test_improving_shows_progress_and_a_nearer_likeness_and_can_be_stopped(page, photo_path, button):
    upload(page, photo_path)
    expect(page.locator("#gauge")).to_contain_text("Likeness: poor")
    expect(page.locator("#note")).to_contain_text(button)
    before, gauge = source(page, "reconstruction"), page.locator("#gauge").inner_text()
    first = difference(pane(page, "face"), pane(page, "reconstruction"))
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_disabled()
    page.get_by_role("button", name=button).click()
    expect(page.locator("#note progress")).to_be_visible(timeout=30_000)
    page.wait_for_function("old => document.querySelector('#reconstruction img').src !== old", arg=before, timeout=90_000)
    stop.click()
    expect(page.locator("#note")).to_contain_text("Stopped", timeout=30_000)
    expect(stop).to_be_disabled()
    page.wait_for_timeout(2500)
    assert difference(pane(page, "face"), pane(page, "reconstruction")) < first
    assert page.locator("#gauge").inner_text() != gauge
    assert difference(pane(page, "w-star"), pane(page, "reconstruction")) == 0, "results follow the improved portrait"
    page.wait_for_timeout(2000)
    expect(page.locator("#note")).to_contain_text("Stopped")


def test_all_forty_sliders_are_reachable(page):
    expect(page.locator("input[type=range]:visible")).to_have_count(12)
    for group in page.get_by_role("button", name=re.compile("^More: ")).all():
        group.click()
    expect(page.locator("input[type=range]:visible")).to_have_count(40)


def test_the_download_is_a_full_size_png(page, photo_path):
    upload(page, photo_path)
    before = results(page)
    slider = page.locator("#slider-Male input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    wait_for_change(page, before)
    wait_for_full_size(page)
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Download W* (PNG)").click()
    assert download.value.suggested_filename == "edited-w-star.png"
    picture = Image.open(download.value.path())
    assert picture.format == "PNG" and picture.size == (1024, 1024)
    assert difference(picture.convert("RGB"), pane(page, "w-star")) < 3


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 not a photo", b"<svg/>"], ids=["empty", "pdf", "svg"])
def test_a_bad_file_is_told_in_words_and_the_page_goes_on(page, photo_path, tmp_path, content):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(content)
    page.locator("#photo input[type=file]").first.set_input_files(str(bad))
    expect(page.locator("#note")).to_contain_text(re.compile("not a photo|file is empty"), timeout=60_000)
    text = page.locator("body").inner_text()
    assert "Traceback" not in text
    page.reload()
    page.wait_for_selector("#slider-Smiling input[type=range]")
    upload(page, photo_path)


@pytest.fixture
def other(served, browser):
    """Another visitor's tab, in another browser."""
    context = browser.new_context(viewport={"width": 1400, "height": 1200})
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_selector("#slider-Smiling input[type=range]")
    yield page
    context.close()


def press(page, name: str, key: str, times: int) -> None:
    """Move a slider by the keyboard and wait until both results are drawn at full size."""
    slider, before = page.locator(f"#slider-{name} input[type=range]"), results(page)
    slider.focus()
    for _ in range(times):
        slider.press(key)
    wait_for_change(page, before)
    page.wait_for_timeout(1500)
    wait_for_full_size(page)


def test_two_visitors_never_see_each_other(page, other, photo_path):
    upload(page, photo_path)
    slider = other.locator("#slider-Smiling input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    other.wait_for_timeout(2000)
    expect(other.locator("#note")).to_contain_text("Upload a photo")
    assert other.locator("#w-star img").count() == 0 and other.locator("#face img").count() == 0
    upload(other, EXAMPLES[1])
    press(page, "Smiling", "ArrowRight", 10)
    press(other, "Young", "ArrowLeft", 10)
    one, two = (pane(visitor, "w-star") for visitor in (page, other))
    assert difference(one, pane(page, "reconstruction")) < difference(one, pane(other, "reconstruction"))
    assert difference(two, pane(other, "reconstruction")) < difference(two, pane(page, "reconstruction"))


def test_one_visitor_edits_while_another_fits_the_model(page, other, photo_path, editor):
    """Each picture is the one that the visitor would get alone."""
    upload(page, photo_path)
    upload(other, EXAMPLES[1])
    other.get_by_role("button", name="Fit the model to this photo").click()
    expect(other.locator("#note progress")).to_be_visible(timeout=60_000)
    press(page, "Smiling", "ArrowRight", 10)
    fitting = other.locator("#note progress").count()
    edited = {name: pane(page, name) for name in ("w-plus", "w-star")}
    other.get_by_role("button", name="Stop").click()
    expect(other.locator("#note")).to_contain_text("Stopped", timeout=30_000)
    alone = editor.render(editor.open(photo_path), {"Smiling": 1.0})
    assert fitting, "the other one was still at it"
    assert difference(edited["w-plus"], alone.w_plus) < 3 and difference(edited["w-star"], alone.w_star) < 3
    before = source(page, "reconstruction")
    page.get_by_role("button", name="Refine likeness").click()
    page.wait_for_function("old => document.querySelector('#reconstruction img').src !== old", arg=before, timeout=90_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#note")).to_contain_text("Stopped", timeout=30_000)


def test_an_example_is_there_for_the_next_visitor(served, browser, page):
    context = browser.new_context()
    first = context.new_page()
    first.goto(served.url)
    choose_example(first, 0)
    first.locator("#w-star img").first.wait_for(timeout=90_000)
    context.close()
    page.wait_for_timeout(3000)
    page.reload()
    for _ in range(2):
        choose_example(page, 0)
        page.locator("#w-star img").first.wait_for(timeout=90_000)
        assert page.locator("#photo img").first.evaluate("image => image.naturalWidth") > 0
        page.reload()
    assert all(path.is_file() for path in EXAMPLES)


def choose_example(page, index: int) -> None:
    page.wait_for_selector("#slider-Smiling input[type=range]")
    page.locator(".gallery-item, .gallery button, button.gallery-item").nth(index).click()


def test_the_same_photo_of_two_visitors_outlives_one_of_them(served, browser, page, two_faces):
    context = browser.new_context()
    first = context.new_page()
    first.goto(served.url)
    first.wait_for_selector("#slider-Smiling input[type=range]")
    for visitor in (first, page):
        upload(visitor, two_faces)
    context.close()
    page.wait_for_timeout(5000)
    before = source(page, "face")
    page.get_by_label("Face 2").check()
    page.wait_for_function("old => document.querySelector('#face img').src !== old", arg=before, timeout=60_000)
    expect(page.locator("#note")).to_contain_text("2 faces were found")


@pytest.fixture(scope="module")
def two_faces(photo, tmp_path_factory):
    both = Image.new("RGB", (900, 512), "grey")
    both.paste(photo.resize((320, 320)).transpose(Image.Transpose.FLIP_LEFT_RIGHT), (0, 100))
    both.paste(photo, (380, 0))
    path = tmp_path_factory.mktemp("two") / "both.jpg"
    both.save(path)
    return path


def test_whoever_has_to_wait_for_a_turn_is_told_and_can_stop(page, other, photo_path):
    upload(page, photo_path)
    upload(other, EXAMPLES[1])
    other.get_by_role("button", name="Refine likeness").click()
    expect(other.locator("#note progress")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Refine likeness").click()
    expect(page.locator("#note")).to_contain_text("Waiting for its turn", timeout=10_000)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#note")).to_contain_text("Stopping", timeout=10_000)
    other.get_by_role("button", name="Stop").click()
    expect(page.locator("#note")).to_contain_text("Stopped", timeout=30_000)


def test_an_emptied_number_box_leaves_the_page_usable(page, photo_path):
    upload(page, photo_path)
    press(page, "Smiling", "ArrowRight", 10)
    box, before = page.locator("#slider-Smiling input[type=number]"), results(page)
    box.fill("")
    expect(page.locator("#note")).to_contain_text("box is empty", timeout=30_000)
    expect(page.locator("#results .error")).to_have_count(0)
    wait_for_change(page, before)
    box.fill("0.5")
    expect(page.locator("#note")).not_to_contain_text("box is empty", timeout=30_000)


def test_a_new_photo_while_refining_is_opened_without_an_error(page, photo_path):
    for _ in range(3):
        upload(page, photo_path)
        page.get_by_role("button", name="Refine likeness").click()
        expect(page.locator("#note progress")).to_be_visible(timeout=60_000)
        before = source(page, "face")
        page.locator("#photo button[aria-label*=Clear i], #photo button[aria-label*=Remove i]").first.click()
        page.locator("#photo input[type=file]").first.set_input_files(str(EXAMPLES[1]))
        page.wait_for_function("old => document.querySelector('#face img')?.src !== old", arg=before, timeout=60_000)
        page.locator("#w-star img").first.wait_for(timeout=60_000)
        page.wait_for_timeout(2500)
        expect(page.locator("#note progress")).to_have_count(0)
        expect(page.locator("#results .error")).to_have_count(0)
        expect(page.locator("#note")).not_to_contain_text("Error")
        assert difference(pane(page, "w-star"), pane(page, "reconstruction")) == 0
        page.reload()
        page.wait_for_selector("#slider-Smiling input[type=range]")


def test_a_portrait_that_was_forgotten_is_told_and_can_be_opened_again(served, page, photo_path):
    upload(page, photo_path)
    served.visitors.end()
    slider = page.locator("#slider-Smiling input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.locator("#note")).to_contain_text("No photo is open", timeout=30_000)
    page.reload()
    page.wait_for_selector("#slider-Smiling input[type=range]")
    upload(page, photo_path)


@pytest.mark.parametrize("doing", ["opening 0", "opening 50", "opening 250", "refining", "moving"])
def test_closing_the_page_in_the_midst_of_something_leaves_nothing(served, browser, photo_path, doing):
    context = browser.new_context()
    page = context.new_page()
    before = {path for path in served.cache.rglob("*") if path.is_file()}
    page.goto(served.url)
    page.wait_for_selector("#slider-Smiling input[type=range]")
    if doing.startswith("opening"):
        page.locator("#photo input[type=file]").first.set_input_files(str(photo_path))
        page.wait_for_timeout(int(doing.split()[1]))
    else:
        upload(page, photo_path)
        if doing == "refining":
            page.get_by_role("button", name="Refine likeness").click()
            expect(page.locator("#note progress")).to_be_visible(timeout=60_000)
        else:
            page.locator("#slider-Smiling input[type=range]").press("ArrowRight")
    context.close()
    end = time.monotonic() + 60
    while time.monotonic() < end and {path for path in served.cache.rglob("*") if path.is_file()} - before:
        time.sleep(0.5)
    time.sleep(3)
    assert {path for path in served.cache.rglob("*") if path.is_file()} - before == set()


def test_closing_the_page_deletes_the_photo(served, browser, photo_path):
    context = browser.new_context()
    page = context.new_page()
    before = {path for path in served.cache.rglob("*") if path.is_file()}
    page.goto(served.url)
    page.wait_for_selector("#slider-Smiling input[type=range]")
    upload(page, photo_path)
    left = {path for path in served.cache.rglob("*") if path.is_file()} - before
    assert len(left) >= 3, "upload, face and reconstruction"
    context.close()
    end = time.monotonic() + 30
    while time.monotonic() < end and any(path.exists() for path in left):
        time.sleep(0.2)
    assert [path for path in left if path.exists()] == []
