"""What goes wrong: the server ends, the connection breaks, the page is left or sleeps, and values are none."""

import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from editor.ui.address import listen
from editor.ui.page import build
from editor.ui.server import launch
from tests.browser.photos import EXAMPLES, shown
from tests.browser.proxy import Proxy
from tests.browser.tab import PATIENCE, Tab, files
from tests.conftest import difference

pytestmark = pytest.mark.browser
ASK = """async ([route, values]) => {
  const body = typeof values === "string" ? values : JSON.stringify(values);
  const answer = await fetch(`face/${route}`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return [answer.status, await answer.json()];
}"""
"""Asks a route of the page from the page itself."""


@pytest.fixture(scope="module")
def line(served) -> Iterator[Proxy]:
    """The connection to the server, which can be cut."""
    proxy = Proxy(served.url)
    yield proxy
    proxy.close()


@pytest.fixture
def tab(line, browser) -> Iterator[Tab]:
    """A tab behind that connection."""
    line.mend()
    tab = Tab(browser, line.url)
    yield tab
    tab.close()
    assert tab.elsewhere == [] and tab.errors == []


@pytest.fixture(scope="module")
def restarted(editor, tmp_path_factory) -> Iterator[Callable[[], SimpleNamespace]]:
    """Starts a server of its own, and at every further call another in its place, which knows nothing of the first."""
    running: list = []
    cache = tmp_path_factory.mktemp("cache")

    def restart() -> SimpleNamespace:
        if running:
            running.pop().close()
        page = build(editor, cache)
        running.append(launch(page, listen("127.0.0.1", 0)))
        return SimpleNamespace(url=running[-1].url, cache=cache)

    yield restart
    if running:
        running.pop().close()


def wait_for(condition: Callable[[], object], seconds: float = PATIENCE / 1000) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def choose(tab: Tab, path) -> Tab:
    tab.page.locator("#photo-file").set_input_files(str(path))
    tab.opened()
    tab.let_be()
    return tab


def test_a_server_that_is_killed_and_started_again_finds_the_same_photo_and_sliders(restarted, browser):
    line = Proxy(restarted().url)
    tab = choose(Tab(browser, line.url), EXAMPLES[0])
    tab.move(Smiling=1.5, Male=-1.0)
    before, photo = tab.picture("w_star"), shown(tab.page)
    line.cut()
    tab.press("Smiling", "ArrowLeft", 5)
    alert = tab.page.get_by_role("alert")
    expect(alert).to_contain_text("does not answer")
    assert tab.values() == {"Smiling": 1.0, "Male": -1.0}
    server = restarted()
    line.upstream = server.url
    line.mend()
    tab.page.wait_for_selector("#face-editor[data-state=open]:not([data-busy])")
    expect(alert).to_be_hidden()
    wait_for(lambda: len([path for path in files(server.cache) if "uploads" in path]) == 1)
    tab.let_be()
    assert tab.values() == {"Smiling": 1.0, "Male": -1.0}
    assert difference(shown(tab.page), photo) < 2
    again = tab.picture("w_star")
    assert difference(again, before) > 0
    tab.move(Smiling=1.5)
    assert difference(tab.picture("w_star"), again) > 0.3
    tab.close()
    line.close()
    assert tab.errors == []


def test_a_connection_that_breaks_while_the_likeness_improves_loses_nothing(line, tab, photo_path):
    tab.page.locator("#photo-file").set_input_files(str(photo_path))
    tab.opened()
    tab.page.wait_for_selector(".likeness.busy")
    tab.page.evaluate("() => void (window.sent = 0)")
    sent = []
    tab.page.on("request", lambda request: sent.append(request.url) if "upload" in request.url else None)
    tab.page.wait_for_function("() => document.querySelector('.likeness progress').value > 0")
    line.cut()
    expect(tab.page.get_by_role("alert")).to_contain_text("does not answer")
    line.mend()
    expect(tab.page.get_by_role("alert")).to_be_hidden()
    step = tab.page.locator(".likeness progress").evaluate("bar => bar.value")
    tab.page.wait_for_function(
        "step => document.querySelector('.likeness progress').value > step || !document.querySelector('.likeness.busy')",
        arg=step,
    )
    assert sent == [], "the photo is still there"
    tab.let_be()


def test_a_connection_that_breaks_while_a_photo_is_sent_is_told_and_the_photo_opens_when_it_is_back(line, tab):
    line.cut()
    tab.page.locator("#photo-file").set_input_files(str(EXAMPLES[0]))
    expect(tab.page.locator(".welcome .said")).to_contain_text("does not answer")
    line.mend()
    tab.opened()
    expect(tab.page.get_by_role("alert")).to_be_hidden()
    tab.let_be()


def test_a_reload_begins_anew_and_leaves_nothing_of_the_visit_before(visit, served):
    before = files(served.cache)
    tab = choose(visit(), EXAMPLES[0])
    assert files(served.cache) - before
    tab.move(Smiling=1.0)
    tab.page.reload()
    tab.page.wait_for_selector("#face-editor[data-ready][data-state=empty]")
    assert tab.values() == {}
    wait_for(lambda: not files(served.cache) - before)
    choose(tab, EXAMPLES[1])


def test_two_tabs_of_one_person_do_not_disturb_each_other(visit):
    one = choose(visit(), EXAMPLES[0])
    other = Tab.__new__(Tab)
    other.__dict__.update(one.__dict__)
    other.page = one.context.new_page()
    other.arrive()
    choose(other, EXAMPLES[1])
    one.move(Smiling=1.5)
    other.move(Male=1.5)
    assert one.values() == {"Smiling": 1.5} and other.values() == {"Male": 1.5}
    first, second = one.picture("w_star"), other.picture("w_star")
    other.page.close()
    one.move(Smiling=0.0)
    plain = one.picture("w_star")
    first, second = (picture.resize(plain.size) for picture in (first, second))  # one that is seen no more may be a small one
    assert difference(first, plain) < difference(second, plain)
    one.move(Smiling=1.5)
    assert difference(one.picture("w_star"), first) < 1, "the tab that is left goes on"


def test_the_seventh_tab_works_like_the_first(visit):
    """Browsers open six connections to a server: no page may keep one to itself."""
    first = visit()
    pages = [first.context.new_page() for _ in range(6)]
    for page in pages:
        page.goto(first.url)
        page.wait_for_selector("#face-editor[data-ready]")
    seventh = Tab.__new__(Tab)
    seventh.__dict__.update(first.__dict__)
    seventh.page = pages[-1]
    seventh.open_example()
    seventh.move(Smiling=1.0)
    assert seventh.picture("w_star").width == 1024


@pytest.mark.parametrize("doing", ["sending", "opening", "moving", "improving", "nothing"])
def test_closing_the_page_in_the_midst_of_something_leaves_nothing(visit, served, doing, photo_path):
    before = files(served.cache)
    tab = visit()
    if doing in ("sending", "opening"):
        asked = "upload" if doing == "sending" else "face/open"
        with tab.page.expect_request(lambda request: asked in request.url):
            tab.page.locator("#photo-file").set_input_files(str(photo_path))
    else:
        tab.page.locator("#photo-file").set_input_files(str(photo_path))
        tab.opened()
        tab.page.wait_for_selector(".likeness.busy")
        assert files(served.cache) - before, "the photo is kept while the page is open"
        if doing == "nothing":
            tab.let_be()
        elif doing == "moving":
            with tab.page.expect_request(lambda request: request.url.endswith("face/draw")):
                tab.press("Smiling", "ArrowRight", 3)
    tab.page.close(run_before_unload=False)
    wait_for(lambda: not files(served.cache) - before)
    time.sleep(1)
    assert not files(served.cache) - before, "nor does what was under way write anything later"


def test_a_page_that_was_put_away_and_is_shown_again_opens_its_photo_again(line, tab):
    """As a telephone does with a page in the background: `pagehide`, and a `pageshow` of the page as it was."""
    choose(tab, EXAMPLES[0])
    tab.move(Smiling=1.5)
    before = shown(tab.page)
    left = line.passed.count("/face/leave")
    tab.page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    wait_for(lambda: line.passed.count("/face/leave") > left)
    with tab.page.expect_response(lambda response: response.url.endswith("face/open")):
        tab.page.evaluate("() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    tab.opened()
    tab.let_be()
    assert tab.values() == {"Smiling": 1.5}
    assert difference(shown(tab.page), before) < 2
    edited = tab.picture("w_star")
    tab.move(Smiling=0.0)
    assert difference(tab.picture("w_star"), edited) > 0.3


def test_a_page_in_the_background_goes_on_when_it_is_seen_again(tab):
    choose(tab, EXAMPLES[0])
    tab.devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    time.sleep(1)
    tab.devtools.send("Page.setWebLifecycleState", {"state": "active"})
    tab.move(Smiling=1.5)
    assert tab.picture("w_star").width == 1024


def test_a_key_that_is_nobodys_is_refused_and_keys_are_in_no_address(visit):
    addresses, keys = [], []
    tab = visit()
    tab.page.on("request", lambda request: addresses.append(request.url))
    tab.page.on(
        "request", lambda request: keys.append(request.post_data_json["key"]) if request.url.endswith("face/open") else None
    )
    tab.open_example()
    tab.move(Smiling=0.5)
    assert keys and len(keys[0]) >= 32
    assert not [address for address in addresses if keys[0] in address]
    draw = {"strengths": {}, "number": 1, "full": False}
    for key in (keys[0][:-1] + ("A" if keys[0][-1] != "A" else "B"), "", None, 7, [], "../" * 5):
        status, said = tab.page.evaluate(ASK, ["draw", draw | {"key": key}])
        assert status in (400, 410) and said["error"], key
    tab.move(Smiling=1.0)
    assert tab.picture("w_star").width == 1024


def test_a_portrait_of_somebody_else_cannot_be_drawn_over_nor_their_photo_opened(visit):
    one, other = visit(), visit()
    paths, keys = [], []
    one.page.on(
        "request", lambda request: paths.append(request.post_data_json["photo"]) if request.url.endswith("face/open") else None
    )
    other.page.on(
        "request", lambda request: keys.append(request.post_data_json["key"]) if request.url.endswith("face/open") else None
    )
    choose(one, EXAMPLES[0])
    other.open_example(1)
    status, said = other.page.evaluate(ASK, ["open", {"key": keys[0], "photo": paths[0], "face": 0, "points": None}])
    assert (status, said["kind"]) == (422, "photo")
    one.move(Smiling=1.0)


@pytest.mark.parametrize("typed, meant", [("99", 2.0), ("-1e9", -2.0), ("", 0.0), ("1e999", 0.0)])
def test_a_number_that_is_none_or_too_much_is_put_right(visit, tab_of_numbers, typed, meant):
    tab = tab_of_numbers
    tab.move(Smiling=0.5)
    box = tab.part("Smiling", "value")
    box.fill(typed)
    box.press("Enter")
    tab.rest()
    assert tab.value("Smiling") == meant and float(box.input_value()) == meant


@pytest.fixture(scope="module")
def tab_of_numbers(visit) -> Tab:
    return visit().open_example()


@pytest.mark.parametrize("strength", ["NaN", "1e999", "-2.5", '"2"', "null", "true", "[]"])
def test_strengths_that_are_none_are_refused_in_words(tab_of_numbers, strength):
    tab = tab_of_numbers
    keys = []
    tab.page.on(
        "request", lambda request: keys.append(request.post_data_json["key"]) if request.url.endswith("face/draw") else None
    )
    tab.press("Smiling", "ArrowRight" if tab.value("Smiling") < 1 else "ArrowLeft")
    tab.rest()
    body = f'{{"key": "{keys[0]}", "number": 1, "full": false, "strengths": {{"Smiling": {strength}}}}}'
    answer = tab.page.request.post(f"{tab.url}/face/draw", data=body, headers={"Content-Type": "application/json"})
    said = answer.json()
    assert answer.status == 400 and said["kind"] == "setting" and said["error"].endswith(".")
