"""One bad photo does not end the work on the others."""

import struct
from pathlib import Path

import pytest

from editor.batch.attempt import attempt
from editor.data.batch import each_photo
from editor.errors import PhotoError, SettingError


def work(photo: Path) -> str:
    if photo.stem == "bad":
        raise PhotoError("It is\nblurred.")
    if photo.stem == "odd":
        raise ZeroDivisionError("division by zero")
    return photo.stem


def test_reasons_are_one_line_and_name_what_nobody_foresaw():
    assert attempt(work, Path("a.jpg")) == ("a", "")
    assert attempt(work, Path("bad.jpg")) == (None, "It is blurred.")
    assert attempt(work, Path("odd.jpg")) == (None, "unexpected ZeroDivisionError: division by zero")
    assert attempt(lambda content: struct.unpack("L", content), b"")[1].startswith("unexpected struct.error: unpack requires")


def test_an_error_without_words_is_a_reason_too():
    def fail(_):
        raise PhotoError

    assert attempt(fail, "x")[1]


def test_the_others_are_done_and_the_bad_ones_named(capsys):
    skipped = []
    photos = [Path("a.jpg"), Path("bad.jpg"), Path("odd.jpg"), Path("b.jpg")]
    assert list(each_photo(work, photos, "working", skipped)) == ["a", "b"]
    told = capsys.readouterr().err
    assert "passed over bad.jpg: It is blurred." in told and "passed over odd.jpg: unexpected ZeroDivisionError" in told
    assert skipped == photos[1:3]


def test_when_none_can_be_worked_on_the_first_reason_is_told():
    with pytest.raises(SettingError, match=r"None of 2 photos could be worked on. The first, odd\.jpg: unexpected Zero"):
        list(each_photo(work, [Path("odd.jpg"), Path("bad.jpg")], "working"))


def test_stopping_stops():
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(each_photo(stop, ["x", "y"], "working"))
