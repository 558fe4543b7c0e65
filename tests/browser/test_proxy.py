"""The page behind a reverse proxy: TLS, another port, and a path of its own before everything."""

from collections.abc import Iterator

import pytest
from PIL import Image

from editor.ui.address import listen
from editor.ui.page import build
from editor.ui.server import launch
from tests.browser.photos import EXAMPLES, shown
from tests.browser.proxy import Proxy, self_made_certificate
from tests.browser.tab import Tab
from tests.conftest import difference, needed

pytestmark = pytest.mark.browser
PREFIX = "/face"


@pytest.fixture(scope="module")
def proxy(editor, tmp_path_factory) -> Iterator[Proxy]:
    needed("openssl")
    certificate = self_made_certificate(tmp_path_factory.mktemp("tls"))
    server = launch(build(editor, tmp_path_factory.mktemp("cache")), listen("127.0.0.1", 0), root_path=PREFIX)
    proxy = Proxy(server.url, PREFIX, certificate)
    yield proxy
    proxy.close()
    server.close()


@pytest.fixture(scope="module")
def tab(proxy, browser) -> Iterator[Tab]:
    tab = Tab(browser, f"{proxy.url}/", ignore_https_errors=True)
    yield tab
    tab.close()
    assert tab.elsewhere == [] and tab.errors == []


def test_everything_is_asked_for_under_the_path_and_by_tls(tab):
    asked = []
    tab.page.on("response", lambda response: asked.append((response.status, response.url)))
    tab.arrive()
    assert asked and all(url.startswith(tab.url) for _, url in asked)
    assert [each for each in asked if each[0] >= 400] == []
    examples = tab.page.locator("button.example img")
    assert examples.count() >= 3 and all(image.evaluate("image => image.naturalWidth") for image in examples.all())


def test_a_photo_is_opened_edited_and_saved(tab):
    tab.page.locator("#photo-file").set_input_files(str(EXAMPLES[1]))
    tab.opened()
    tab.let_be()
    assert difference(shown(tab.page), Image.open(EXAMPLES[1]).convert("RGB").resize(shown(tab.page).size)) < 4
    before = tab.picture("w_star")
    tab.press("Smiling", "Shift+ArrowRight", 2)
    tab.rest()
    edited = tab.picture("w_star")
    assert difference(edited, before) > 1
    tab.page.locator("#save").click()
    tab.page.get_by_label("The face alone, 1024 pixels").check()
    with tab.page.expect_download() as download:
        tab.page.locator("dialog[open] .main").click()
    assert difference(Image.open(download.value.path()).convert("RGB"), edited) < 3


def test_leaving_reaches_the_server(proxy, tab):
    before = proxy.passed.count(f"{PREFIX}/face/leave")
    tab.arrive()
    assert proxy.passed.count(f"{PREFIX}/face/leave") == before + 1
