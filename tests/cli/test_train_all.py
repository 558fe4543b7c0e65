"""`train all`: what it prints, what it writes, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from editor.cli import main
from tests.conftest import ROOT
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


STARTED = """
import sys
from pathlib import Path
from editor.cli import main
from editor.train.anew import layout
from tests.train.anew.fakes import small_run

run = small_run(Path(sys.argv[1]))
layout.begun = lambda *_: run
(run.data / "wait-flow").touch()
sys.exit(main(["train", "all", "--data", str(run.data), "--run", str(run.folder)]))
"""


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_a_run_that_is_ended_ends_its_command(tmp_path):
    work = tmp_path / "run" / "work" / "new-flow"
    started = subprocess.Popen([sys.executable, "-c", STARTED, str(tmp_path)], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while not (work / "half").exists() and time.monotonic() < until:
            time.sleep(0.02)
        started.terminate()
        assert started.wait(30) == 128 + signal.SIGTERM
    finally:
        started.kill()
    (tmp_path / "data" / "wait-flow").unlink()
    time.sleep(0.1)
    assert not (work / "report.json").exists(), "nobody went on with it"
