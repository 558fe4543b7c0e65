"""Who is here: by keys that nobody can guess, for as long as they are heard of, and not more than there is room for."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from editor.ui import visitors as registry
from editor.ui.admission import Bucket, RefusedError
from editor.ui.visitors import LEASE_SECONDS, MOST, UNUSED_SECONDS, Visitors
from tests.ui.fake import portrait
from tests.ui.test_uploads import received

PICTURE = Image.new("RGB", (32, 32), "red")
BROWSER = ("127.0.0.1", "browser")


@pytest.fixture
def visitors(tmp_path, monkeypatch) -> Visitors:
    monkeypatch.setattr(registry, "ARRIVALS_AT_ONCE", 10_000)
    return Visitors(tmp_path)


def page(visitors, user=None, client=BROWSER):
    key = visitors.arrive(user, client)
    return key, visitors.of(key, user)


def program(visitors, user=None):
    key = visitors.arrive(user)
    return key, visitors.of(key, user)


def is_gone(visitors, key, user=None) -> bool:
    with pytest.raises(RefusedError) as refused:
        visitors.of(key, user)
    return (refused.value.status, refused.value.kind) == (410, "gone")


def test_visitors_meet_only_themselves(visitors):
    (key, one), (_, other) = program(visitors), program(visitors)
    assert visitors.of(key, None) is one and one.folder != other.folder
    paths = [visitor.png("face", PICTURE) for visitor in (one, other)]
    visitors.leave(key, None)
    assert [Path(path).exists() for path in paths] == [False, True] and is_gone(visitors, key)


def test_a_folder_says_nothing_of_the_key(visitors, tmp_path):
    key, visitor = page(visitors)
    assert visitor.folder.parent == tmp_path / "visitors" and key not in str(visitor.folder)


@pytest.mark.parametrize("key", [None, "", "x", "../..", "x" * 10_000])
def test_what_is_no_key_is_gone(visitors, key):
    assert is_gone(visitors, key)


def test_a_key_is_of_the_user_who_asked_for_it(visitors):
    key, visitor = page(visitors, "anna")
    for other in ("bert", None, ""):
        assert is_gone(visitors, key, other)
        visitors.leave(key, other)
    assert visitors.of(key, "anna") is visitor and not visitor.left
    mine, _ = page(visitors)
    assert is_gone(visitors, mine, "anna")


def later(monkeypatch, seconds):
    now, clock = time.monotonic(), time.time()
    monkeypatch.setattr("editor.ui.visitor.monotonic", lambda: now + seconds)
    monkeypatch.setattr("editor.ui.visitor.time", lambda: clock + seconds)


def test_a_page_that_is_silent_is_ended_and_one_that_speaks_is_not(visitors, monkeypatch):
    (silent, _), (speaks, visitor), (works, busy) = page(visitors), page(visitors), page(visitors)
    with busy:
        later(monkeypatch, LEASE_SECONDS - 10)
        visitor.hear()
        visitors.sweep()
        assert not any(visitors.of(key, None).left for key in (silent, speaks, works))
        later(monkeypatch, LEASE_SECONDS + 10)
        visitors.sweep()
        assert is_gone(visitors, silent) and visitors.of(speaks, None) and visitors.of(works, None)


def test_a_program_that_calls_no_more_is_forgotten_after_an_hour_and_not_before(visitors, monkeypatch):
    (key, idle), (_, busy) = program(visitors), program(visitors)
    results = [one.png("w-star", PICTURE) for one in (idle, busy)]
    with busy:
        later(monkeypatch, UNUSED_SECONDS - 10)
        visitors.sweep()
        assert all(Path(path).exists() for path in results)
        later(monkeypatch, UNUSED_SECONDS + 10)
        visitors.sweep()
        assert is_gone(visitors, key) and not Path(results[0]).exists() and not busy.left


def test_a_pages_photo_stays_as_long_as_the_page(visitors, monkeypatch, tmp_path):
    _, visitor = page(visitors)
    photo, old = received(visitors.uploads, tmp_path), received(visitors.uploads, tmp_path)
    for path in (old, photo):
        visitors.uploads.claim(str(path), visitor)
    visitor.open_photo(photo, portrait())
    later(monkeypatch, 10 * UNUSED_SECONDS)
    visitor.hear()
    visitors.sweep()
    assert photo.exists() and visitor.portrait and not old.exists(), "photos that were open before go in time"


def test_when_there_are_too_many_those_go_that_have_least_to_lose(visitors):
    """Programs first, then pages with nothing open, then all others; of each those idle longest; nobody who is in use."""
    (_, opened), (_, empty), (_, newer), (_, one), (_, busy) = (
        page(visitors),
        page(visitors),
        page(visitors),
        program(visitors),
        program(visitors),
    )
    opened.open_photo(Path("photo.jpg"), portrait())
    with busy:
        for visitor in (opened, empty, newer):
            with visitor:
                pass
        for left in ([], [one], [one, empty], [one, empty, newer]):
            while len(visitors._here) < MOST:
                visitor = page(visitors)[1]
                visitor.open_photo(Path("photo.jpg"), portrait())
            assert [each for each in (one, empty, newer, opened, busy) if each.left] == left
            page(visitors)[1].open_photo(Path("photo.jpg"), portrait())
        assert opened.left and not busy.left and len(visitors._here) == MOST


def test_one_address_cannot_arrive_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "ARRIVALS_AT_ONCE", 3)
    visitors = Visitors(tmp_path)
    keys = [visitors.arrive(None, BROWSER) for _ in range(3)]
    with pytest.raises(RefusedError) as refused:
        visitors.arrive(None, BROWSER)
    assert refused.value.status == 429 and visitors.arrive(None, ("192.0.2.7", "browser")) and len(set(keys)) == 3
    visitors._arrivals = {"192.0.2.1": Bucket(1, 1)}
    visitors.sweep()
    assert visitors._arrivals == {}, "addresses are forgotten once they may ask again"


def test_what_a_page_sent_and_never_opened_goes_with_its_last_tab(visitors, tmp_path):
    (one, _), (two, _), _ = page(visitors), page(visitors), page(visitors, client=("127.0.0.1", "another browser"))
    sent = received(visitors.uploads, tmp_path)
    visitors.leave(one, None)
    assert sent.exists(), "the other tab may have sent it"
    visitors.leave(two, None)
    assert not sent.exists() and not sent.parent.exists()


def test_the_end_of_the_server_is_the_end_of_all(visitors):
    here = [page(visitors)[1] for _ in range(3)]
    visitors.end()
    assert all(visitor.left for visitor in here)


def test_arriving_leaving_and_sweeping_at_once_lose_nobody(visitors):
    def come_and_go(_):
        key, visitor = page(visitors)
        with visitors.of(key, None):
            visitors.sweep()
            assert not visitor.left
        visitors.leave(key, None)
        return visitor.left

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(come_and_go, range(200)))
    assert visitors._here == visitors._pages == {}


def test_the_sweeper_ends_with_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "SWEEP_SECONDS", 0.01)
    visitors = Visitors(tmp_path)
    thread = visitors.sweeper
    assert thread.is_alive()
    del visitors
    thread.join(5)
    assert not thread.is_alive()
