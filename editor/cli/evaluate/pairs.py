"""`face-editor evaluate pairs`."""

from dataclasses import dataclass

from editor.cli.evaluate.report import ReportOptions
from editor.evaluate.claims.pairs_options import PairsOptions


@dataclass(frozen=True, kw_only=True)
class Pairs(PairsOptions, ReportOptions):
    """Measure what edits do to the attributes that users notice beside the one asked for."""

    def run(self) -> int:
        """Measure, print and save."""
        from editor.evaluate.claims.pairs import as_markdown
        from editor.evaluate.claims.pairs_run import evaluate_pairs

        result = evaluate_pairs(self, self.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.tell(result, as_markdown(result), "pairs")
        return 0
