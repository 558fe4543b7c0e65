"""What an edit changed, by the evaluation classifier: what was asked for, and what came along.

    change of attribute j = (logit j after - logit j before) / standard deviation of logit j over faces

1 is as much as faces usually differ in the attribute. The classifier sees pictures and knows nothing of codes or directions.
"""

from collections.abc import Collection
from dataclasses import dataclass

import torch

from editor.judge.attributes import AttributeClassifier


@dataclass(frozen=True, eq=False)
class Changes:
    """What one edit did, in standard deviations of each logit over faces.

    Attributes:
        asked: change of every attribute that was edited.
        others: change of every other attribute, the largest first.
    """

    asked: dict[str, float]
    others: dict[str, float]

    @property
    def leakage(self) -> float:
        """Mean absolute change of what nobody asked for, in standard deviations; 0 where everything was.

        >>> Changes(asked={"Smiling": 2.0}, others={"Male": -0.5, "Young": 0.1}).leakage
        0.3
        """
        return sum(map(abs, self.others.values())) / max(len(self.others), 1)


def changes_between(
    classifier: AttributeClassifier, before: torch.Tensor, after: torch.Tensor, edited: Collection[str]
) -> list[Changes]:
    """What changed from one picture to each of others.

    Args:
        before: the classifier's logits of the picture before, [1, M].
        after: those of B pictures, [B, M].
        edited: the attributes that were to change; any that the classifier does not know are left out.

    Returns:
        B values, one for each of the pictures.

    >>> logits = torch.zeros(1, len(editor.models.classifier.attributes))
    >>> (change,) = changes_between(editor.models.classifier, logits, logits, ["Smiling"])
    >>> change.asked, change.leakage
    ({'Smiling': 0.0}, 0.0)
    """
    moved = ((after - before) / classifier.logit_std).tolist()
    return [_changes(dict(zip(classifier.attributes, row, strict=True)), edited) for row in moved]


def _changes(moved: dict[str, float], edited: Collection[str]) -> Changes:
    ranked = sorted(moved, key=lambda name: -abs(moved[name]))
    parts = ({name: moved[name] for name in ranked if (name in edited) == wanted} for wanted in (True, False))
    return Changes(*parts)
