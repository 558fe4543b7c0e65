"""An attribute of one's own: two sets of photos, a slider, and its file, which brings the slider back."""

import pytest
from playwright.sync_api import expect

from editor.actions.learn import Learned, Skipped
from editor.edit.directions import SpaceDirections
from editor.edit.few import Validation
from editor.edit.own import OwnAttribute
from editor.errors import SettingError
from editor.pipeline import Editor
from editor.spaces import SPACES
from tests.browser.tab import Tab
from tests.conftest import ROOT, difference

pytestmark = pytest.mark.browser
EXAMPLES = sorted((ROOT / "assets" / "examples").glob("*.jpg"))


def glasses(editor: Editor, name: str) -> OwnAttribute:
    """Glasses under another name, as if they had been learnt from photos."""
    known = editor.models.directions
    number = known.attributes.index("Eyeglasses")

    def part(space: SpaceDirections) -> SpaceDirections:
        return SpaceDirections(**{key: value[number : number + 1].clone() for key, value in vars(space).items()})

    found = dict.fromkeys(SPACES, Validation((17, 16), (20, 20)))
    parts = part(known.w_plus), part(known.w_star)
    return OwnAttribute(name, *parts, known.encoder, known.flow, (20, 20), found, {}, {space: {} for space in SPACES})


@pytest.fixture
def drawer(visit, monkeypatch) -> Tab:
    """A tab with an open drawer, on a server that learns fast."""

    def learn(editor, name, shows, lacks, progress):
        for step in range(len(shows) + len(lacks)):
            progress(step, len(shows) + len(lacks))
        if name == "Few":
            raise SettingError("2 photos show 'Few' and 2 do not. Take at least 5 of each.")
        return Learned(glasses(editor, name), (Skipped(shows[0].name, "No face was found in it."),))

    monkeypatch.setattr(Editor, "learn", learn)
    tab = visit().open_example()
    tab.button("Measure and settings").click()
    return tab


def make(tab: Tab, name: str) -> None:
    tab.page.set_input_files("#own-shows", EXAMPLES[:2])
    tab.page.set_input_files("#own-lacks", EXAMPLES[2:4])
    tab.page.fill("#own-name", name)
    tab.button("Make a slider").click()


def test_photos_become_a_slider_and_its_file_brings_it_back(drawer, served, tmp_path):
    page = drawer.page
    expect(drawer.button("Make a slider")).to_be_disabled()
    make(drawer, "Brille 雀")
    page.wait_for_selector("#sliders summary:has-text('Your own')")
    expect(page.locator(".own-attribute [role=status]")).to_contain_text("There is a slider Brille 雀")
    expect(page.locator(".own-attribute .found")).to_contain_text("33 of 40")
    expect(page.locator(".own-attribute .found")).to_contain_text("a.jpg was passed over: No face")
    drawer.shoot("own attribute")
    page.locator("#drawer .close").click()
    before = drawer.picture("w_star")
    drawer.move(**{"Brille 雀": 1.5})
    assert difference(drawer.picture("w_star"), before) > 1
    drawer.button("Measure and settings").click()
    with page.expect_download() as download:
        drawer.button("Save it as a file").click()
    download.value.save_as(path := tmp_path / "brille.attribute.safetensors")
    drawer.button("Back to the shipped files").click()
    expect(page.locator("#sliders summary:has-text('Your own')")).to_have_count(0)
    assert drawer.values() == {}
    page.get_by_label("Attribute", exact=True).set_input_files(path)
    page.wait_for_selector("#sliders summary:has-text('Your own')")
    assert not list(served.cache.rglob("*a.jpg")), "photos go once they were looked at"


def test_too_few_photos_are_told(drawer):
    make(drawer, "Few")
    expect(drawer.page.locator(".own-attribute [role=status]")).to_have_text(
        "2 photos show 'Few' and 2 do not. Take at least 5 of each."
    )
    expect(drawer.button("Make a slider")).to_be_enabled()
