"""The command line: one module a command, each with `add(commands)` and the function it runs."""

import argparse
import re
import sys
from collections.abc import Sequence

from editor.cli import adopt, doctor, edit, encode, evaluate, pack, prepare, train
from editor.cli.streams import Streams, safe_streams
from editor.errors import EditorError
from editor.files import check_files, check_folder, check_space

OUTPUT = 8_000_000
"""Bytes that are asked of the disk for every output whose size is not known before."""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one line."""

    _given: Sequence[str] = ()

    def parse_known_args(self, args=None, namespace=None):
        self._given = sys.argv[1:] if args is None else list(args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str):
        hint = ""
        if any(re.match(r"-[^-h\d]|--$", argument) for argument in self._given):  # all options have long names
            hint = ". Options come before a bare --; a file whose name begins with a dash is written ./-name"
        self.exit(2, f"{self.prog}: {message}{hint} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """All commands.

    A command's defaults say which options name what it writes: `files` or `folders`. They are checked before it runs.
    """
    top = _Parser(prog="python -m editor", description="Edit faces in photos, in W+ and in the unfolded space W*.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for module in (edit, doctor, encode, prepare, evaluate, train, pack, adopt):
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with one line on stderr when it could not be, 2 for wrong arguments.

    No command, and `serve`, open the app; they end the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] in ([], ["serve"]):
        from editor.ui.command import end, serve

        end(lambda: serve(given[1:]))
    with safe_streams() as streams:
        try:
            code = _run(arguments)
        except SystemExit as leaving:  # argparse's way to end, after --help and after wrong arguments
            if _is_lost(streams) and not leaving.code:
                raise SystemExit(1) from None
            raise
        return code or int(_is_lost(streams))


def _is_lost(streams: Streams) -> bool:
    """Whether anything printed is lost; that is then told where it still can be."""
    sys.stdout.flush()
    if streams.error:
        print(f"error: what was to be printed is lost: {streams.error.strerror}.", file=sys.stderr)
    return streams.error is not None


def _run(arguments: Sequence[str] | None) -> int:
    top, given = parser(), sys.argv[1:] if arguments is None else arguments
    if wrong := next((argument for argument in given if "\0" in argument), None):  # a program's; no shell lets it through
        top.error(f"the argument {wrong[:80]!r} holds a NUL character, which no name may hold")
    options = top.parse_args(arguments)
    try:
        _check_device(options)
        _check_outputs(options)
        return options.run(options) or 0
    except EditorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and type(error).__name__ != "OutOfMemoryError":  # torch's, not imported for this
            raise
        print("error: memory ran out. Close what else uses it, or leave the GPU alone with --device cpu.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def _check_device(options: argparse.Namespace) -> None:
    """Check that there is the device asked for, whether or not this command gets to use it. `doctor` reports it itself."""
    from editor.device import chosen_device

    if getattr(options, "device", None) and options.command != "doctor":
        chosen_device(options.device)


def _check_outputs(options: argparse.Namespace) -> None:
    """Check that what the command will write can be written, and that the disk is not full."""
    for name in getattr(options, "files", ()):
        if path := getattr(options, name, None):
            check_files([path])
            check_space(path.parent, OUTPUT)
    for name in getattr(options, "folders", ()):
        if path := getattr(options, name, None):
            check_folder(path)
            check_space(path, OUTPUT)
