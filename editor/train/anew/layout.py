"""The folder of one run, and what its commands are given.

RUN/weights/            the new set: `EDITOR_MANIFEST=RUN/weights/manifest.toml face-editor ...` uses it
RUN/work/STEP/          the folder of each step, such as new-flow: what its command writes, and goes on from after a kill
RUN/logs/STEP.log       what the command said
RUN/reports/STEP.json   its report
RUN/marks/STEP.json     its mark
RUN/aside/              folders of steps whose inputs have changed since; nothing reads them any more
"""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from editor.data.code_options import check_share
from editor.errors import SettingError
from editor.train.anew.stages import STAGES, SetName, Stage, Step, filled, template
from editor.weights import MANIFEST, MANIFEST_VARIABLE, manifest_in_use

PROGRAM = (sys.executable, "-m", "editor")


@dataclass(frozen=True)
class Run:
    """What is to be made anew, and where.

    >>> run = Run(Path("runs/all"), Path("faces"), None, in_use=Path("weights/manifest.toml"))
    >>> run.command(Step("new", STAGES[1]))
    'EDITOR_MANIFEST=runs/all/weights/manifest.toml face-editor train codes --data faces --codes runs/all/work/new-codes'

    Attributes:
        folder: of the run.
        data: labelled faces.
        encoder: file of the new encoder; None: the run's own set keeps the one that it has.
        in_use: manifest of the set in use.
        stages: what is run.
        program: what the commands are arguments of.
        refine, share: steps that the codes of the new set take towards their photos, and what they keep of that move.
    """

    folder: Path
    data: Path
    encoder: Path | None
    in_use: Path
    stages: tuple[Stage, ...] = STAGES
    program: tuple[str, ...] = PROGRAM
    refine: int = 0
    share: float = 1.0

    @property
    def new(self) -> Path:
        """The manifest of the new set."""
        return self.folder / "weights" / "manifest.toml"

    @property
    def own(self) -> tuple[str, ...]:
        """The entries of the new set that are its own."""
        return ("encoder", *(stage.makes for stage in self.stages if stage.makes))

    def manifest(self, of: SetName) -> Path:
        """The manifest of a set."""
        return self.new if of == "new" else self.in_use

    def work(self, step: Step) -> Path:
        """The folder that a step's command writes into."""
        return self.folder / "work" / step.name

    def report(self, step: Step) -> Path:
        """The file that a step's report is kept in."""
        return self.folder / "reports" / f"{step.name}.json"

    def log(self, step: Step) -> Path:
        """The file that a step's command is followed in."""
        return self.folder / "logs" / f"{step.name}.log"

    def mark(self, step: Step) -> Path:
        """The file of a step's mark."""
        return self.folder / "marks" / f"{step.name}.json"

    def template(self, step: Step) -> str:
        """A step's command, with places to be filled in."""
        return template(step, self.refine, self.share)

    def arguments(self, step: Step) -> list[str]:
        """The arguments of a step's command."""
        codes = self.folder / "work" / f"{step.of}-codes"
        weights = self.manifest(step.of).parent
        return filled(self.template(step), {"data": self.data, "folder": self.work(step), "codes": codes, "weights": weights})

    def command(self, step: Step) -> str:
        """A step's command, as a person would type it."""
        manifest = self.manifest(step.of)
        variable = f"{MANIFEST_VARIABLE}={shlex.quote(str(manifest))} " if manifest != MANIFEST else ""
        return f"{variable}face-editor {shlex.join(self.arguments(step))}"


def begun(folder: Path, data: Path, encoder: Path | None, refine: int = 0, share: float = 1.0) -> Run:
    """A run whose set is compared with the set in use.

    Args:
        refine, share: steps that the codes of the new set take towards their photos, and what they keep of that move.

    Raises:
        SettingError: the set in use is that of the run itself, or the share cannot be taken.

    >>> begun(folder, data, None).new.relative_to(folder).as_posix()
    'weights/manifest.toml'
    """
    check_share(refine, share)
    run = Run(folder, data, encoder, manifest_in_use(), refine=refine, share=share)
    if run.new.absolute() == run.in_use.absolute():
        raise SettingError(f"{MANIFEST_VARIABLE} names the set of this run. Unset it: the run compares its set with another.")
    return run
