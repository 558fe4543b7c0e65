"""An answer with pictures, read as the page reads it."""

from editor.ui.frames import framed
from tests.ui.serving import read


def test_what_is_framed_is_read():
    pictures = {"w_plus": b"first", "w_star": b"the second"}
    said = read(framed({"number": 7, "text": "é"}, pictures), "application/octet-stream")
    assert said == {"number": 7, "text": "é", "pictures": pictures}


def test_names_of_one_picture_share_its_bytes():
    picture = b"x" * 1000
    body = framed({}, {"w_plus": picture, "w_star": picture})
    assert len(body) < 1200 and read(body, "application/octet-stream")["pictures"] == {"w_plus": picture, "w_star": picture}
