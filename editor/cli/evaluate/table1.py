"""`face-editor evaluate table1`."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from tyro.conf import arg

from editor.cli.evaluate.report import ReportOptions
from editor.data.code_options import CodeOptions
from editor.options import FileName, Positive


@dataclass(frozen=True, kw_only=True)
class Table1(ReportOptions):
    """Measure Table 1 of the paper: accuracy of SVMs and DCI, in W+ and in W*."""

    source: CodeOptions = field(default_factory=CodeOptions)
    protocol: Literal["paper", "strict", "both"] = "both"
    """The paper's protocol, or the strict one: people held out (test) are seen by nothing that is trained."""
    seeds: Positive = 3
    """How many times each protocol is run."""
    recipe: Literal["paper", "fast", "axes"] = "axes"
    """The recipe of the paper protocol's flow."""
    epochs: Annotated[Positive | None, arg(help_behavior_hint="(default: the recipe's)")] = None
    """Epochs of that flow."""
    strict_recipe: Literal["editing", "distilled"] = "distilled"
    """The recipe of the strict protocol's flow, which is trained again for each seed."""
    flow: FileName = None
    """A flow for the strict protocol, in place of those of --strict-recipe."""

    def run(self) -> int:
        """Train what the protocols ask for, measure, print and save."""
        from editor.evaluate.claims.plots import plot_table1
        from editor.evaluate.claims.table1 import as_markdown
        from editor.evaluate.claims.table1_run import paper_protocol, strict_protocol

        result = {}
        if self.protocol != "strict":
            result["paper"] = paper_protocol(self.source, self.recipe, self.epochs, self.seeds, self.out)
        if self.protocol != "paper":
            result["strict"] = strict_protocol(self.source, self.strict_recipe, self.flow, self.seeds, self.out)
        self.out.mkdir(parents=True, exist_ok=True)
        plot_table1(result, self.out)
        self.tell(result, as_markdown(result), "table1")
        return 0
