"""Only regular files of limited size are read, and nobody learns where they lie."""

import os
import socket
import sys
import threading
import time

import pytest

from editor.errors import PhotoError
from editor.images import open_photo
from editor.photos import files
from tests.photos.files import encoded, gradient


def refusal(source) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(source)
    return str(caught.value)


def test_a_regular_file_is_read_whole(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 1000)
    assert files.read_file(path, "a.bin") == path.read_bytes()


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    message = refusal(tmp_path / "nothing.jpg")
    assert "nothing.jpg" in message and "No such file" in message and str(tmp_path) not in message


@pytest.mark.parametrize(
    "make", [lambda path: path.mkdir(), lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"hi")]
)
def test_what_is_no_photo_is_named_without_its_folder(tmp_path, make):
    path = tmp_path / "thing.jpg"
    make(path)
    message = refusal(str(path))
    assert message.startswith("thing.jpg ") and str(tmp_path) not in message


def test_bytes_without_a_name_are_called_the_photo():
    assert refusal(b"hello, this is not a picture").startswith("The photo ")


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_devices_are_not_read(path):
    assert "not a regular file" in refusal(path)


def test_a_named_pipe_does_not_block(tmp_path):
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    messages: list[str] = []
    reading = threading.Thread(target=lambda: messages.append(refusal(pipe)), daemon=True)
    reading.start()
    reading.join(timeout=5)
    assert messages and "not a regular file" in messages[0]


def test_a_pipe_that_takes_the_place_of_a_file_does_not_block(tmp_path, monkeypatch):
    """The file is exchanged between the look at the path and the opening."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(gradient(), "JPEG"))
    opened = os.open

    def exchange_and_open(name, flags):
        name.unlink()
        os.mkfifo(name)
        return opened(name, flags)

    monkeypatch.setattr(files.os, "open", exchange_and_open)
    started = time.monotonic()
    assert "not a regular file" in refusal(path)
    assert time.monotonic() - started < 5


def test_a_socket_is_not_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.jpg")
        assert "not a regular file" in refusal("socket.jpg")


def test_no_more_than_the_limit_is_read_whatever_size_is_stated(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 1000)
    path = tmp_path / "large.jpg"
    path.write_bytes(bytes(1001))
    assert "larger than" in refusal(path)
    growing = "/proc/self/smaps" if sys.platform == "linux" else path  # its stated size is 0
    assert "larger than" in refusal(growing)


def test_a_file_at_the_limit_is_read(tmp_path, monkeypatch):
    path = tmp_path / "photo.png"
    path.write_bytes(encoded(gradient(), "PNG"))
    monkeypatch.setattr(files, "MAX_BYTES", path.stat().st_size)
    assert open_photo(path).size == gradient().size


def test_a_null_character_in_a_path_is_refused_in_words():
    assert "not the name of a file" in refusal("a\0b.jpg")


def test_names_can_be_shown_anywhere(tmp_path):
    message = refusal(tmp_path / "a\nb\udcff.jpg")
    assert message.isprintable() and message.encode("utf-8")
