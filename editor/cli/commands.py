"""From arguments to the command that they name: a frozen dataclass whose fields are its options.

The commands are a table, so a command's module is imported when that command runs and the overview imports none. tyro reads
the arguments; what it has to say about wrong ones is put in one line.
"""

import contextlib
import importlib
import io
import re
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn, Protocol, Union

import tyro

from editor.cli.arguments import REGISTRY

PROGRAM = "face-editor"
Table = dict[str, tuple[str, str]]
"""Commands by name: what each does, and where it is (`module:Class`, or `module:TABLE` for a group of commands)."""

DEFAULT = "serve"
"""The command that runs when none is named."""
COMMANDS: Table = {
    "serve": ("Open the app in a browser.", "editor.ui.command:Serve"),
    "edit": ("Edit a face in a photo.", "editor.cli.edit.command:Edit"),
    "batch": ("Make the edits of a recipe on many photos.", "editor.cli.batch:Batch"),
    "attribute": ("Make an attribute of your own from photos.", "editor.cli.attribute:MakeAttribute"),
    "doctor": ("Check the machine, the weights and the speed.", "editor.cli.doctor:Doctor"),
    "encode": ("Encode a folder of photos, for training and evaluation.", "editor.cli.encode:Encode"),
    "prepare": ("Train a flow and directions for the codes of another encoder.", "editor.cli.prepare:Prepare"),
    "train": ("Train a model. A stopped run goes on where it was.", "editor.cli.train:COMMANDS"),
    "evaluate": ("Measure the models.", "editor.cli.evaluate:COMMANDS"),
    "install": ("Make a trained file the one that the app uses.", "editor.cli.install:Install"),
}


class Command(Protocol):
    """A command with its options."""

    def run(self) -> int:
        """Do the work; 0 when it is done."""
        ...


def parse(arguments: Sequence[str]) -> Command:
    """The command that arguments name, with its options.

    Raises:
        SystemExit: with 0 after help, with 2 after one line on stderr where an argument is wrong.

    >>> parse(["doctor", "--json"])
    Doctor(models='embedded', generator='', device=None, json=True)
    >>> parse(["doctor", "--jason"])
    Traceback (most recent call last):
        ...
    SystemExit: 2
    """
    rest, program, table = list(arguments), PROGRAM, COMMANDS
    if nul := next((argument for argument in rest if "\0" in argument), None):  # a program's; no shell lets it through
        refuse(f"the argument {nul[:80]!r} holds a NUL character, which no name may hold")
    if not rest or (rest[0].startswith("-") and rest[0] not in ("-h", "--help")):
        rest = [DEFAULT, *rest]
    while rest and rest[0] in table:
        name, *rest = rest
        program = f"{program} {name}"
        found = load(table[name][1])
        if not isinstance(found, dict):
            return _read(found, program, rest)
        table = found
    if rest and not rest[0].startswith("-"):
        refuse(f"there is no command {rest[0][:80]!r}. There are: {', '.join(table)}", program)
    _read(_overview(table), program, rest)
    raise SystemExit(2)  # never reached: an overview has no command to return


def load(place: str) -> Any:
    """Import what a table names.

    >>> load("editor.cli.doctor:Doctor")
    <class 'editor.cli.doctor.Doctor'>
    """
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _overview(table: Table) -> Any:
    """Subcommands that are described and never run."""

    def described() -> None: ...

    about = (
        tyro.conf.subcommand(name, description=text, constructor=described, is_default=name == DEFAULT)
        for name, (text, _) in table.items()
    )
    return Union[tuple(Annotated[Any, each] for each in about)]  # noqa: UP007 (made of a tuple)


def _read(what: Any, program: str, arguments: list[str]) -> Any:
    """Have tyro read arguments."""
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told):
            return tyro.cli(
                what,
                prog=program,
                args=arguments,
                default=what.begun(arguments) if hasattr(what, "begun") else tyro.MISSING_NONPROP,
                registry=REGISTRY,
                config=(tyro.conf.OmitArgPrefixes, tyro.conf.DisallowNone),
            )
    except SystemExit as leaving:
        if not leaving.code:
            raise
        refuse(_in_one_line(told.getvalue()), program, arguments)
    except ValueError as error:  # a default, which the environment may have
        refuse(str(error), program)


def refuse(message: str, program: str = PROGRAM, arguments: Sequence[str] = ()) -> NoReturn:
    """End the process with status 2 and one line.

    >>> refuse("there is no face in it", "face-editor edit")  # prints: face-editor edit: there is no face in it. See ...
    Traceback (most recent call last):
        ...
    SystemExit: 2
    """
    hint = ""
    if any(re.match(r"-[^-h\d]|--$", argument) for argument in arguments):  # all options have long names
        hint = " Options come before a bare --; a file whose name begins with a dash is written ./-name."
    print(f"{program}: {message.rstrip('.')}.{hint} See {program} --help", file=sys.stderr)
    raise SystemExit(2)


def _in_one_line(box: str) -> str:
    """What tyro says between its title and the next rule, and what it takes to have been meant: the rest is help.

    Terminals without UTF-8 get no frame, and those with colours get codes for them.
    """
    plain = re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯]", "", box)
    said = re.split("[─-]{4,}", plain)[1]
    meant = re.search(r"Perhaps you meant:\s*\n(.*)", plain)
    return " ".join(f"{said.strip()}{f'. Perhaps you meant {meant[1]}' if meant else ''}".split())
