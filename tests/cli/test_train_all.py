"""`train all`: what it prints, what it writes, and how it ends."""

import json
import os
import signal
import threading
import time

import pytest

from editor.cli import main
from tests.train.anew.fakes import STEPS, ran, small_run


@pytest.fixture
def run(tmp_path, monkeypatch):
    run = small_run(tmp_path)
    monkeypatch.setattr("editor.train.anew.layout.begun", lambda *_: run)
    return run


@pytest.fixture
def arguments(run):
    return ["train", "all", "--data", str(run.data), "--run", str(run.folder)]


def test_a_dry_run_shows_the_commands_and_writes_nothing(run, arguments, capsys):
    assert main([*arguments, "--dry-run"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[::2] == [f"{name}: to do" for name in STEPS] and "face-editor flow" in said[5]
    assert not run.folder.exists() and ran(run) == []


def test_the_comparison_is_printed_and_kept(run, arguments, capsys):
    assert main([*arguments, "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["adopt"][1] == f"face-editor install flow {run.folder / 'weights' / 'flow.bin'}"
    assert json.loads((run.folder / "compared.json").read_text()) == values
    assert main(arguments) == 0
    assert capsys.readouterr().out.strip() == (run.folder / "compared.md").read_text().strip()
    assert main([*arguments, "--dry-run", "--json"]) == 0
    assert all(step["done"] for step in json.loads(capsys.readouterr().out))


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_a_run_that_is_ended_ends_its_command(run, arguments):
    (run.data / "wait-flow").touch()
    half = run.folder / "work" / "new-flow" / "half"

    def end():
        while not half.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end).start()
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit):
        main(arguments)
    assert signal.getsignal(signal.SIGTERM) is before
    (run.data / "wait-flow").unlink()
    time.sleep(0.1)
    assert not (half.parent / "report.json").exists(), "nobody went on with it"
