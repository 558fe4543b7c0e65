"""The page's endpoints, called as a program calls them."""

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.conftest import difference


@pytest.fixture(scope="module")
def client(served) -> Client:
    return Client(served.url, verbose=False)


def test_edit_in_one_call(client, photo_path, editor, portrait):
    paths = client.predict(handle_file(photo_path), {"Smiling": -1.5}, api_name="/edit")
    pictures = [Image.open(path) for path in paths]
    assert [picture.size for picture in pictures] == [(1024, 1024)] * 2
    expected = editor.render(portrait, {"Smiling": -1.5})
    assert difference(pictures[0], expected.w_plus) < 6 and difference(pictures[1], expected.w_star) < 6


def test_what_is_wrong_is_said(client, photo_path, tmp_path):
    with pytest.raises(AppError, match="no attribute"):
        client.predict(handle_file(photo_path), {"Smirking": 1}, api_name="/edit")
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"%PDF-1.7")
    with pytest.raises(AppError, match="not a photo"):
        client.predict(handle_file(bad), {}, api_name="/edit")


def test_the_endpoints_have_names(client):
    names = set(client.view_api(return_format="dict", print_info=False)["named_endpoints"])
    assert {"/open", "/render", "/edit"} <= names
