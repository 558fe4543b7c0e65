"""`face-editor train codes`."""

import json
from dataclasses import dataclass, field

from editor.data.code_options import CodeOptions


@dataclass(frozen=True)
class Codes:
    """Encode labelled faces, whose codes the flow, the directions and their measurements read.

    Each of these would encode them where they are not cached. Prints how many faces of each split there are.
    """

    source: CodeOptions = field(default_factory=CodeOptions)

    def run(self) -> int:
        """Encode what is not cached yet, and print the counts."""
        from editor.data.sources import codes_of
        from editor.weights import WeightStore

        store = WeightStore()
        codes = {split: codes_of(self.source, store, split) for split in ("train", "test")}
        counts: dict[str, object] = {split: len(part) for split, part in codes.items()}
        print(json.dumps(counts | {"encoder": codes["train"].encoder}, indent=2))
        return 0
