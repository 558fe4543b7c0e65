"""Names of files on their way to a browser."""

import pytest

from editor.ui.saving import File


@pytest.mark.parametrize("name", ["anna-edited.jpg", "фото 我 #%20é-edited.png", 'a"b\\c;d.png', "a\r\nSet-Cookie: b.png"])
def test_a_name_in_any_letters_makes_a_safe_header(name):
    header = File(name, "image/png", b"").disposition
    assert header.isascii() and "\n" not in header and "\r" not in header
    assert header.count('"') == 2
    assert header.startswith("attachment; ")


def test_plain_names_stay_readable():
    assert 'filename="anna edited.jpg"' in File("anna edited.jpg", "image/jpeg", b"").disposition
