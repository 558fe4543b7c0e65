"""`face-editor train flow`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import arg

from editor.cli.arguments import OutputFolder
from editor.data.code_options import CodeOptions
from editor.train.flow.recipes import RECIPES, FlowTraining


@dataclass(frozen=True)
class Flow:
    """Train the flow T, on the codes of labelled faces.

    Writes flow.safetensors and report.json into the folder of the run.
    """

    source: CodeOptions = field(default_factory=CodeOptions)
    recipe: Literal["editing", "paper", "fast", "axes", "distilled"] = "editing"
    """The settings to begin with. The options below change single ones; --help --recipe NAME shows them."""
    everyone: bool = False
    """Learn from all people's codes, those held out (test) too, as the paper's text suggests. There are no soft labels of
    all of them, so the recipe distilled is refused."""
    training: FlowTraining = RECIPES["editing"]
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/flow")
    """The folder of the run."""

    @classmethod
    def begun(cls, arguments: Sequence[str]) -> "Flow":
        """The recipe that is named among arguments; a wrong name is left to the parser."""
        named = [text.removeprefix("--recipe=") for text in arguments if text.startswith("--recipe=")]
        named += [text for before, text in pairwise(arguments) if before == "--recipe"]
        recipe = next((name for name in named[-1:] if name in RECIPES), "editing")
        return cls(training=RECIPES[recipe])

    def run(self) -> int:
        """Train, and print the report."""
        from editor.train.flow.run import train_flow_on

        print(json.dumps(train_flow_on(self.source, self.training, self.folder, self.everyone), indent=2))
        print(f"wrote {self.folder / 'flow.safetensors'}")
        return 0
