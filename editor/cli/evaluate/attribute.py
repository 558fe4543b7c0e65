"""`face-editor evaluate attribute`."""

from dataclasses import dataclass

from editor.cli.evaluate.report import ReportOptions
from editor.evaluate.product.own_options import OwnOptions


@dataclass(frozen=True, kw_only=True)
class Attribute(OwnOptions, ReportOptions):
    """Measure what an attribute is worth that is learnt from a few photos."""

    def run(self) -> int:
        """Measure, print and save."""
        from editor.evaluate.product.own_run import as_markdown, evaluate_own

        result = evaluate_own(self, self.out)
        self.tell(result, as_markdown(result), "attribute")
        return 0
