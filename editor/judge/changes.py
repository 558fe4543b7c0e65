"""What an edit changed, as the judge of images sees it: what was asked for, and what came along.

    change of attribute j = (logit j after - logit j before) / deviation of logit j over faces

1 is as much as faces usually differ in the attribute. The judge sees the pictures and knows nothing of codes or directions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch

from editor.judge.attributes import AttributeClassifier


@dataclass(frozen=True, eq=False)
class Changes:
    """What one edit did.

    Attributes:
        asked: change of every attribute that was to be changed.
        others: change of every other attribute, the largest first.
    """

    asked: dict[str, float]
    others: dict[str, float]

    @property
    def leakage(self) -> float:
        """Mean absolute change of what nobody asked for; 0 where everything was."""
        return sum(map(abs, self.others.values())) / max(len(self.others), 1)


def changes_between(
    judge: AttributeClassifier, before: torch.Tensor, after: Sequence[torch.Tensor], asked: Collection[str]
) -> list[Changes]:
    """What changed from one picture to each of others, [1, 3, R, R] in [-1, 1] each."""
    logits = torch.cat([judge(picture) for picture in (before, *after)])
    moved = ((logits[1:] - logits[:1]) / judge.deviation).tolist()
    return [_changes(dict(zip(judge.attributes, row, strict=True)), asked) for row in moved]


def _changes(moved: dict[str, float], asked: Collection[str]) -> Changes:
    ranked = sorted(moved, key=lambda name: -abs(moved[name]))
    parts = ({name: moved[name] for name in ranked if (name in asked) == wanted} for wanted in (True, False))
    return Changes(*parts)
