"""`train`, `evaluate` and `pack` as they were, until their models are assembled where they are made."""

import argparse
from collections.abc import Sequence

from editor.cli import arguments, evaluate, pack, train
from editor.device import chosen_device
from editor.files import check_files, check_folder, check_space


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


class Research:
    """One of these commands, with its options."""

    def __init__(self, given: Sequence[str]):
        top = _Parser(prog="face-editor")
        commands = top.add_subparsers(dest="command", required=True, metavar="command")
        for module in (evaluate, train, pack):
            module.add(commands)
        self._options = top.parse_args(given)

    def run(self) -> int:
        """Check the device and the outputs, and do the work."""
        options = self._options
        if getattr(options, "device", None):
            chosen_device(options.device)
        for name in getattr(options, "files", ()):
            if path := getattr(options, name, None):
                check_files([path])
                check_space(path.parent, arguments.OUTPUT)
        for name in getattr(options, "folders", ()):
            if path := getattr(options, name, None):
                check_folder(path)
                check_space(path, arguments.OUTPUT)
        return options.run(options) or 0
