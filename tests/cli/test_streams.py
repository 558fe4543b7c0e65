"""What is printed never ends the work, whatever stdout and stderr are."""

import io
import os
import subprocess
import sys

import pytest
from tqdm import tqdm

from editor import cli
from editor.cli.streams import safe_streams
from tests.conftest import ROOT


def closed_pipe(buffering: int) -> io.TextIOWrapper:
    """A stream whose reader has gone; with `buffering` 0 as `python -u` has it."""
    reader, writer = os.pipe()
    os.close(reader)
    return io.TextIOWrapper(open(writer, "wb", buffering), "utf-8", write_through=not buffering)  # noqa: PTH123


def full_disk() -> io.TextIOWrapper:
    return io.TextIOWrapper(open("/dev/full", "wb", 0), "utf-8", write_through=True)  # noqa: PTH123


@pytest.fixture(params=["closed pipe", "closed pipe, unbuffered", "closed", "full disk"])
def stream(request):
    kinds = {
        "closed pipe": lambda: closed_pipe(-1),
        "closed pipe, unbuffered": lambda: closed_pipe(0),
        "closed": lambda: None,
        "full disk": full_disk,
    }
    return kinds[request.param]()


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_printing_bars_and_warnings_never_raise(stream, name, monkeypatch):
    monkeypatch.setattr(sys, name, stream)
    with safe_streams():
        file = getattr(sys, name)
        for step in range(3):
            print(step, file=file)
        for _ in tqdm(range(2), desc="bar", file=file):
            tqdm.write("line", file=file)
        with tqdm(total=1, file=file if name == "stdout" else None) as bar:
            bar.update()
        sys.stdout.flush()
    assert getattr(sys, name) is stream


def test_a_closed_pipe_is_no_error_and_a_full_disk_is_one(monkeypatch):
    for make, error in ((lambda: closed_pipe(-1), False), (full_disk, True)):
        monkeypatch.setattr(sys, "stdout", make())
        with safe_streams() as streams:
            print("x")
        assert bool(streams.error) is error


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_every_name_can_be_printed(monkeypatch, encoding):
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding, errors="strict"))
    with safe_streams():
        print("photo-\udcff-ä-人.jpg")
    printed = content.getvalue().decode(encoding)
    assert printed.startswith("photo-\\udcff-") and printed.endswith("人.jpg\n" if encoding == "utf-8" else "\\u4eba.jpg\n")


def test_what_fits_is_printed_as_it_is(monkeypatch):
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, "utf-8"))
    with safe_streams():
        print("zoë 人")
        print("x" * 100_000)
    assert content.getvalue().decode() == "zoë 人\n" + "x" * 100_000 + "\n"


def test_all_of_it_arrives_through_a_pipe_that_does_not_wait(monkeypatch):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(open(writer, "wb", 0), write_through=True))  # noqa: PTH123, SIM115
    reading = subprocess.Popen([sys.executable, "-c", "import sys; print(len(sys.stdin.read()))"], stdin=reader, stdout=-1)
    os.close(reader)
    with safe_streams() as streams:
        print("x" * 300_000)
    sys.stdout.close()
    assert reading.communicate()[0].split() == [b"300001"] and streams.error is None


@pytest.fixture
def examined(monkeypatch):
    """The doctor prints without measuring anything."""
    monkeypatch.setattr("editor.cli.doctor._examine", lambda *_, **__: {"device": "cpu"})


@pytest.mark.usefixtures("examined")
def test_a_command_succeeds_though_nobody_reads_it(monkeypatch):
    monkeypatch.setattr(sys, "stdout", closed_pipe(0))
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(["doctor", "--json"]) == 0


@pytest.mark.usefixtures("examined")
def test_a_command_says_that_its_output_is_lost(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", full_disk())
    assert cli.main(["doctor", "--json"]) == 1
    assert "error: what was to be printed is lost: No space left on device." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["edit", "--help"], ["train", "flow", "--help"]])
def test_help_that_is_lost_is_a_failure(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", full_disk())
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 1 and "is lost: No space left on device." in capsys.readouterr().err


@pytest.mark.parametrize(("stream", "code"), [(lambda: closed_pipe(0), 0), (lambda: None, 0)])
def test_help_that_nobody_reads_is_none(monkeypatch, stream, code):
    monkeypatch.setattr(sys, "stdout", stream())
    with pytest.raises(SystemExit) as caught:
        cli.main(["edit", "--help"])
    assert caught.value.code == code


def test_wrong_arguments_stay_wrong_arguments_though_that_cannot_be_told(monkeypatch):
    monkeypatch.setattr(sys, "stderr", full_disk())
    with pytest.raises(SystemExit) as caught:
        cli.main(["paint"])
    assert caught.value.code == 2


def test_the_process_ends_well_with_its_streams_closed(tmp_path):
    """The table goes to a closed pipe, and a file opened later does not get stderr's place."""
    command = f'("{sys.executable}" -u -m editor doctor 2>&-; echo $? > "{tmp_path}/code") | true'
    subprocess.run(command, shell=True, cwd=ROOT, check=True)
    assert (tmp_path / "code").read_text() == "0\n"
