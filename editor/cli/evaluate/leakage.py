"""`face-editor evaluate leakage`."""

from dataclasses import dataclass

from editor.cli.evaluate.report import ReportOptions
from editor.evaluate.claims.leakage_options import LeakageOptions


@dataclass(frozen=True, kw_only=True)
class Leakage(LeakageOptions, ReportOptions):
    """Measure what else changes in the image when one attribute is edited."""

    def run(self) -> int:
        """Measure, print and save."""
        from editor.evaluate.claims.comparison import as_markdown
        from editor.evaluate.claims.leakage_run import evaluate_leakage
        from editor.evaluate.claims.plots import plot_leakage

        result = evaluate_leakage(self, self.out)
        self.out.mkdir(parents=True, exist_ok=True)
        plot_leakage(result, self.out)
        self.tell(result, as_markdown(result), "leakage")
        return 0
