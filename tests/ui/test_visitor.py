"""All that belongs to a visitor has one end, and nothing is written after it."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
from PIL import Image

from editor.ui import visitors as registry
from editor.ui.visitor import KEEP, Visitor, VisitorLeftError
from editor.ui.visitors import LEFT_SECONDS, MOST, UNUSED_SECONDS, Visitors

PICTURE = Image.new("RGB", (32, 32), "red")


@pytest.fixture
def visitor(tmp_path) -> Visitor:
    return Visitor(tmp_path / "one")


def session(name, browser="browser") -> SimpleNamespace:
    return SimpleNamespace(session_hash=name, client=SimpleNamespace(host="127.0.0.1"), headers={"user-agent": browser})


def test_only_the_newest_pictures_of_a_pane_are_kept(visitor):
    face = visitor.jpeg("face", PICTURE)
    paths = [visitor.jpeg("w-star", PICTURE) for _ in range(KEEP + 5)]
    assert [Path(path).exists() for path in paths] == [False] * 5 + [True] * KEEP
    assert Path(face).exists(), "what another pane shows outlives many moves"


def test_results_of_two_calls_have_names_of_their_own(visitor):
    paths = {visitor.png("w-star", PICTURE) for _ in range(5)}
    assert len(paths) == 5 and {Path(path).name for path in paths} == {"w-star.png"}


def test_after_the_end_nothing_is_there_and_nothing_can_be_written(visitor, tmp_path):
    visitor.open_photo(tmp_path / "photo.jpg", "portrait")
    visitor.jpeg("face", PICTURE)
    visitor.end()
    writing = {
        "jpeg": lambda: visitor.jpeg("face", PICTURE),
        "jpegs": lambda: visitor.jpegs({"face": PICTURE, "w-star": PICTURE}),
        "png": lambda: visitor.png("w-star", PICTURE),
        "open": lambda: visitor.open_photo(tmp_path / "photo.jpg", "portrait"),
        "replace": lambda: visitor.replace("portrait", "better"),
        "remember": lambda: visitor.remember(0, "images"),
        "details": lambda: visitor.remember_details("portrait", {}),
    }
    for write in writing.values():
        with pytest.raises(VisitorLeftError):
            write()
    assert not visitor.folder.exists() and visitor.portrait is visitor.photo is visitor.drawn(0) is None


def test_an_end_in_the_midst_of_writing_leaves_nothing(tmp_path):
    for number in range(50):
        visitor = Visitor(tmp_path / str(number))
        begun = threading.Event()

        def write(visitor=visitor, begun=begun):
            for _ in itertools.count():
                visitor.jpegs({"w-plus": PICTURE, "w-star": PICTURE})
                begun.set()

        with ThreadPoolExecutor(2) as threads:
            writing = [threads.submit(write) for _ in range(2)]
            begun.wait(10)
            visitor.end()
            assert all(isinstance(one.exception(10), VisitorLeftError) for one in writing)
        assert not visitor.folder.exists()


def test_a_better_likeness_of_what_is_not_open_any_more_is_dropped(visitor, tmp_path):
    visitor.open_photo(tmp_path / "a.jpg", "first")
    assert visitor.replace("first", "better") and visitor.portrait == "better"
    visitor.open_photo(tmp_path / "b.jpg", "second")
    assert not visitor.replace("better", "best") and visitor.portrait == "second"


def test_pictures_are_remembered_for_the_moves_they_are_of(visitor):
    visitor.moves = 3
    visitor.remember(3, "images")
    assert visitor.drawn(3) == "images"
    visitor.moves = 4
    assert visitor.drawn(3) is visitor.drawn(4) is None


@pytest.fixture
def visitors(tmp_path) -> Visitors:
    return Visitors(tmp_path)


def test_visitors_meet_only_themselves(visitors):
    one, other = visitors.of(session("a")), visitors.of(session("b"))
    assert visitors.of(session("a")) is one and one.folder != other.folder
    paths = [one.jpeg("face", PICTURE), other.jpeg("face", PICTURE)]
    visitors.leave(session("a"))
    assert [Path(path).exists() for path in paths] == [False, True]


def test_a_folder_says_nothing_of_the_session_and_stays_inside(visitors, tmp_path):
    for name in ("../../etc", "a/b", "a.b", "ab", "x" * 10_000):
        folder = visitors.of(session(name)).folder
        assert folder.parent == tmp_path / "visitors" and name not in folder.name


@pytest.mark.parametrize("name", [None, ""])
def test_whoever_names_no_session_is_told_to(visitors, name):
    with pytest.raises(gr.Error, match="session"):
        visitors.of(session(name))


def test_what_was_on_its_way_when_a_page_closed_finds_nothing(visitors, monkeypatch):
    visitors.of(session("a"))
    visitors.leave(session("a"))
    late = visitors.of(session("a"))
    with pytest.raises(VisitorLeftError):
        late.jpeg("face", PICTURE)
    now = time.monotonic()
    monkeypatch.setattr(registry, "monotonic", lambda: now + LEFT_SECONDS + 1)
    assert visitors.of(session("a")).jpeg("face", PICTURE), "a page that was away is a visitor again"


def later(monkeypatch, seconds):
    now, clock = time.monotonic(), time.time()
    monkeypatch.setattr("editor.ui.visitor.monotonic", lambda: now + seconds)
    monkeypatch.setattr("editor.ui.visitor.time", lambda: clock + seconds)


def test_a_program_that_calls_no_more_is_forgotten_after_an_hour_and_not_before(visitors, monkeypatch):
    program, page, busy = (visitors.of(session(name)) for name in ("program", "page", "busy"))
    visitors.arrive(session("page"))
    results = [one.png("w-star", PICTURE) for one in (program, page, busy)]
    with busy:
        later(monkeypatch, UNUSED_SECONDS - 10)
        visitors.sweep()
        assert all(Path(path).exists() for path in results)
        later(monkeypatch, UNUSED_SECONDS + 10)
        visitors.sweep()
        assert program.left and not Path(results[0]).exists() and not busy.left and not page.left
    assert visitors.of(session("program")) is not program


def test_what_a_page_shows_stays_as_long_as_the_page_and_its_downloads_go(visitors, monkeypatch, tmp_path):
    visitors.arrive(session("page"))
    page = visitors.of(session("page"))
    upload = tmp_path / "uploads" / "token"
    photo = upload / "hash" / "photo.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"x")
    page.own(upload)
    page.open_photo(photo, "portrait")
    shown, saved = page.jpeg("face", PICTURE), page.png("edited", PICTURE)
    later(monkeypatch, 10 * UNUSED_SECONDS)
    visitors.sweep()
    assert photo.exists() and Path(shown).exists() and page.portrait == "portrait" and not Path(saved).exists()


def test_when_there_are_too_many_the_longest_idle_is_forgotten(visitors):
    first = visitors.of(session("first"))
    first.open_photo(Path("photo.jpg"), "portrait")
    with visitors.of(session("busy")) as busy:
        for number in range(MOST):
            with visitors.of(session(str(number))):
                pass
        assert first.left and not busy.left and not visitors.of(session(str(MOST - 1))).left


def test_programs_make_room_before_any_page(visitors):
    visitors.arrive(session("page"))
    page = visitors.of(session("page"))
    page.open_photo(Path("photo.jpg"), "portrait")
    for number in range(MOST + 20):
        with visitors.of(session(str(number))):
            pass
    assert not page.left and visitors.of(session("page")) is page


def test_a_page_that_was_pushed_out_is_a_page_again(visitors):
    visitors.arrive(session("page"))
    for number in range(MOST):
        visitors.arrive(session(str(number)))
        with visitors.of(session(str(number))):
            pass
    again = visitors.of(session("page"))
    assert again.uses_page and not again.is_new, "so that what was open is said to be forgotten"


def test_what_a_page_sent_and_never_named_goes_with_its_last_tab(visitors, tmp_path):
    for name in ("one", "two"):
        visitors.arrive(session(name))
    visitors.arrive(session("other", "another browser"))
    sent = {}
    for browser in ("browser", "another browser"):
        path = tmp_path / "arriving" / f"{browser}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        sent[browser] = Path(visitors.uploads._keep([path], ("127.0.0.1", browser))[0])
    visitors.leave(session("one"))
    assert sent["browser"].exists(), "the other tab may have sent it"
    visitors.leave(session("two"))
    assert not sent["browser"].exists() and not sent["browser"].parent.exists() and sent["another browser"].exists()


def test_the_end_of_the_server_is_the_end_of_all(visitors):
    here = [visitors.of(session(name)) for name in "abc"]
    visitors.end()
    assert all(visitor.left for visitor in here)


def test_the_sweeper_ends_with_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "SWEEP_SECONDS", 0.01)
    before = threading.active_count()
    visitors = Visitors(tmp_path)
    assert threading.active_count() == before + 1
    del visitors
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() == before
