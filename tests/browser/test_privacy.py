"""Nothing leaves: no other host is asked for anything, and nothing is left once the page is closed."""

import re
import time

import pytest

from tests.browser.chromium import find
from tests.browser.photos import EXAMPLES
from tests.browser.tab import PATIENCE, Tab, files

pytestmark = pytest.mark.browser
NO_OTHER_HOST = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
FOREIGN = """own => [...document.querySelectorAll("[src], link[href], [srcset], [action], [data]")]
  .map((each) => each.src || each.href || each.srcset || each.action || each.data)
  .filter((url) => typeof url === "string" && /^(https?:|wss?:)?\\/\\//.test(url) && !url.startsWith(own))"""
"""Addresses of other hosts that the page's elements name to be loaded."""
KEPT = """async () => ({
  cookies: document.cookie,
  local: JSON.stringify(localStorage),
  session: JSON.stringify(sessionStorage),
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def everything(tab: Tab) -> None:
    """Do what a person can do: open, edit, compare, read, measure and save."""
    page = tab.page
    page.locator("#photo-file").set_input_files(str(EXAMPLES[0]))
    tab.opened()
    tab.let_be()
    tab.move(Smiling=1.0, Male=-0.5)
    for mode in ("swipe", "difference", "strip", "side"):
        tab.mode(mode)
    page.get_by_role("button", name=re.compile("^Measure")).click()
    page.get_by_role("button", name=re.compile("^Help|^What is this", re.I)).first.click()
    page.keyboard.press("Escape")
    page.locator("#save").click()
    with page.expect_download():
        page.locator("dialog[open] .main").click()
    page.evaluate("() => document.querySelectorAll('dialog[open]').forEach(dialog => dialog.close())")


def test_no_other_host_is_asked_for_anything_and_the_page_works_without(browser, served):
    own = browser.browser_type.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu", NO_OTHER_HOST])
    try:
        tab = Tab(own, served.url)
        asked = []
        tab.context.on("request", lambda request: asked.append(request.url))
        assert tab.page.evaluate("() => fetch('https://example.org').then(() => 'reached', () => 'blocked')") == "blocked"
        asked.clear()
        tab.elsewhere.clear()
        tab.errors.clear()
        tab.arrive()
        everything(tab)
        tab.page.wait_for_load_state("networkidle")
        assert len(asked) > 20, "what is watched was watched"
        assert [url for url in asked if not url.startswith((served.url, "blob:", "data:"))] == []
        assert tab.page.evaluate(FOREIGN, served.url) == []
        assert tab.errors == []
    finally:
        own.close()


def test_nothing_is_left_on_the_server_nor_in_the_browser(browser, served):
    before = files(served.cache)
    tab = Tab(browser, served.url)
    everything(tab)
    kept = tab.page.evaluate(KEPT)
    assert {name: kept[name] for name in ("databases", "caches", "workers")} == dict.fromkeys(
        ("databases", "caches", "workers"), 0
    )
    for where in ("cookies", "local", "session"):
        assert len(kept[where]) < 2000 and not re.search(r"data:|blob:|a\.jpg|/uploads/", kept[where]), where
    assert files(served.cache) - before, "the photo is kept while the page is open"
    tab.page.close()
    end = time.monotonic() + PATIENCE / 1000
    while files(served.cache) - before and time.monotonic() < end:
        time.sleep(0.1)
    assert files(served.cache) - before == set()
    tab.context.close()
