"""Names of hosts, paths and URLs: what is read, and what is found to be none."""

import httpx
import pytest

from editor.ui.hosts import host_name, root_path

NO_HOSTS = [
    "",
    "a b",
    "a@b",
    "a/b",
    "http://",
    "::1",
    "http://[",
    "http://[::1",
    "[::::]",
    "999.0.0.1",
    "a.example:99999",
    "http://a.ex\tample",
    "x://a.example",
]


def test_names_of_hosts_are_read_from_what_people_write():
    assert [host_name(text) for text in ("Faces.example.org", "a.example:8080", "https://a.example/x", "[::1]", "*")] == [
        "faces.example.org",
        "a.example",
        "a.example",
        "::1",
        "*",
    ]


@pytest.mark.parametrize("text", NO_HOSTS)
def test_what_is_no_host_has_no_name(text):
    assert host_name(text) == ""


@pytest.mark.parametrize("text", ["localhost:65535", "[::1]:7860", "192.0.2.7", "a..b", "1.2.3", "http://a.example:/x?y#z"])
def test_gradios_http_client_takes_whatever_has_a_name(text):
    assert host_name(text)
    httpx.URL(text if "://" in text else f"http://{text}")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("/", ""),
        ("faces", "/faces"),
        ("/faces", "/faces"),
        ("faces/", "/faces"),
        ("/a/b%20c", "/a/b%20c"),
        (" https://a.example/faces/ ", "https://a.example/faces"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_paths_begin_with_a_slash_and_end_with_none(text, read):
    assert root_path(text) == root_path(root_path(text)) == read


@pytest.mark.parametrize(
    "text",
    [
        *("http://[", "https://", "ftp://a.example/faces", "http://a.example:99999", "http://a.example/x?y", "http://*"),
        *("a b", "/a?b", "localhost:8000/faces", "//a.example//b", "/a%2", "/é", "a\\b", "/a\nb", "[::1]/faces"),
    ],
)
def test_what_is_neither_a_path_nor_the_url_of_a_page_is_refused(text):
    with pytest.raises(ValueError, match="is not"):
        root_path(text)
