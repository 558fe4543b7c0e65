"""The page's routes as a browser, and as somebody hostile, meets them."""

import http.client
import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from editor.ui.admission import LARGEST_BODY, Bucket
from editor.ui.text import GONE
from editor.ui.visitor import BURST
from tests.conftest import ROOT
from tests.ui.fake import FakeEditor, photo_file
from tests.ui.serving import Caller, port, serving_page

VERBS = ("open", "draw", "changes", "range", "strip", "codes", "preserve", "files", "photo", "recipe", "save")
VERBS += ("improve", "progress", "stop", "alive")


@pytest.fixture(scope="module")
def page():
    with serving_page(FakeEditor()) as served:
        yield served


@pytest.fixture
def caller(page) -> Caller:
    page.visitors._arrivals.clear()
    return Caller(page.url).arrive()


@pytest.fixture
def opened(caller) -> Caller:
    assert caller("open", example="a.jpg")[0] == 200
    return caller


def size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert picture.format == "JPEG" and not picture.getexif()
        return picture.size


def test_a_photo_is_uploaded_opened_and_edited(page, caller, tmp_path):
    path = caller.upload(photo_file(tmp_path, "фото 我 #%20é.jpg"))
    status, opened = caller("open", photo=path)
    assert (
        status == 200
        and opened["revision"] == 1
        and opened["photo"]
        == {
            "width": 160,
            "height": 120,
            "name": path.rsplit("/", 1)[-1],
        }
    )
    assert [size(opened["pictures"][name]) for name in ("photo", "crop", "reconstruction")] == [(160, 120), (64, 64), (64, 64)]
    status, drawn = caller("draw", number=3, strengths={"Smiling": 1}, locks=[], full=False)
    assert (status, drawn["number"], drawn["revision"], drawn["full"]) == (200, 3, 1, False)
    assert {size(picture) for picture in drawn["pictures"].values()} == {(64, 64)} and set(drawn["pictures"]) == {
        "w_plus",
        "w_star",
    }
    assert caller.headers["Cache-Control"] == "no-store"


def test_what_is_told_at_the_start_is_all_that_the_page_needs(caller):
    status, setup = caller.send("/face/setup", None, method="GET")
    assert status == 200 and setup["maxStrength"] == 2 and setup["device"] == "cpu" and setup["text"]["title"]
    assert {"name": "Young", "label": "Age", "group": "Age and gender", "best": True, "sign": -1} in setup["attributes"]
    assert {each["group"] for each in setup["attributes"]} == set(setup["groups"])
    for example in setup["examples"]:
        status, picture = caller.send(f"/{example['url']}", None, method="GET")
        assert status == 200 and max(size(picture)) == 160


@pytest.mark.parametrize("name", ["../../README.md", "..%2F..%2FREADME.md", "e.jpg", "a.jpg/", "%00"])
def test_only_examples_are_shown_as_examples(caller, name):
    assert caller.send(f"/face/examples/{name}", None, method="GET")[0] in (404, 307)


def test_scripts_are_asked_for_anew_and_answered_in_no_bytes_where_they_are_the_same(caller):
    status, body = caller.send("/face/assets/main.js", None, method="GET")
    assert status == 200 and body == (ROOT / "assets" / "page" / "main.js").read_bytes()
    assert caller.headers["Cache-Control"] == "no-cache" and "javascript" in caller.headers["Content-Type"]
    known = caller.headers["ETag"]
    assert caller.send("/face/assets/main.js", None, method="GET", If_None_Match=known) == (304, b"")
    for path in ("../../pyproject.toml", "..%2f..%2fpyproject.toml", "none.js", ""):
        assert caller.send(f"/face/assets/{path}", None, method="GET")[0] == 404


# Keys


def test_an_unknown_key_is_gone_for_every_verb(page):
    for key in ("", "x", "x" * 10_000, "é", "../..", "None"):
        caller = Caller(page.url)
        for verb in VERBS:
            assert caller(verb, key=key) == (410, {"error": GONE, "kind": "gone"})


@pytest.mark.parametrize("key", [None, 3, [], {}, True, 1.5], ids=str)
def test_a_key_of_another_type_is_refused(page, key):
    for verb in VERBS:
        assert Caller(page.url)(verb, key=key)[0] in (400, 410)


def test_keys_are_long_and_never_the_same(page):
    keys = {Caller(page.url).arrive().key for _ in range(20)}
    assert len(keys) == 20 and all(len(key) >= 32 for key in keys)


def test_after_leaving_everything_is_gone_and_leaving_again_does_no_harm(page, opened, tmp_path):
    visitor, path = page.visitors.of(opened.key, None), opened.upload(photo_file(tmp_path))
    opened("open", photo=path)
    assert opened.leave() == opened.leave() == (200, {})
    assert visitor.left and visitor.portrait is None and path not in map(str, page.cache.rglob("*"))
    for verb in VERBS:
        assert opened(verb)[0] == 410


def brightened(caller, value) -> set[bytes]:
    """All the pictures that a visitor gets of one edit."""
    fields = {"strengths": {"Smiling": value}, "full": True}
    return {caller("draw", **fields)[1]["pictures"]["w_plus"] for _ in range(20)}


def test_two_visitors_never_see_each_other(page, tmp_path):
    """Each sees the edit of their own, whatever the other does meanwhile."""
    one, other = Caller(page.url).arrive(), Caller(page.url).arrive()
    path = one.upload(photo_file(tmp_path))
    assert one("open", photo=path)[0] == 200
    assert other("open", photo=path)[1]["kind"] == "photo", "an upload is of the first who opens it"
    assert other("draw", strengths={})[1]["kind"] == "setting", "and nothing is open there"
    other("open", example="a.jpg")
    with ThreadPoolExecutor(2) as threads:
        pictures = [threads.submit(brightened, caller, value) for caller, value in ((one, 2), (other, -2))]
        light, dark = (future.result() for future in pictures)
    assert len(light) == len(dark) == 1 and light != dark
    one.leave()
    assert other("draw", strengths={})[0] == 200


# What is sent wrongly


@pytest.mark.parametrize("verb", [*VERBS, "arrive", "leave"])
def test_a_verb_is_only_posted(caller, verb):
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        assert caller.send(f"/face/{verb}?key={caller.key}", None, method=method)[0] == 405


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/jsonx"]
)
def test_a_form_of_another_page_cannot_ask(opened, kind):
    body = json.dumps({"key": opened.key, "strengths": {}}).encode()
    for verb in (*VERBS, "arrive"):
        assert opened.send(f"/face/{verb}", body, kind)[0] == 415
    assert opened.send("/face/leave", opened.key.encode(), "application/json")[0] == 415
    assert opened("alive")[0] == 200


HOSTILE = {
    "no JSON": b"{",
    "nothing": b"",
    "a list": b"[]",
    "a number": b"3",
    "not a number": b'{"strengths": {"Smiling": NaN}}',
    "infinite": b'{"strengths": {"Smiling": -Infinity}}',
    "deep": b'{"a":' * 9000 + b"1" + b"}" * 9000,
    "deep lists": b"[" * 60_000,
    "no UTF-8": b'{"key": "\xff\xfe"}',
    "a long number": b'{"face": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_json_object_is_told_in_words(page, body, caplog):
    for verb in ("draw", "arrive"):
        status, answer = Caller(page.url).send(f"/face/{verb}", body)
        assert (status, answer["kind"]) == (400, "setting") and "JSON" in answer["error"]
    assert not caplog.records


def test_a_body_that_is_too_large_is_refused_whatever_it_says_of_itself(page, opened):
    large = json.dumps({"key": opened.key, "strengths": {}, "more": "x" * LARGEST_BODY}).encode()
    assert opened.send("/face/draw", large)[0] == 413
    assert opened.send("/face/leave", b"x" * (LARGEST_BODY + 1), "text/plain")[0] == 413
    connection = http.client.HTTPConnection("127.0.0.1", port(page.url), timeout=10)
    connection.request(
        "POST", "/face/draw", iter([b"x" * 30_000] * 5), {"Content-Type": "application/json"}, encode_chunked=True
    )
    assert connection.getresponse().status == 413
    assert opened("alive")[0] == 200


NOTHING: dict = {"strengths": {}}
STRIP = NOTHING | {"name": "Smiling"}
WRONG = [
    ("open", {}),
    ("open", {"photo": 3}),
    ("open", {"photo": "/etc/passwd"}),
    ("open", {"photo": "http://127.0.0.1/a.jpg"}),
    *(("open", {"example": name}) for name in ("z.jpg", "../a.jpg", "", [], 5)),
    *(("open", {"example": "a.jpg", "face": face}) for face in (-1, 1, "0", None, 10**400)),
    ("open", {"example": "a.jpg", "points": [1, 2, 3]}),
    ("draw", {}),
    *(("draw", {"strengths": strengths}) for strengths in ({"Smiling": 3}, {"None": 0}, [], "Smiling", 5, None)),
    *(("draw", NOTHING | {name: 5}) for name in ("full", "local", "locks", "paper")),
    ("draw", NOTHING | {"number": "1"}),
    ("changes", {}),
    ("strip", NOTHING),
    ("strip", NOTHING | {"name": "None"}),
    ("strip", NOTHING | {"name": 5}),
    *(("strip", STRIP | {"values": values}) for values in ([3], [], [1] * 10, "1", {})),
    *(("save", NOTHING | {"what": what}) for what in ("all", "strip", ["w_plus"], None)),
    *(("save", NOTHING | {"quality": quality}) for quality in (0, 101, "92", 1.5)),
    ("save", NOTHING | {"kind": "exe"}),
    ("photo", {}),
    ("photo", NOTHING | {"others": [5]}),
    *(("recipe", {"file": path}) for path in ("/etc/passwd", 5, [], "", None)),
    ("codes", {}),
    *(("range", {"name": name}) for name in (None, "None", 5)),
    *(("files", {"flow": path}) for path in ("/etc/passwd", 5, [], "")),
    ("preserve", NOTHING | {"locks": ["None"]}),
    ("preserve", {}),
    ("draw", NOTHING | {"preserve": "yes"}),
    ("improve", {"way": "worse"}),
    ("improve", {"way": 1}),
    *(("progress", {"revision": revision}) for revision in (-1, "1", 1.5)),
]


@pytest.mark.parametrize(("verb", "fields"), WRONG, ids=lambda value: str(value)[:60])
def test_a_field_that_is_none_is_told_and_what_is_open_stays(opened, verb, fields, caplog):
    status, answer = opened(verb, **fields)
    assert status in (400, 422) and answer["kind"] in ("setting", "photo") and answer["error"].endswith((".", "}.")), answer
    assert not caplog.records and opened("alive")[0] == 200
    if verb != "open":
        assert opened("draw", strengths={})[0] == 200


def test_long_input_is_not_sent_back(opened):
    status, answer = opened("draw", strengths={"x" * 60_000: 1})
    assert status == 400 and len(answer["error"]) < 2000


def test_a_bug_is_told_in_one_sentence_and_is_in_the_log(page, opened, caplog):
    for error, status in ((ZeroDivisionError("secret"), 500), (MemoryError(), 507), (RuntimeError("CUDA out of memory"), 507)):
        page.editor.fails = error
        got, answer = opened("draw", strengths={"Smiling": 1})
        assert (got, answer["kind"]) == (status, "failed") and "secret" not in answer["error"]
    assert len(caplog.records) == 1 and caplog.records[0].exc_info
    assert opened("draw", strengths={"Smiling": 1})[0] == 200


def test_a_photo_without_a_face_comes_back_to_be_marked_by_hand(page, caller, tmp_path):
    page.editor.faces = 0
    try:
        status, answer = caller("open", photo=caller.upload(photo_file(tmp_path)))
    finally:
        page.editor.faces = 1
    assert (status, answer["kind"]) == (422, "no_face") and answer["photo"]["width"] == 160
    assert size(answer["pictures"]["photo"]) == (160, 120)


def test_a_file_that_is_no_photo_is_told(caller, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"%PDF-1.7")
    status, answer = caller("open", photo=caller.upload(tmp_path / "bad.jpg"))
    assert (status, answer["kind"]) == (422, "photo") and "not a photo" in answer["error"]


# How fast


def test_whoever_asks_too_fast_is_told(page, caller):
    assert {caller("alive")[0] for _ in range(BURST)} == {200}
    page.visitors.of(caller.key, None).bucket = Bucket(rate=0, burst=0)
    status, answer = caller("alive")
    assert (status, answer["kind"]) == (429, "too_fast") and caller.leave() == (200, {}), "leaving is always heard"


def test_one_address_cannot_push_everybody_out_by_arriving(page, monkeypatch):
    monkeypatch.setattr("editor.ui.visitors.ARRIVALS_AT_ONCE", 0)
    page.visitors._arrivals.clear()  # addresses that had arrived before
    try:
        assert Caller(page.url)("arrive")[0] == 429
    finally:
        page.visitors._arrivals.clear()


# Turns


def test_a_live_picture_overtakes_a_full_one_that_has_not_begun(page, opened):
    page.editor.hold_up()
    page.editor.renders.clear()
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(opened, "draw", number=1, strengths={"Smiling": 0.1})
        assert page.editor.begun.wait(10)
        rest = [threads.submit(opened, "draw", number=2, strengths={"Smiling": 0.2}, full=True)]
        time.sleep(0.3)
        rest.append(threads.submit(opened, "draw", number=3, strengths={"Smiling": 0.3}))
        time.sleep(0.3)
        page.editor.held.set()
        assert [each.result(10)[0] for each in (first, *rest)] == [200] * 3
    assert [(each.strengths["Smiling"], each.live) for each in page.editor.renders] == [(0.1, True), (0.3, True), (0.2, False)]


def test_what_nobody_waits_for_any_more_is_not_drawn(page, opened):
    page.editor.hold_up()
    page.editor.renders.clear()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(opened, "draw", strengths={"Smiling": 0.1})
        assert page.editor.begun.wait(10)
        body = json.dumps({"key": opened.key, "strengths": {"Smiling": 0.2}, "full": True})
        given_up = http.client.HTTPConnection("127.0.0.1", port(page.url), timeout=10)
        given_up.request("POST", "/face/draw", body, {"Content-Type": "application/json"})
        time.sleep(0.3)
        given_up.close()
        time.sleep(0.3)
        page.editor.held.set()
        assert first.result(10)[0] == 200
    assert opened("draw", strengths={"Smiling": 0.3})[0] == 200
    assert [each.strengths["Smiling"] for each in page.editor.renders] == [0.1, 0.3]


def test_one_visitor_who_floods_does_not_hold_up_another(page, opened):
    """All that one asks for waits in one line, and takes one thread."""
    other = Caller(page.url).arrive()
    other("open", example="a.jpg")
    page.editor.hold_up()
    page.visitors.of(opened.key, None).bucket._left = BURST
    with ThreadPoolExecutor(60) as threads:
        flood = [threads.submit(opened, "draw", strengths={"Smiling": 1}) for _ in range(50)]
        assert page.editor.begun.wait(10)
        assert other("alive")[0] == 200 and other("progress")[0] == 200
        page.editor.held.set()
        statuses = [each.result(20)[0] for each in flood]
    assert set(statuses) <= {200, 429} and statuses.count(429) >= 30


@pytest.mark.parametrize("verb", ["open", "draw", "strip", "save"])
def test_whoever_leaves_while_something_is_drawn_leaves_nothing(page, opened, tmp_path, verb):
    visitor, path = page.visitors.of(opened.key, None), opened.upload(photo_file(tmp_path))
    assert opened("open", photo=path)[0] == 200
    another = opened.upload(photo_file(tmp_path))  # for the first one's portrait is kept
    fields = {"open": {"photo": another}, "draw": {"strengths": {"Young": 1}, "full": True}}.get(
        verb, {"strengths": {"Male": 1}, "name": "Smiling"}
    )
    page.editor.hold_up()
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(opened, verb, **fields)
        assert page.editor.begun.wait(10)
        assert Caller(page.url).send("/face/leave", opened.key.encode(), "text/plain")[0] == 200
        page.editor.held.set()
        assert call.result(10)[0] in (410, 200)
    assert visitor.left
    assert visitor.portrait is visitor.photo is visitor.preview is visitor._memory is None
    assert path not in map(str, page.cache.rglob("*")) and not visitor.folder.exists()


# Likeness


def test_a_likeness_is_improved_while_editing_goes_on(page, opened):
    assert opened("improve", way="refine") == (200, {})
    seen = 1
    while (told := opened("progress", revision=seen)[1])["job"]["state"] in ("waiting", "running"):
        seen = told["revision"]
        assert opened("draw", strengths={"Smiling": 1})[0] == 200
    assert told["job"]["state"] == "done" and told["job"]["step"] == told["job"]["steps"] == 40
    assert told["revision"] == 5 and told["quality"]["name"] == "fair"
    assert "pictures" not in opened("progress", revision=5)[1] and size(
        opened("progress", revision=4)[1]["pictures"]["reconstruction"]
    )


def test_one_is_improved_at_a_time_and_others_are_told_how_many_are_ahead(page, opened):
    other = Caller(page.url).arrive()
    other("open", example="b.jpg")
    page.editor.hold_up()
    try:
        assert opened("improve")[0] == 200 and page.editor.begun.wait(10)
        assert opened("improve")[1]["kind"] == opened("improve", way="tune")[1]["kind"] == "busy"
        assert other("improve", way="tune")[0] == 200
        assert other("progress")[1]["job"] == {
            "way": "tune",
            "state": "waiting",
            "step": 0,
            "steps": 60,
            "error": None,
            "ahead": 1,
        }
        assert other("stop") == opened("stop") == (200, {})
    finally:
        page.editor.held.set()
    deadline = time.monotonic() + 10
    while (state := other("progress")[1]["job"]["state"]) in ("waiting", "running"):
        assert time.monotonic() < deadline
    assert state == opened("progress")[1]["job"]["state"] == "stopped" and opened("improve")[0] == 200


def test_nothing_runs_in_the_event_loop(page, opened):
    """While one is held up, others are answered."""
    page.editor.hold_up()
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(opened, "changes", strengths={"Smiling": 1})
        assert page.editor.begun.wait(10)
        began = time.monotonic()
        assert Caller(page.url).arrive()("alive")[0] == 200 and time.monotonic() - began < 5
        page.editor.held.set()
        assert call.result(10)[0] == 200


def test_no_stream_is_kept_open_for_a_page(page):
    """So that a seventh tab works: browsers give a server six connections."""
    status, config = Caller(page.url).send("/config", None, method="GET")
    assert status == 200 and config["connect_heartbeat"] is False
    assert not [each for each in config["dependencies"] if each["targets"] and each["targets"][0][1] in ("load", "unload")]


def test_another_face_is_opened_without_looking_for_faces_again(page, caller, tmp_path):
    page.editor.faces, page.editor.opened = 3, []
    try:
        path = caller.upload(photo_file(tmp_path))
        told = [caller("open", photo=path, face=face)[1] for face in (0, 2)]
        caller("open", photo=path, points=[[0.1, 0.2], [0.3, 0.2], [0.2, 0.4]])
        caller("open", example="a.jpg")
    finally:
        page.editor.faces = 1
    assert [each["face"] for each in told] == [0, 2] and [each["revision"] for each in told] == [1, 2]
    assert [len(each["faces"]) for each in told] == [3, 3] and told[0]["faces"][1]["box"][0] == 10 / 160
    assert [each.known for each in page.editor.opened] == [0, 3, 3, 0]
    assert page.editor.opened[2].points == [(0.1, 0.2), (0.3, 0.2), (0.2, 0.4)]


def test_only_two_photos_are_opened_at_once_and_others_draw_meanwhile(page, opened):
    """A large photo takes hundreds of megabytes while it is opened."""
    page.visitors._arrivals.clear()
    opening, most, lock = [], [], threading.Lock()
    open_one = page.editor.open

    def slowly(*given, **more):
        with lock:
            opening.append(1)
            most.append(len(opening))
        time.sleep(0.2)
        with lock:
            opening.pop()
        return open_one(*given, **more)

    page.editor.open = slowly
    try:
        with ThreadPoolExecutor(5) as threads:
            calls = [threads.submit(Caller(page.url).arrive(), "open", example="a.jpg") for _ in range(5)]
            assert opened("draw", strengths={"Smiling": 1})[0] == 200
            assert [call.result(20)[0] for call in calls] == [200] * 5
    finally:
        page.editor.open = open_one
    assert max(most) == 2
