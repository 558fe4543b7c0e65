"""Who is let in: by login where one is asked for, and not too fast."""

from urllib.parse import urlencode

import pytest

from editor.ui import admission
from editor.ui.admission import Bucket, RefusedError
from tests.ui.fake import FakeEditor, photo_file
from tests.ui.serving import Caller, serving_page

ACCOUNTS = [("anna", "one secret"), ("bert", "another")]


@pytest.fixture(scope="module")
def page():
    with serving_page(FakeEditor(), accounts=ACCOUNTS) as served:
        yield served


def login(page, name: str, password: str) -> Caller:
    door = Caller(page.url)
    status, _ = door.send(
        "/login", urlencode({"username": name, "password": password}).encode(), "application/x-www-form-urlencoded"
    )
    cookies = [each.partition(";")[0] for each in door.headers.get_all("Set-Cookie") or []]
    assert (status == 200) is bool(cookies)
    return Caller(page.url, cookie="; ".join(cookies))


def test_without_a_login_only_the_pages_code_is_given(page, tmp_path):
    stranger = Caller(page.url)
    assert stranger("arrive") == (
        401,
        {"error": "Nobody is logged in here, or not any more. Reload the page and log in.", "kind": "login"},
    )
    assert (
        stranger.send("/face/setup", None, method="GET")[0]
        == stranger.send("/face/examples/a.jpg", None, method="GET")[0]
        == 401
    )
    assert stranger.send("/face/assets/main.js", None, method="GET")[0] == 200
    assert stranger.leave()[0] == 401
    for verb in ("open", "draw", "alive", "save", "improve"):
        assert stranger(verb, key="x")[0] == 401
    with pytest.raises(AssertionError, match="logged in"):
        stranger.upload(photo_file(tmp_path))
    assert list((page.cache / "uploads").rglob("*.jpg")) == []


def test_whoever_logs_in_edits_and_a_key_is_of_nobody_else(page, tmp_path):
    anna, bert = (login(page, *account).arrive() for account in ACCOUNTS)
    assert anna("open", photo=anna.upload(photo_file(tmp_path)))[0] == 200
    key, bert.key = bert.key, anna.key
    for verb in ("draw", "alive", "save", "progress", "stop", "improve"):
        assert bert(verb, strengths={})[0] == 410
    assert bert.leave()[0] == 200 and anna("alive")[0] == 200, "nobody can end another's visit"
    bert.key = key
    assert bert("alive")[0] == 200 and Caller(page.url)("alive", key=anna.key)[0] == 401


@pytest.mark.parametrize("cookie", ["access-token-x=1", "access-token-unsecure-x=", "a=b"])
def test_a_made_up_cookie_is_no_login(page, cookie):
    assert Caller(page.url, cookie=cookie)("arrive")[0] == 401
    with pytest.raises(KeyError):
        login(page, "anna", "wrong").arrive()


def test_a_bucket_lets_a_burst_through_and_then_so_many_a_second(monkeypatch):
    now = 100.0
    monkeypatch.setattr(admission, "monotonic", lambda: now)
    bucket = Bucket(rate=10, burst=3)

    def passes() -> int:
        """How many are let through at once."""
        for count in range(100):
            try:
                bucket.take()
            except RefusedError as refused:
                assert (refused.status, refused.kind) == (429, "too_fast")
                return count
        return 100

    assert passes() == 3 and not bucket.is_full
    now += 0.25
    assert passes() == 2
    now += 3600
    assert bucket.is_full and passes() == 3
