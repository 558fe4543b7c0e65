"""A browser to drive the served page with."""

import os

import pytest

from tests.browser.chromium import find

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    executable = find()
    if executable is None:
        missing = "no Chromium: `python -m tests.browser.chromium` says why"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(served, browser):
    """A visitor's tab; it fails the test if anything was asked of another host."""
    context = browser.new_context(viewport={"width": 1400, "height": 1200}, accept_downloads=True)
    elsewhere = []
    context.on("request", lambda request: elsewhere.append(request.url) if foreign(request.url, served.url) else None)
    page = context.new_page()
    page.goto(served.url)
    page.wait_for_selector("#slider-Smiling input[type=range]")
    yield page
    context.close()
    assert elsewhere == []


def foreign(url: str, own: str) -> bool:
    return url.startswith(("http:", "https:", "ws:")) and not url.startswith(own)
