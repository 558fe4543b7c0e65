"""No file of the machine can be had: only what this server received, and only by whoever sent it."""

import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from editor import PhotoError
from editor.ui.uploads import WAITING_SECONDS, Uploads
from editor.ui.visitor import Visitor, VisitorLeftError
from tests.conftest import ROOT
from tests.ui.test_api import call, post, sent

META = {"_type": "gradio.FileData"}
EXAMPLE = ROOT / "assets" / "examples" / "a.jpg"


def arguments(endpoint: str, photo: dict) -> list:
    """What an endpoint takes, with this photo."""
    return [photo, {}] if endpoint == "edit" else [photo]


@pytest.fixture
def secret(photo, tmp_path):
    """A photo on the server's disk that nobody sent."""
    path = tmp_path / "holiday.jpg"
    photo.save(path)
    return path


@pytest.mark.parametrize("endpoint", ["edit", "open"])
@pytest.mark.parametrize("meta", [{}, {"meta": META}], ids=["bare", "as a file"])
def test_a_photo_on_the_disk_cannot_be_had(served, secret, endpoint, meta):
    answer = call(served, endpoint, arguments(endpoint, {"path": str(secret), **meta}))
    assert "not sent to this server by you" in answer and ".jpg" not in answer.replace(str(secret), ""), answer


@pytest.mark.parametrize("endpoint", ["edit", "open"])
def test_nothing_is_told_of_what_exists_elsewhere(served, secret, endpoint):
    """The answers for a photo, a folder, a file without a photo, a device and nothing at all are the same."""
    paths = (secret, secret.parent, "/etc/passwd", "/dev/zero", secret.parent / "none.jpg", "../" * 20 + "etc/passwd", "", "\0")
    for meta in ({}, {"meta": META}):
        answers = {call(served, endpoint, arguments(endpoint, {"path": str(path), **meta})) for path in paths}
        assert len(answers) == 1, answers


def test_a_named_pipe_holds_nobody_up(served, tmp_path):
    pipe = tmp_path / "photo.jpg"
    os.mkfifo(pipe)
    assert "not sent" in call(served, "open", [{"path": str(pipe)}])


def test_an_address_of_the_web_is_not_fetched(served):
    asked = f"http://127.0.0.1:{served.url.split(':')[-1]}/theme.css"
    for endpoint in ("edit", "open"):
        assert "not fetched from other servers" in call(served, endpoint, arguments(endpoint, {"path": asked, "meta": META}))


def test_what_one_visitor_uses_is_of_no_use_to_another(served, photo_path):
    """Every call without a session is a visitor of its own."""
    file = sent(served, photo_path)
    assert call(served, "edit", [file, {}]).startswith("event: complete")
    assert "not sent to this server by you" in call(served, "edit", [file, {}])


def test_results_of_another_visitor_cannot_be_opened(served, photo_path):
    owner = Client(served.url, verbose=False, download_files=False)
    result = owner.predict(handle_file(photo_path), {}, api_name="/edit")[0]
    path = result["path"] if isinstance(result, dict) else result
    assert "not sent" in call(served, "edit", [{"path": str(path), "meta": META}, {}])


def test_the_same_photo_sent_twice_is_two_uploads(served, photo_path):
    one, other = sent(served, photo_path), sent(served, photo_path)
    assert one["path"] != other["path"]
    with pytest.raises(AppError, match="not sent"):
        Client(served.url, verbose=False).predict({"path": "/".join(one["path"].split("/")[:-2])}, {}, api_name="/edit")


@pytest.mark.parametrize("path", ["/etc/passwd", "http://127.0.0.1:1/x.jpg"])
def test_the_server_gives_no_other_file(served, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.url}/gradio_api/file={urllib.parse.quote(path)}")
    assert refused.value.code in (400, 403, 404)


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path, [EXAMPLE])


def received(uploads, tmp_path, name="photo.jpg"):
    path = tmp_path / "arriving" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    return Path(uploads._keep([path], ("127.0.0.1", "browser"))[0])


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


def test_examples_are_read_where_they_lie_and_belong_to_nobody(uploads, tmp_path):
    visitor = Visitor(tmp_path / "one")
    assert uploads.claim(str(tmp_path / "some-hash" / "a.jpg"), visitor) == EXAMPLE
    visitor.end()
    assert EXAMPLE.is_file()
    for path in (tmp_path / "x" / "y" / "a.jpg", tmp_path / "uploads" / "hash" / "b.jpg", EXAMPLE):
        with pytest.raises(PhotoError):
            uploads.claim(str(path), Visitor(tmp_path / "two"))


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


def send(served, body: bytes) -> tuple[int, str]:
    kind = {"Content-Type": "multipart/form-data; boundary=edge"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{served.url}/gradio_api/upload", body, kind)) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


HEADS = {"another field": 'name="file"; filename="a.jpg"', "text": 'name="files"', "another text": 'name="file"'}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("end", ["\r\n--edge--\r\n", ""], ids=["whole", "cut off"])
def test_what_is_sent_wrongly_is_told_and_not_kept(served, photo_path, head, end):
    before = set(served.cache.rglob("*"))
    start = f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
    status, words = send(served, start + photo_path.read_bytes() + end.encode())
    assert status == 400 and words and "Traceback" not in words
    assert {path for path in set(served.cache.rglob("*")) - before if path.is_file()} == set()


@pytest.mark.parametrize("name", ["process_recording", "deep_link"])
def test_addresses_that_would_keep_files_are_closed(served, name):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.url}/gradio_api/{name}?session_hash=x", b"" if name == "process_recording" else None)
    assert refused.value.code == 404


def test_a_photo_whose_call_still_waits_goes_when_the_page_closes(served, photo_path):
    """The call cannot run: another drawing holds everybody up."""
    file, session = sent(served, photo_path), "closed-while-waiting"
    visitors, request = served.visitors, SimpleNamespace(session_hash=session, client=None, headers={})
    visitors.arrive(request)
    calls = Client(served.url, verbose=False).config["dependencies"]
    number = next(call["id"] for call in calls if call["api_name"] == "open")
    with served.editor.renderer._queue:
        status, _ = post(
            f"{served.url}/gradio_api/queue/join",
            {"data": [file], "fn_index": number, "session_hash": session, "event_data": None, "trigger_id": None},
        )
        assert status == 200 and Path(file["path"]).exists()
        visitors.leave(request)
        assert not Path(file["path"]).exists()
