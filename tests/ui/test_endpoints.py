"""The calls for programs, with gradio_client and over plain HTTP, from this process and from another with its own folders."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from editor.actions.fit import QUICK
from editor.ui.studio import first_steps
from tests.conftest import ROOT, difference, needed
from tests.ui.fake import FakeEditor, photo_file
from tests.ui.serving import Caller, serving_page


@pytest.fixture(scope="module")
def page():
    with serving_page(FakeEditor()) as served:
        yield served


@pytest.fixture(scope="module")
def client(page, tmp_path_factory) -> Client:
    return Client(page.url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


@pytest.fixture
def jpeg(tmp_path):
    return photo_file(tmp_path)


@pytest.fixture
def key(client, jpeg):
    return client.predict(handle_file(jpeg), api_name="/open")[0]


def call(page, endpoint: str, data) -> str:
    """What an endpoint answers to a program that has no client: the last event and its data."""
    caller = Caller(page.url)
    status, begun = caller.send(f"/gradio_api/call/{endpoint}", json.dumps({"data": data}).encode())
    assert status == 200, begun
    events = caller.send(f"/gradio_api/call/{endpoint}/{begun['event_id']}", None, method="GET")[1]
    return events.decode().strip().split("\n\n")[-1]


def sent(page, path: Path) -> dict:
    """A photo sent to the server, as programs name it afterwards."""
    return {"path": Caller(page.url).upload(path), "meta": {"_type": "gradio.FileData"}}


def test_a_photo_is_opened_improved_drawn_judged_saved_and_closed(page, client, jpeg):
    key, told, crop, reconstruction = client.predict(handle_file(jpeg), api_name="/open")
    assert told["photo"]["width"] == 160 and told["quality"]["name"] == "fair" and len(key) >= 32
    assert [Image.open(path).format for path in (crop, reconstruction)] == ["PNG"] * 2
    quality, _ = client.predict(key, "refine", 20, api_name="/improve")
    assert quality["level"] == 2 and page.visitors.of(key, None).portrait.w_plus == "better 20"
    paths = client.predict(key, {"Smiling": 1.5}, api_name="/render")
    assert [Path(path).name for path in paths] == ["w-plus.png", "w-star.png"]
    assert client.predict(key, {"Smiling": 1.5}, spaces=["w_star"], api_name="/render")[0] is None
    changes = client.predict(key, {"Smiling": 1.5}, api_name="/changes")
    assert changes["spaces"]["w_star"]["asked"] == {"Smiling": 1.0}
    saved = client.predict(key, {"Smiling": 1.5}, "before_after", "jpeg", api_name="/save")
    assert Image.open(saved).format == "JPEG" and Image.open(saved).size == (328, 120)
    visitor = page.visitors.of(key, None)
    client.predict(key, api_name="/close")
    assert visitor.left and not visitor.folder.exists()
    for endpoint in ("/render", "/changes", "/improve", "/save", "/close"):
        with pytest.raises(AppError, match="put away"):
            client.predict(key, api_name=endpoint)


def test_a_key_needs_no_session(page, client, key):
    """Another client, and one without any, go on with the same photo."""
    assert Client(page.url, verbose=False).predict(key, {}, api_name="/render")
    assert call(page, "render", [key, {"Smiling": "1.5"}, True, [], ["w_star"]]).startswith("event: complete")


def test_locks_and_the_rest_are_looked_at_without_asking(page, client, key):
    client.predict(key, {"Smiling": 1.5}, True, ["Male"], api_name="/render")
    assert page.editor.renders[-1].locked == ("Male",) and page.editor.renders[-1].along["w_star"]
    client.predict(key, {"Smiling": 1.5}, api_name="/render")
    assert not any(page.editor.renders[-1].along.values())
    client.predict(key, {"Smiling": 1.5}, preserve=True, api_name="/render")
    assert page.editor.renders[-1].along == {"w_plus": {}, "w_star": {"Male": 0.25}}
    for preserve in (True, False):
        client.predict(key, {"Smiling": 1.5}, preserve=preserve, api_name="/changes")
        assert bool(page.editor.renders[-1].along["w_star"]) == preserve, "what is measured is what was asked for"


def test_an_edit_in_one_call_begins_with_the_same_likeness_as_the_page(page, client, jpeg):
    client.predict(handle_file(jpeg), {"Smiling": 1.5}, api_name="/edit")
    assert page.editor.opened[-1].refine == QUICK


def test_a_program_elsewhere_gets_files_of_its_own(page, jpeg, tmp_path):
    """A process with other folders, whose results outlive what the server keeps."""
    program = textwrap.dedent(f"""
        import json
        from gradio_client import Client, handle_file
        client = Client({page.url!r}, verbose=False)
        key, told, *files = client.predict(handle_file({str(jpeg)!r}), api_name="/open")
        files += client.predict(key, {{"Young": 1}}, api_name="/render")
        files.append(client.predict(key, {{"Young": 1}}, "both", "webp", api_name="/save"))
        files += client.predict(handle_file({str(jpeg)!r}), {{"Young": -1}}, api_name="/edit")
        client.predict(key, api_name="/close")
        print(json.dumps(files))
    """)
    mine = tmp_path / "mine"
    mine.mkdir()
    environment = os.environ | {"GRADIO_TEMP_DIR": str(mine), "TMPDIR": str(mine)}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True, timeout=120)
    paths = [Path(path) for path in json.loads(run.stdout)]
    assert len(set(paths)) == 7
    for path in paths:
        assert path.resolve().is_relative_to(mine.resolve()) and Image.open(path).width >= 64


def test_over_plain_http_a_file_has_an_address(page, key):
    told = json.loads(call(page, "save", [key, {"Smiling": 1}]).partition("data: ")[2])
    status, content = Caller(page.url).send(told[0]["url"].removeprefix(page.url), None, method="GET")
    assert status == 200 and content.startswith(b"\xff\xd8")


def test_results_are_those_of_their_own_call(client, jpeg):
    jobs = [client.submit(handle_file(jpeg), {"Smiling": value}, api_name="/edit") for value in (-2.0, 0.5, 2.0)]
    pictures = [Image.open(job.result(60)[1]).convert("RGB") for job in jobs]
    assert difference(pictures[0], pictures[1]) > 10 < difference(pictures[1], pictures[2])


def test_nothing_is_left_once_everybody_has_left(page, client, jpeg):
    keys = [client.predict(handle_file(jpeg), api_name="/open")[0] for _ in range(2)]
    for each in keys:
        client.predict(each, {"Smiling": 1}, api_name="/render")
    client.predict(handle_file(jpeg), {}, api_name="/edit")
    with pytest.raises(AppError):
        client.predict(handle_file(jpeg), 7, api_name="/open")  # there is no such face: this visitor leaves at once
    for each in list(page.visitors._here):
        page.visitors.leave(each, None)
    page.visitors.uploads._delete(lambda _: True)
    assert [path.name for path in page.cache.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("strengths", "words"),
    [
        ({"Smirking": 1}, "no attribute 'Smirking'"),
        ({"Smirking": None}, "no attribute 'Smirking'"),
        ({"Smiling": None}, "Smiling: a strength is a number"),
        ({"Smiling": True}, "Smiling: a strength is a number"),
        ({"Smiling": "much"}, "Smiling: a strength is a number"),
        ({"Smiling": [1]}, "Smiling: a strength is a number"),
        ({"Smiling": 1e999}, "Smiling: a strength is a number"),
        ({"Smiling": "nan"}, "Smiling: a strength is a number"),
        ({"Smiling": 10**400}, "Smiling: a strength is a number"),
        (["Smiling", 1], "for example"),
        ("Smiling", "for example"),
        (None, "for example"),
    ],
    ids=str,
)
def test_strengths_that_are_none_are_told_in_words(page, key, jpeg, strengths, words):
    for answer in (call(page, "edit", [sent(page, jpeg), strengths]), call(page, "render", [key, strengths])):
        assert answer.startswith("event: error") and words in answer, answer


WRONG = {
    "open": [[None], ["photo.jpg"], [3], [{}], [{"path": 3}], [{"path": "/etc/passwd"}], [{"path": "http://127.0.0.1/a.jpg"}]],
    "edit": [[], [None, {}], [{"path": 3}, {}], [None, {}, "yes"], [None, {}, True, "no"]],
    "improve": [[None], [3], ["KEY", "worse"], ["KEY", "refine", 0], ["KEY", "refine", 10**9], ["KEY", "refine", "many"]],
    "render": [["x", {}], ["KEY", {}, 1], ["KEY", {}, True, "Male"], ["KEY", {}, True, ["None"]], ["KEY", {}, True, [], ["w"]]],
    "save": [["KEY", {}, "all"], ["KEY", {}, "w_star", "exe"], ["KEY", {}, "w_star", "png", 0], ["KEY", {}, "strip"]],
    "close": [[None], [[]], ["x"]],
}


@pytest.mark.parametrize(("endpoint", "data"), [(name, data) for name, several in WRONG.items() for data in several], ids=str)
def test_a_value_that_is_none_is_told_in_words(page, key, endpoint, data, caplog):
    answer = call(page, endpoint, [key if value == "KEY" else value for value in data])
    assert (answer.startswith("event: error") and '."' in answer) or '}."' in answer, answer
    assert not caplog.records and page.visitors.of(key, None)


def test_long_input_is_not_sent_back(page, key):
    answer = call(page, "render", [key, {"x" * 1_000_000: 1}])
    assert "no attribute" in answer and len(answer) < 2000


def test_too_few_and_too_many_values_are_told_in_words(page):
    assert "takes 4 values, and 7 were given" in call(page, "edit", [None, {}, True, False, 1, 2, 3])


def test_a_file_with_odd_parts_is_told_in_words(page, jpeg):
    for part in ({"meta": 5}, {"size": "big"}):
        answer = call(page, "edit", [sent(page, jpeg) | part, {}])
        assert answer.startswith("event: complete") or "not of the kind" in answer, answer


def test_an_upload_is_of_no_use_to_another_program(page, jpeg):
    file = sent(page, jpeg)
    assert call(page, "edit", [file, {}]).startswith("event: complete")
    assert "not sent to this server by you" in call(page, "edit", [file, {}])
    assert "not sent to this server by you" in call(page, "open", [file])


def test_the_queue_cannot_be_passed_by(page, key):
    status, answer = Caller(page.url).send("/gradio_api/run/render", json.dumps({"data": [key, {}]}).encode())
    assert status == 404 and "queue" in answer["detail"]


def test_every_endpoint_and_its_arguments_are_described(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {"/open", "/improve", "/render", "/changes", "/save", "/close", "/edit"}
    assert [each["parameter_name"] for each in endpoints["/render"]["parameters"]] == [
        "key",
        "strengths",
        "local",
        "locks",
        "spaces",
        "preserve",
    ]


def examples(kind: str, page, folder: Path) -> str:
    """The code of a kind in the document, for this server."""
    photo_file(folder)
    (code,) = re.findall(rf"```{kind}\n(.*?)```", (ROOT / "docs" / "api.md").read_text(), re.DOTALL)
    assert "http://127.0.0.1:7860" in code
    return code.replace("http://127.0.0.1:7860", page.url)


def test_the_document_of_the_calls_is_true_with_the_client(page, tmp_path):
    code = (
        examples("python", page, tmp_path)
        + "import json; print(json.dumps([face, reconstruction, closer, w_plus, w_star, saved]))"
    )
    environment = os.environ | {"GRADIO_TEMP_DIR": str(tmp_path / "mine")}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120
    )
    assert run.returncode == 0, run.stderr
    assert all(
        Path(path).is_relative_to(tmp_path / "mine") and Image.open(path) for path in json.loads(run.stdout.splitlines()[-1])
    )


def test_the_document_of_the_calls_is_true_with_curl(page, tmp_path):
    for program in ("curl", "bash"):
        needed(program)
    run = subprocess.run(
        ["bash", "-c", examples("bash", page, tmp_path)], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert Image.open(tmp_path / "w-star.png").format == "PNG", run.stderr


def test_the_document_names_every_call_and_its_arguments(client):
    rows = dict(re.findall(r"^\| `/(\w+)` \| (.*?) \|", (ROOT / "docs" / "api.md").read_text(), re.MULTILINE))
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert {f"/{name}" for name in rows} == set(endpoints)
    for name, takes in rows.items():
        for argument in endpoints[f"/{name}"]["parameters"]:
            assert argument["parameter_name"] in takes, name


def test_edit_with_the_models(served, photo_path, editor):
    """With real networks, once."""
    editor.fitter.prepare()
    portrait = editor.open(photo_path, refine=first_steps(editor))
    client = Client(served.url, verbose=False)
    paths = client.predict(handle_file(photo_path), {"Smiling": -1.5}, api_name="/edit")
    expected = editor.render(portrait, {"Smiling": -1.5}).images.values()
    assert all(difference(Image.open(path), picture) < 6 for path, picture in zip(paths, expected, strict=True))


def test_a_page_with_the_models(served):
    """Every verb that the page has, with real networks, once."""
    caller = Caller(served.url).arrive()
    assert caller("open", example="a.jpg")[0] == 200
    edit = {"strengths": {"Smiling": 1.5}, "locks": ["Male"]}
    for live in (True, False):
        pictures = caller("draw", **edit, full=not live)[1]["pictures"]
        assert len(pictures) == 2 and all(picture.startswith(b"\xff\xd8") for picture in pictures.values())
    assert caller("preserve", **edit)[0] == 200 and caller("draw", **edit, full=True)[1]["unsteady"] == 0
    assert (
        caller("draw", **edit, paper=True)[0] == caller("codes", **edit)[0] == caller("strip", **edit, name="Young")[0] == 200
    )
    assert caller("changes", **edit)[1]["spaces"]["w_star"]["asked"]["Smiling"] > 0
    assert caller("save", **edit)[1].startswith(b"\xff\xd8")
    assert caller.leave()[0] == 200
