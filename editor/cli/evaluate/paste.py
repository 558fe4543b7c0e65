"""`face-editor evaluate paste`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

from tyro.conf import arg

from editor.cli.arguments import OutputFile, OutputFolder
from editor.options import Flag, Positive


@dataclass(frozen=True, kw_only=True)
class Paste:
    """Measure what an edit leaves of the photo that it is pasted into."""

    data: Annotated[Path, arg(metavar="DIR")]
    """A folder with img, attributes.csv and split.csv: faces that are aligned as in FFHQ."""
    split: Annotated[str, arg(metavar="NAME")] = "test"
    """Whose faces."""
    faces: Positive = 20
    """The number of faces, at random."""
    refine: int = 60
    """Steps of latent optimisation before editing."""
    seed: int = 0
    """Seed of the choice of faces."""
    kept: Annotated[OutputFolder | None, arg(metavar="DIR", help_behavior_hint="")] = None
    """A folder where refined portraits are cached: a stopped measurement goes on, and fidelity and editability share them."""
    sheet: Annotated[OutputFile | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """Save the first eight faces side by side as well: the photo, and each edit pasted in both ways."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        from editor.evaluate.product.pasting_run import evaluate_pasting

        result = evaluate_pasting(self.data, self.split, self.faces, self.refine, self.seed, self.kept, self.sheet)
        if self.json:
            options = {"split": self.split, "refine": self.refine, "seed": self.seed}
            print(json.dumps(_without_nan({**options, **asdict(result)}), indent=2))
        else:
            print(f"n = {result.n}\n\n{result.as_markdown()}", end="")
        return 0


def _without_nan(values: Any) -> Any:
    """The same with null in place of nan, which JSON does not have."""
    if isinstance(values, dict):
        return {name: _without_nan(value) for name, value in values.items()}
    return None if values != values else values
