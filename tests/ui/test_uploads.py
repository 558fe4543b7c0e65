"""No file of the machine can be had: only what this server received, and only by whoever sent it."""

import os
import urllib.error
import urllib.parse
import urllib.request

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from editor import PhotoError
from editor.ui.uploads import Uploads
from editor.ui.visitor import Visitor, VisitorLeftError
from tests.conftest import ROOT
from tests.ui.test_api import call, sent

META = {"_type": "gradio.FileData"}
EXAMPLE = ROOT / "assets" / "examples" / "a.jpg"


@pytest.fixture
def secret(photo, tmp_path):
    """A photo on the server's disk that nobody sent."""
    path = tmp_path / "holiday.jpg"
    photo.save(path)
    return path


@pytest.mark.parametrize("endpoint", ["edit", "open"])
@pytest.mark.parametrize("meta", [{}, {"meta": META}], ids=["bare", "as a file"])
def test_a_photo_on_the_disk_cannot_be_had(served, secret, endpoint, meta):
    answer = call(served, endpoint, [{"path": str(secret), **meta}, {}])
    assert "not sent to this server by you" in answer and ".jpg" not in answer.replace(str(secret), ""), answer


@pytest.mark.parametrize("endpoint", ["edit", "open"])
def test_nothing_is_told_of_what_exists_elsewhere(served, secret, endpoint):
    """The answers for a photo, a folder, a file without a photo, a device and nothing at all are the same."""
    paths = (secret, secret.parent, "/etc/passwd", "/dev/zero", secret.parent / "none.jpg", "../" * 20 + "etc/passwd", "", "\0")
    for meta in ({}, {"meta": META}):
        answers = {call(served, endpoint, [{"path": str(path), **meta}, {}]) for path in paths}
        assert len(answers) == 1, answers


def test_a_named_pipe_holds_nobody_up(served, tmp_path):
    pipe = tmp_path / "photo.jpg"
    os.mkfifo(pipe)
    assert "not sent" in call(served, "open", [{"path": str(pipe)}])


def test_an_address_of_the_web_is_not_fetched(served):
    asked = f"http://127.0.0.1:{served.url.split(':')[-1]}/theme.css"
    for endpoint in ("edit", "open"):
        assert "not fetched from other servers" in call(served, endpoint, [{"path": asked, "meta": META}, {}])


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
    path = tmp_path / "uploads" / "token" / "hash" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    uploads._waiting[str(path)] = 0.0
    return path


def test_an_upload_belongs_to_the_first_who_uses_it_and_goes_with_them(uploads, tmp_path):
    one, other, path = Visitor(tmp_path / "one"), Visitor(tmp_path / "other"), received(uploads, tmp_path)
    assert uploads.claim(str(path), one) == uploads.claim(str(path), one) == path
    with pytest.raises(PhotoError):
        uploads.claim(str(path), other)
    other.end()
    assert path.exists()
    one.end()
    assert not path.exists() and not (tmp_path / "uploads" / "token").exists()


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
    for path in (tmp_path / "x" / "y" / "a.jpg", tmp_path / "uploads" / "hash" / "b.jpg"):
        with pytest.raises(PhotoError):
            uploads.claim(str(path), Visitor(tmp_path / "two"))


def test_what_nobody_opens_is_deleted_in_time(uploads, tmp_path, monkeypatch):
    path = received(uploads, tmp_path)
    monkeypatch.setattr("editor.ui.uploads.monotonic", lambda: 3599.0)
    uploads.sweep()
    assert path.exists()
    monkeypatch.setattr("editor.ui.uploads.monotonic", lambda: 3601.0)
    uploads.sweep()
    assert not path.exists()
    with pytest.raises(PhotoError):
        uploads.claim(str(path), Visitor(tmp_path / "one"))
