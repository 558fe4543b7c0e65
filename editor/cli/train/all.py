"""`face-editor train all`."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.options import FileName, Flag


@dataclass(frozen=True, kw_only=True)
class All:
    """Make anew everything that hangs on the encoder, and compare it with the set in use.

    The new set is RUN/weights; the set in use stays as it is. Each stage is a command of its own, which --dry-run shows. A
    stopped run goes on with the stage that it was in.
    """

    data: Annotated[Path, arg(metavar="DIR")]
    """Labelled faces: a folder with img/, attributes.csv and split.csv."""
    encoder: FileName = None
    """The new encoder. The default is the one that the run began with, at first the one in use."""
    refine: int = 0
    """Steps that the new set's codes take towards their photos."""
    share: Annotated[float, arg(metavar="S")] = 1.0
    """The share of that move that they keep: above 0, and 1 at most."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/all")
    """The folder of the run; each encoder has its own."""
    dry_run: Flag = False
    """Only print the stages, with their commands and whether they are done."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Run what is not done, then print and save the comparison."""
        from editor.evaluate.side_by_side import as_markdown, as_values, pairs
        from editor.files.writing import write_atomically
        from editor.train.anew.candidate import adoption
        from editor.train.anew.layout import begun
        from editor.train.anew.run import make_anew, plan, reports

        run = begun(self.folder, self.data, self.encoder, self.refine, self.share)
        if self.dry_run:
            steps = [{"step": step.name, "done": done, "command": run.command(step)} for step, done in plan(run)]
            lines = (f"{each['step']}: {'done' if each['done'] else 'to do'}\n    {each['command']}" for each in steps)
            print(json.dumps(steps, indent=2) if self.json else "\n".join(lines))
            return 0
        with _ended_with_its_command():
            make_anew(run)
        found, adopting = reports(run), adoption(run.new, run.in_use)
        compared = pairs(found["old"], found["new"])
        values, table = json.dumps(as_values(compared, adopting), indent=2), as_markdown(compared, adopting)
        for ending, text in (("json", values + "\n"), ("md", table)):
            write_atomically(
                self.folder / f"compared.{ending}", lambda part, text=text: part.write_text(text, encoding="utf-8")
            )
        print(values if self.json else table)
        return 0


@contextmanager
def _ended_with_its_command() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, and with it the command that is at work."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
