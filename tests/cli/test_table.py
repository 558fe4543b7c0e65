"""The table of commands: fast to read, and true to the commands that it names."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from editor.cli import main
from editor.cli.commands import COMMANDS, Table, load
from tests.conftest import ROOT


def places(table: Table, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Every command: its names, its description and its place."""
    for name, (text, place) in table.items():
        found = load(place)
        if isinstance(found, dict):
            yield from places(found, (*names, name))
        else:
            yield (*names, name), text, place


EVERY = list(places(COMMANDS))


@pytest.mark.parametrize(("names", "text", "place"), EVERY, ids=lambda value: str(value))
def test_a_command_is_described_alike_in_the_overview_and_in_its_own_help(names, text, place):
    assert load(place).__doc__.splitlines()[0] == text


@pytest.mark.parametrize("names", [each[0] for each in EVERY], ids=" ".join)
def test_every_option_is_explained_in_words(names, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*names, "--help"])
    said = capsys.readouterr().out
    assert caught.value.code == 0 and said.startswith(f"usage: face-editor {' '.join(names)}") and "None" not in said
    options = re.split(r"(?m)^(?:│ |  )(?=--[a-z])", said)[1:]
    assert all(re.search(r"[a-z]{2,} [a-z]{2,}|Print JSON", option) for option in options)


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["train"], ["edit", "a.jpg", "--wrong"], *([*names, "--help"] for names, *_ in EVERY)],
    ids=" ".join,
)
def test_help_and_wrong_arguments_wait_for_no_network(arguments):
    code = (
        "import sys; from editor.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: print(sorted({'torch', 'gradio', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
