"""A browser, and visitors' tabs in it."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.browser.chromium import FLAGS, find
from tests.browser.tab import Tab


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


@pytest.fixture(scope="module")
def visit(served, browser) -> Iterator[Callable[..., Tab]]:
    """Opens tabs; at the end of the file none may have asked another server, or met an error in a script."""
    tabs: list[Tab] = []

    def visit(size: str = "desktop", **context) -> Tab:
        tabs.append(Tab(browser, served.url, size, **context))
        return tabs[-1]

    yield visit
    for tab in tabs:
        tab.close()
    assert [tab.elsewhere for tab in tabs if tab.elsewhere] == []
    assert [tab.errors for tab in tabs if tab.errors] == []


@pytest.fixture(scope="module")
def desk(visit) -> Tab:
    """A tab on a desktop, with an example open."""
    return visit("desktop").open_example()


@pytest.fixture(scope="module")
def handheld(visit) -> Tab:
    """A tab on a phone with touch, with an example open."""
    return visit("phone").open_example()


@pytest.fixture
def opened(desk) -> Tab:
    """The desktop's tab as it was when the example was opened."""
    desk.reset()
    return desk


@pytest.fixture
def phone(handheld) -> Tab:
    """The phone's tab as it was when the example was opened."""
    handheld.reset()
    return handheld


@pytest.fixture(params=["desktop", "phone"])
def either(request) -> Tab:
    """One after the other."""
    return request.getfixturevalue("opened" if request.param == "desktop" else "phone")
