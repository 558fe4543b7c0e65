"""The command line: one module a command, each with `add(commands)` and the function it runs."""

import argparse
import sys
from collections.abc import Sequence

from editor.cli import adopt, doctor, edit, encode, evaluate, pack, prepare, train
from editor.errors import EditorError


class _Parser(argparse.ArgumentParser):
    """Answers a wrong argument with one line."""

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """All commands."""
    top = _Parser(prog="python -m editor", description="Edit faces in photos, in W+ and in the unfolded space W*.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for module in (edit, doctor, encode, prepare, evaluate, train, pack, adopt):
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with one line on stderr when it could not be, 2 for wrong arguments."""
    options = parser().parse_args(arguments)
    try:
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
