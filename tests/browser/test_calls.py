"""The way round: a proxy that lets only Gradio's own addresses through."""

import pytest

from tests.browser.tab import Tab
from tests.conftest import difference

pytestmark = pytest.mark.browser


@pytest.fixture
def hemmed_in(opened) -> Tab:
    """A tab whose requests for pictures a proxy answers itself."""
    opened.page.route("**/face/draw", lambda route: route.fulfill(status=403, body="Forbidden by the proxy"))
    yield opened
    opened.page.unroute("**/face/draw")


def test_results_come_by_gradios_calls_where_the_pages_route_is_stopped(hemmed_in):
    before = hemmed_in.pictures()
    hemmed_in.move(Smiling=-1.5)
    after = hemmed_in.pictures()
    assert {picture.size for picture in after} == {(1024, 1024)}
    assert min(difference(*pair) for pair in zip(before, after, strict=True)) > 0.5
    assert hemmed_in.page.locator(".alert").is_hidden()
