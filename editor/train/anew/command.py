"""The command of one step, as a process of its own: followed in a log, ended with this process, and told where it fails."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from editor.errors import EditorError
from editor.train.anew.layout import Run
from editor.train.anew.stages import Step
from editor.weights import MANIFEST_VARIABLE

LAST_LINES = 12
"""Of a log that are told where its command failed."""


class CommandError(EditorError):
    """A command failed. `last_lines` is the end of its log."""

    def __init__(self, run: Run, step: Step, reason: str):
        log = run.log(step)
        lines = re.split(r"[\r\n]+", log.read_text(encoding="utf-8", errors="replace").strip())
        self.last_lines = "\n".join(lines[-LAST_LINES:])
        super().__init__(
            f"The stage {step.stage.name} of the {step.of} set failed: {reason}. Its whole log is {log}. "
            "Mend the cause and give the same command again: it goes on with this stage."
        )


def run_command(run: Run, step: Step, lock: int | None = None) -> Any:
    """Run the command of a step to its end, and return its report; None where it has none.

    The command ends where this process is interrupted. Where this process is killed, the command goes on.

    Args:
        lock: a descriptor that stays open as long as the command runs.

    Raises:
        CommandError: the command failed, or did not write what it makes or reports.

    >>> from editor.train.anew.stages import STAGES
    >>> program = (sys.executable, "-c", "print('[1]')")  # in place of face-editor
    >>> run = Run(folder, folder, None, folder / "manifest.toml", program=program)
    >>> run_command(run, Step("new", STAGES[1]))
    [1]
    """
    stage, work, log = step.stage, run.work(step), run.log(step)
    for folder in (work, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    printed = work / "printed.json" if stage.report == "-" else None
    environment = os.environ | {MANIFEST_VARIABLE: str(run.manifest(step.of).absolute())}
    with log.open("ab") as said, (printed or log).open("wb" if printed else "ab") as out:
        said.write(f"$ {run.command(step)}\n".encode())
        said.flush()
        process = subprocess.Popen(
            [*run.program, *run.arguments(step)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=said,
            env=environment,
            pass_fds=() if lock is None or sys.platform == "win32" else (lock,),
        )
        try:
            status = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if status:
        raise CommandError(run, step, f"exit status {status}")
    if stage.makes and not (work / stage.file).is_file():
        raise CommandError(run, step, f"it did not write {work / stage.file}")
    return _read(run, step, printed or work / stage.report) if stage.report else None


def _read(run: Run, step: Step, report: Path) -> Any:
    try:
        return json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(run, step, f"its report {report} cannot be read ({error})") from error
