"""`face-editor train preconditioner`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.train.preconditioner.config import PreconditionerConfig


@dataclass(frozen=True, kw_only=True)
class Preconditioner:
    """Measure on photos how strongly pictures answer to moves of a code, so that refining takes fewer steps.

    Writes preconditioner.safetensors into the folder of the run.
    """

    measurement: PreconditionerConfig = field(default_factory=PreconditionerConfig)
    data: Annotated[Path, arg(metavar="DIR")]
    """Labelled faces: a folder with img/, attributes.csv and split.csv."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/preconditioner")
    """The folder of the run."""

    def run(self) -> int:
        """Measure, and say what was written."""
        from editor.train.preconditioner.measuring import measure_preconditioner

        print(f"wrote {measure_preconditioner(self.measurement, self.folder, self.data)}")
        return 0
