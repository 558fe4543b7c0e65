"""`face-editor evaluate ablation`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from editor.cli.evaluate.report import ReportOptions


@dataclass(frozen=True, kw_only=True)
class Ablation(ReportOptions):
    """Compare runs of train flow: what one choice is worth."""

    runs: Positional[Annotated[tuple[Path, ...], arg(metavar="RUN [RUN ...]", help_behavior_hint="(at least one)")]]
    """The folders of finished runs. What differs from the first run is named."""

    def __post_init__(self) -> None:
        """Refuse an empty list, which the type allows.

        Raises:
            ValueError: there are no runs.
        """
        if not self.runs:
            raise ValueError("name the folder of at least one run")

    def run(self) -> int:
        """Read the runs, print and save."""
        from editor.evaluate.claims.ablation import as_markdown, read_runs

        runs = read_runs(self.runs)
        reports = {str(folder): report for folder, (_, report) in zip(self.runs, runs, strict=True)}
        self.tell(reports, as_markdown(runs), "ablation")
        return 0
