"""No file of the machine can be had: only what this server received, and only by whoever sent it."""

import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from time import monotonic

import pytest
from starlette.concurrency import run_in_threadpool

import editor.ui.uploads
from editor import PhotoError
from editor.ui.uploads import WAITING_SECONDS, Uploads, Waiting, named_files
from editor.ui.visitor import Visitor, VisitorLeftError
from tests.ui.fake import FakeEditor, photo_file
from tests.ui.serving import Caller, serving_page

BROWSER = ("127.0.0.1", "browser")


@pytest.fixture(scope="module")
def page():
    with serving_page(FakeEditor()) as served:
        yield served


@pytest.fixture
def caller(page):
    page.visitors._arrivals.clear()
    return Caller(page.url).arrive()


def test_nothing_is_told_of_what_exists_elsewhere(page, caller, tmp_path):
    """The answers for a photo, a folder, a file without a photo, a device and nothing at all are the same."""
    secret = photo_file(tmp_path)
    inside = photo_file(page.cache / "uploads" / ("0" * 32))
    paths = [
        secret,
        secret.parent,
        inside,
        "/etc/passwd",
        "/dev/zero",
        tmp_path / "none.jpg",
        "../" * 20 + "etc/passwd",
        "",
        "\0",
    ]
    answers = {str(caller("open", photo=str(path))) for path in paths}
    assert len(answers) == 1 and "not sent to this server by you" in answers.pop()


def test_a_named_pipe_holds_nobody_up(caller, tmp_path):
    pipe = tmp_path / "photo.jpg"
    os.mkfifo(pipe)
    assert caller("open", photo=str(pipe))[0] == 422


def test_an_address_of_the_web_is_not_fetched(page, caller):
    assert "not fetched from other servers" in caller("open", photo=f"{page.url}/theme.css")[1]["error"]


def test_the_same_photo_sent_twice_is_two_uploads(caller, tmp_path):
    paths = {caller.upload(photo_file(tmp_path)) for _ in range(2)}
    assert len(paths) == 2
    assert caller("open", photo=str(Path(paths.pop()).parent))[0] == 422


@pytest.mark.parametrize("name", ["фото 我 #%20é.jpg", "a%20b.jpg", "dots....jpg", "-rf.jpg", "CON.jpg", "x" * 300 + ".jpg"])
def test_a_photo_may_have_any_name(caller, tmp_path, name):
    short = photo_file(tmp_path)
    path = caller.send("/gradio_api/upload", part(f'name="files"; filename="{name}"', short), FORM)[1][0]
    assert caller("open", photo=path)[0] == 200


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:1/x.jpg"])
def test_the_server_gives_no_other_file(page, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{page.url}/gradio_api/file={urllib.parse.quote(path)}")
    assert refused.value.code in (400, 403, 404)


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path)


def received(uploads, tmp_path, name="photo.jpg", content=b"x"):
    path = tmp_path / "arriving" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return Path(uploads._keep([path], Waiting(monotonic(), BROWSER))[0])


def test_an_upload_belongs_to_the_first_who_uses_it_and_goes_with_them(uploads, tmp_path):
    one, other, path = Visitor(tmp_path / "one"), Visitor(tmp_path / "other"), received(uploads, tmp_path)
    assert uploads.claim(str(path), one) == uploads.claim(str(path), one) == path
    with pytest.raises(PhotoError):
        uploads.claim(str(path), other)
    other.end()
    assert path.exists()
    one.end()
    assert not path.exists() and not path.parent.exists()


def test_an_upload_of_someone_who_has_left_is_deleted(uploads, tmp_path):
    visitor, path = Visitor(tmp_path / "one"), received(uploads, tmp_path)
    visitor.end()
    with pytest.raises(VisitorLeftError):
        uploads.claim(str(path), visitor)
    assert not path.exists()


def test_what_no_call_names_is_deleted_in_time(uploads, tmp_path, monkeypatch):
    path, now = received(uploads, tmp_path), monotonic()
    monkeypatch.setattr("editor.ui.uploads.monotonic", lambda: now + WAITING_SECONDS - 1)
    uploads.sweep()
    assert path.exists()
    monkeypatch.setattr("editor.ui.uploads.monotonic", lambda: now + WAITING_SECONDS + 1)
    uploads.sweep()
    assert not path.exists()
    with pytest.raises(PhotoError):
        uploads.claim(str(path), Visitor(tmp_path / "one"))


def test_files_of_one_request_end_apart(uploads, tmp_path):
    one, two = (received(uploads, tmp_path, name) for name in ("one.jpg", "two.jpg"))
    first, second = Visitor(tmp_path / "first"), Visitor(tmp_path / "second")
    uploads.claim(str(one), first), uploads.claim(str(two), second)
    first.end()
    assert not one.exists() and two.exists()


FORM = "multipart/form-data; boundary=edge"


def part(head: str, path: Path, end: str = "\r\n--edge--\r\n") -> bytes:
    return f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + path.read_bytes() + end.encode()


HEADS = {"another field": 'name="file"; filename="a.jpg"', "text": 'name="files"', "another text": 'name="file"'}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("end", ["\r\n--edge--\r\n", ""], ids=["whole", "cut off"])
def test_what_is_sent_wrongly_is_told_and_not_kept(page, caller, tmp_path, head, end):
    before = set(page.cache.rglob("*"))
    status, words = caller.send("/gradio_api/upload", part(head, photo_file(tmp_path), end), FORM)
    assert status == 400 and words and b"Traceback" not in words
    assert {path for path in set(page.cache.rglob("*")) - before if path.is_file()} == set()


@pytest.mark.parametrize("name", ["process_recording", "deep_link"])
def test_addresses_that_would_keep_files_are_closed(caller, name):
    for method in ("GET", "POST"):
        assert caller.send(f"/gradio_api/{name}?session_hash=x", b"", method=method)[0] == 404


def test_a_photo_that_a_page_sent_goes_when_the_page_closes(page, caller, tmp_path):
    page.visitors._pages = {caller.key: page.visitors._pages[caller.key]}  # the only tab of this browser
    opened, never = (caller.upload(photo_file(tmp_path)) for _ in range(2))
    caller("open", photo=opened)
    assert Path(opened).exists() and Path(never).exists()
    caller.leave()
    assert not Path(opened).parent.exists() and not Path(never).parent.exists()


def test_a_photo_whose_page_closes_while_it_is_on_its_way_is_deleted_and_no_other_tabs(page, caller, tmp_path, monkeypatch):
    other = Caller(page.url).arrive()

    async def received_too_late(*given):
        found = await received_by(*given)
        await run_in_threadpool(caller.leave)
        return found

    never = Path(caller.upload(photo_file(tmp_path), X_Visitor=other.key))
    received_by = editor.ui.uploads._received
    monkeypatch.setattr(editor.ui.uploads, "_received", received_too_late)
    late = Path(caller.upload(photo_file(tmp_path), X_Visitor=caller.key))
    monkeypatch.setattr(editor.ui.uploads, "_received", received_by)
    assert not late.parent.exists() and never.exists()
    assert not Path(caller.upload(photo_file(tmp_path), X_Visitor=caller.key)).exists(), (
        "nor is anything kept of one who has left"
    )
    other.leave()
    assert not never.exists()


def test_files_are_found_however_deep_a_call_names_them():
    assert list(named_files([{"a": [{"path": "x", "b": {"path": "y"}}]}, {"path": 3}, "z"])) == ["x", "y"]
