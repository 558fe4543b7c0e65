"""The table of commands: fast to read, and true to the commands that it names."""

import subprocess
import sys

import pytest

from editor.cli.commands import COMMANDS, load
from tests.conftest import ROOT

SINGLE = {name: entry for name, entry in COMMANDS.items() if name not in ("train", "evaluate")}


@pytest.mark.parametrize("name", SINGLE)
def test_a_command_is_described_alike_in_the_overview_and_in_its_own_help(name):
    text, place = SINGLE[name]
    assert load(place).__doc__.splitlines()[0] == text


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in SINGLE), ["edit", "a.jpg", "--wrong"]])
def test_help_and_wrong_arguments_wait_for_no_network(arguments):
    code = (
        "import sys; from editor.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print(sorted({'torch', 'gradio', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
