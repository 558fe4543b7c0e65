"""What an edit changed: what was asked for and what came along, by the evaluation classifier; and how far the face has gone.

    change of attribute j = (logit j after - logit j before) / standard deviation of logit j over faces
    side effect           = mean |change| of the attributes not asked for / mean |change| of those asked for

1 is as much as faces usually differ in the attribute. The classifier sees pictures and knows nothing of codes or directions.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import torch

from editor.judge.attributes import AttributeClassifier
from editor.spaces import Space

MOVED = 0.1
"""Mean change of what was asked for, in standard deviations, below which nothing asked for has moved."""
COMPARABLE = 1.5
"""Two edits are compared where one moved what was asked for at most so many times as much as the other: side effects grow
faster than the effect. 95 of 100 pairs of edits of one strength are nearer than 1.3 (6 validation faces x 6 attributes)."""
MARGIN = 0.1
"""Share of the smaller side effect by which the larger one must exceed it; less is the same. Small and full pictures of one
edit differ by 6 % in this ratio (median of the same 36), and with this margin never told opposite winners."""
Better = Literal["w_star", "w_plus", "same"]
"""The space whose edit has the smaller side effect."""


@dataclass(frozen=True, eq=False)
class Changes:
    """What one edit did, in standard deviations of each logit over faces.

    Attributes:
        asked: change of every attribute that was edited.
        others: change of every other attribute, the largest first.
        identity: distance of the edited face from the unedited one, as both are drawn, by the network that reconstructions are
            compared by (`editor.judge.likeness`): 0 is the same face, 0.3 a person's other photo, 0.6 somebody else; None: not
            measured.
    """

    asked: dict[str, float]
    others: dict[str, float]
    identity: float | None = None

    @property
    def leakage(self) -> float:
        """Mean absolute change of what nobody asked for, in standard deviations; 0 where everything was.

        >>> Changes(asked={"Smiling": 2.0}, others={"Male": -0.5, "Young": 0.1}).leakage
        0.3
        """
        return _mean_size(self.others)

    @property
    def effect(self) -> float:
        """Mean absolute change of what was asked for, in standard deviations; 0 where nothing was.

        >>> Changes(asked={"Smiling": 2.0, "Young": -1.0}, others={}).effect
        1.5
        """
        return _mean_size(self.asked)

    @property
    def side(self) -> float | None:
        """Side effect for one unit of what was asked for: leakage / effect; None where nothing asked for has moved.

        >>> Changes(asked={"Smiling": 2.0}, others={"Male": -0.5, "Young": 0.1}).side
        0.15
        >>> Changes(asked={"Smiling": 0.01}, others={"Male": -0.5}).side is None
        True
        """
        return self.leakage / self.effect if self.effect >= MOVED else None


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


def better_space(changes: Mapping[Space, Changes]) -> Better | None:
    """The space that did better for one edit on one face: the smaller side effect for one unit of what was asked for.

    "same" where they differ by less than `MARGIN`. None where they cannot be compared: a space is missing, what was asked for
    did not move in one of them, moved the other way, or moved more than `COMPARABLE` times as much as in the other.

    >>> plus, star = Changes({"Smiling": 1.0}, {"Male": 0.4}), Changes({"Smiling": 1.2}, {"Male": 0.3})
    >>> better_space({"w_plus": plus, "w_star": star})
    'w_star'
    >>> weak = Changes({"Smiling": 0.5}, {"Male": 0.1})
    >>> better_space({"w_plus": plus, "w_star": weak}) is None
    True
    """
    plus, star = changes.get("w_plus"), changes.get("w_star")
    if plus is None or star is None or plus.side is None or star.side is None:
        return None
    agree = sum(plus.asked[name] * star.asked[name] for name in plus.asked) > 0
    if not agree or max(plus.effect, star.effect) > COMPARABLE * min(plus.effect, star.effect):
        return None
    if max(plus.side, star.side) <= (1 + MARGIN) * min(plus.side, star.side):
        return "same"
    return "w_star" if star.side < plus.side else "w_plus"


def _mean_size(moved: Mapping[str, float]) -> float:
    return sum(map(abs, moved.values())) / max(len(moved), 1)


def _changes(moved: dict[str, float], edited: Collection[str]) -> Changes:
    ranked = sorted(moved, key=lambda name: -abs(moved[name]))
    asked, others = ({name: moved[name] for name in ranked if (name in edited) == wanted} for wanted in (True, False))
    return Changes(asked, others)
