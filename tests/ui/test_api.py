"""The page's endpoints, called as a program calls them."""

import json
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.conftest import ROOT, difference

EXAMPLE = ROOT / "assets" / "examples" / "a.jpg"


@pytest.fixture(scope="module")
def client(served) -> Client:
    return Client(served.url, verbose=False)


def post(url: str, body) -> tuple[int, dict]:
    """The status and the answer of a request with a JSON body."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def call(served, endpoint: str, data) -> str:
    """What an endpoint answers to a program that has no client: the last event and its data."""
    status, begun = post(f"{served.url}/gradio_api/call/{endpoint}", {"data": data})
    assert status == 200
    with urllib.request.urlopen(f"{served.url}/gradio_api/call/{endpoint}/{begun['event_id']}", timeout=120) as events:
        return events.read().decode().strip().split("\n\n")[-1]


def sent(served, path: Path) -> dict:
    """A photo sent to the server, as programs name it afterwards."""
    boundary = "edge"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{path.name}"\r\n\r\n'.encode()
    body = head + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    with urllib.request.urlopen(urllib.request.Request(f"{served.url}/gradio_api/upload", body, kind)) as response:
        return {"path": json.load(response)[0], "meta": {"_type": "gradio.FileData"}}


def test_edit_in_one_call(client, photo_path, editor, portrait):
    paths = client.predict(handle_file(photo_path), {"Smiling": -1.5}, api_name="/edit")
    pictures = [Image.open(path) for path in paths]
    assert [picture.size for picture in pictures] == [(1024, 1024)] * 2
    expected = editor.render(portrait, {"Smiling": -1.5})
    assert difference(pictures[0], expected.w_plus) < 6 and difference(pictures[1], expected.w_star) < 6


def test_a_program_elsewhere_gets_files_of_its_own(served, photo_path, tmp_path):
    """A process with other folders, whose results outlive what the server keeps."""
    program = textwrap.dedent(f"""
        import json
        from gradio_client import Client, handle_file
        client = Client({served.url!r}, verbose=False, download_files={str(tmp_path / "mine")!r})
        print(json.dumps(client.predict(handle_file({str(photo_path)!r}), {{"Young": 1}}, api_name="/edit")))
    """)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True, timeout=120)
    paths = [Path(path) for path in json.loads(run.stdout)]
    assert len(set(paths)) == 2
    for path in paths:
        assert path.resolve().is_relative_to(tmp_path) and Image.open(path).size == (1024, 1024)
        assert not path.resolve().is_relative_to(served.cache.resolve())


def test_results_are_those_of_their_own_call(client, photo_path, editor):
    """Three photos, asked for at once and looked at afterwards."""
    photos = [photo_path, *sorted((ROOT / "assets" / "examples").glob("*.jpg"))[:2]]
    jobs = [client.submit(handle_file(path), {"Smiling": 1.0}, api_name="/edit") for path in photos]
    results = [Image.open(job.result(120)[1]).convert("RGB") for job in jobs]
    wanted = [editor.render(editor.open(path), {"Smiling": 1.0}, ["w_star"]).w_star for path in photos]
    assert all(difference(result, mine) < 6 for result, mine in zip(results, wanted, strict=True))
    assert difference(results[0], results[1]) > 10 < difference(results[1], results[2])


def test_an_example_sent_by_a_program_is_still_there_for_others(client, served):
    shown = sorted(served.cache.rglob("a.jpg"))
    client.predict(handle_file(EXAMPLE), {}, api_name="/edit")
    assert EXAMPLE.is_file() and shown and all(path.is_file() for path in shown)


@pytest.mark.parametrize(
    ("strengths", "words"),
    [
        ({"Smirking": 1}, "no attribute 'Smirking'"),
        ({"Smirking": 0}, "no attribute 'Smirking'"),
        ({"Smirking": None}, "no attribute 'Smirking'"),
        ({"Smiling": None}, "Smiling: a strength is a number"),
        ({"Smiling": True}, "Smiling: a strength is a number"),
        ({"Smiling": "much"}, "Smiling: a strength is a number"),
        ({"Smiling": [1]}, "Smiling: a strength is a number"),
        ({"Smiling": 1e999}, "Smiling: a strength is a number"),
        ({"Smiling": 10**400}, "Smiling: a strength is a number"),
        (["Smiling", 1], "for example"),
        ("Smiling", "for example"),
        (None, "for example"),
    ],
    ids=str,
)
def test_strengths_that_are_none_are_told_in_words(served, photo_path, strengths, words):
    answer = call(served, "edit", [sent(served, photo_path), strengths])
    assert answer.startswith("event: error") and words in answer, answer


def test_numbers_may_be_written_as_text(served, photo_path):
    assert call(served, "edit", [sent(served, photo_path), {"Smiling": "1.5"}]).startswith("event: complete")


def test_long_input_is_not_sent_back(served, photo_path):
    answer = call(served, "edit", [sent(served, photo_path), {"x" * 1_000_000: 1}])
    assert "no attribute" in answer and len(answer) < 2000


@pytest.mark.parametrize("data", [[], ["photo.jpg"], [{}], [{"path": 3}, {}], [None, {}]], ids=str)
def test_a_call_without_a_photo_is_told_in_words(served, data):
    answer = call(served, "edit", data)
    assert answer.startswith("event: error") and ("photo is missing" in answer or "for example" in answer), answer


def test_settings_of_another_type_are_told_in_words(served, photo_path):
    assert "local is true or false" in call(served, "edit", [sent(served, photo_path), {}, "yes"])
    assert "preserve is true or false" in call(served, "edit", [sent(served, photo_path), {}, True, "no"])


def test_too_few_and_too_many_values_are_told_in_words(served):
    assert "takes 41 values, and 1 were given" in call(served, "render", [True])
    assert "takes 4 values, and 7 were given" in call(served, "edit", [None, {}, True, False, 1, 2, 3])


@pytest.mark.parametrize("data", [["/etc/passwd"], [3], [[1]], [{"path": 3, "meta": {"_type": "gradio.FileData"}}]], ids=str)
def test_values_of_another_kind_are_told_in_words(served, data):
    answer = call(served, "open", data)
    assert "not of the kind" in answer or "not sent" in answer, answer


def test_a_file_with_odd_parts_is_told_in_words(served, photo_path):
    for part in ({"meta": 5}, {"size": "big"}):
        answer = call(served, "edit", [sent(served, photo_path) | part, {}])
        assert answer.startswith("event: complete") or "not of the kind" in answer, answer


def test_a_slider_without_a_photo_is_told_in_words(served):
    assert "No photo is open" in call(served, "render", [True, *[0.5] * 40])


def test_a_photo_that_is_none_is_told_in_words(client, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"%PDF-1.7")
    with pytest.raises(AppError, match="not a photo"):
        client.predict(handle_file(bad), {}, api_name="/edit")


def test_the_queue_cannot_be_passed_by(served, photo_path):
    status, answer = post(f"{served.url}/gradio_api/run/edit", {"data": [sent(served, photo_path), {}]})
    assert status == 404 and "queue" in answer["detail"]


def test_the_endpoints_have_names(client):
    names = set(client.view_api(return_format="dict", print_info=False)["named_endpoints"])
    assert {"/open", "/render", "/edit"} <= names
