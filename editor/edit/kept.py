"""What preserving has found on one face: the amounts for each edit, and the answers that the next edits begin with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from editor.edit.directions import MAX_STRENGTH
from editor.edit.preserving import Answers, Found
from editor.spaces import Space

MOST, SITUATIONS = 64, 16
"""Edits, and situations, that are kept of one face; the oldest go first. The answers of a situation take 0.2 MB."""
Strengths = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Conditions:
    """Under what conditions an edit was looked at.

    Attributes:
        space: where it is made.
        local: whether it changes the picture only where the attributes lie.
        locked: the attributes that are locked, in the order of the directions.
        rest: whether all that anyone can name is to stay as well.
    """

    space: Space
    local: bool = True
    locked: tuple[str, ...] = ()
    rest: bool = True


Signs = frozenset[tuple[str, bool]]
"""Which sliders are moved, and which of them up."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What was found on one face.

    Attributes:
        amounts: conditions and strengths -> the amounts by which sliders move beside these.
        answers: conditions and moved sliders -> the answers near such edits.

    >>> conditions, asked = Conditions("w_star"), (("Male", 1.0),)
    >>> kept = Kept().with_found(conditions, asked, Found({"No_Beard": 0.5}, {}, over=True))
    >>> kept.near(conditions, asked), kept.near(conditions, (("Male", 0.5),)), kept.near(conditions, (("Male", -1.0),))
    ({'No_Beard': 0.5}, {'No_Beard': 0.25}, {})
    """

    amounts: Mapping[tuple[Conditions, Strengths], Mapping[str, float]] = field(default_factory=dict)
    answers: Mapping[tuple[Conditions, Signs], Answers] = field(default_factory=dict)

    def knows(self, conditions: Conditions, strengths: Strengths) -> bool:
        """Whether the amounts for an edit are known."""
        return (conditions, tuple(sorted(strengths))) in self.amounts

    def known_answers(self, conditions: Conditions, strengths: Strengths) -> Answers:
        """The answers that are known near an edit."""
        return self.answers.get((conditions, _signs(strengths)), {})

    def near(self, conditions: Conditions, strengths: Strengths) -> dict[str, float]:
        """The amounts for an edit: as found, or in proportion to those of the nearest edit of the same sliders."""
        strengths = tuple(sorted(strengths))
        if found := self.amounts.get((conditions, strengths)):
            return dict(found)
        if self.knows(conditions, strengths):
            return {}
        alike = [
            (sum((a - b) ** 2 for (_, a), (_, b) in zip(strengths, other, strict=True)), other)
            for its, other in self.amounts
            if its == conditions and _signs(other) == _signs(strengths)
        ]
        if not alike or not strengths:
            return {}
        _, nearest = min(alike, key=lambda pair: pair[0])
        share = sum(a * b for (_, a), (_, b) in zip(strengths, nearest, strict=True)) / sum(b * b for _, b in nearest)
        at = dict(strengths)
        amounts = {name: min(share, 1.0) * amount for name, amount in self.amounts[conditions, nearest].items()}
        room = {name: (-MAX_STRENGTH - at.get(name, 0.0), MAX_STRENGTH - at.get(name, 0.0)) for name in amounts}
        return {name: min(max(amount, room[name][0]), room[name][1]) for name, amount in amounts.items()}

    def with_found(self, conditions: Conditions, strengths: Strengths, found: Found) -> "Kept":
        """The same with how far a search is; its amounts count once it is over."""
        answers = _newest({**self.answers, (conditions, _signs(strengths)): found.answers}, SITUATIONS)
        if not found.over:
            return replace(self, answers=answers)
        amounts = {**self.amounts, (conditions, tuple(sorted(strengths))): found.amounts}
        return Kept(_newest(amounts, MOST), answers)


def _signs(strengths: Strengths) -> Signs:
    return frozenset((name, strength > 0) for name, strength in strengths)


def _newest(kept: dict, count: int) -> dict:
    return dict(list(kept.items())[-count:])
