"""Preserve the rest: what an edit has visibly brought along is taken back by small amounts of a few other sliders.

A direction serves all faces, but what it changes besides differs from face to face, and grows faster than its strength: a beard
comes at 1 that cannot be seen at 0.5. So the edited picture itself is looked at. Let z be the change of the training
classifier's logits and f that of the D features that it reads, in standard deviations, at the strengths that were asked for,
and J_h = dz / da_h and G_h = df / da_h their answers to slider h there. Then helping sliders move by the amounts

    a = argmin  1/2 sum_i v_i (z_i + J_i a)^2 + NEAR/2 mean_d (f_d + G_d a)^2 + PENALTY sum_h |a_h| + RIDGE/2 |a|^2

(`editor.edit.lasso`) over the attributes i that anyone can name and nobody asked for, v_i by how visible they are
(`editor.edit.visible`). A locked attribute counts more than any of these. What was asked for is to change `HELD` times as much
as without helpers, and its own slider may go further for that. The picture with the helpers is looked at, the answers are
corrected by what it shows, and so on, `ROUNDS` times; the best of the pictures that were looked at counts.

Amounts that please a classifier need not please the eye. So a slider may help only where its own attribute has come along,
only to take that back, and at most `HELPERS` of them do. And what is taken back should bring the picture nearer to the one
before the edit, in all that the classifier reads of it. Without that, faces that an edit had made female got whiskers, perhaps
since what is not there can become less still to a classifier.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from editor.edit.directions import MAX_STRENGTH
from editor.edit.lasso import lasso
from editor.edit.visible import VISIBLE, kin_of

PENALTY, RIDGE = 0.03, 0.05
FIRM, LOCKED = 30.0, 10.0
"""What a deviation of what was asked for counts, and of a locked attribute."""
HELD = 1.05
"""What was asked for is held at so many times its change without helpers: where an earlier training classifier saw as much,
the evaluation classifier saw a twentieth less (128 edits of 8 faces apart from training)."""
HELPERS = 6
"""Most sliders that help, beside those of locked attributes."""
CANDIDATES = 12
"""Most sliders whose answers are measured."""
CAME_ALONG = 0.2
"""Visible change of a slider's own attribute, in standard deviations, from which on it may help."""
STEP = 0.4
"""Units of a slider over which answers are measured."""
FURTHER = 0.5
"""Most units by which an asked slider goes further."""
LEAST = 0.02
"""Amounts below this are left out, and a search whose amounts change by no more is over."""
ROUNDS = 4
NEAR = 15.0
"""What a deviation of all features counts."""
SETTINGS = PENALTY, RIDGE, FIRM, LOCKED, HELD, HELPERS, CANDIDATES, CAME_ALONG, STEP, FURTHER, ROUNDS, NEAR
"""All that decides about amounts besides the pictures: cached results are filed by it."""

Look = Callable[[Mapping[str, float]], torch.Tensor]
"""Amounts of sliders beside what was asked for -> changes z, [M], and behind them those of D features."""
Answers = Mapping[tuple[str, bool], torch.Tensor]
"""(slider, whether it goes up) -> J_h, [M + D]."""


@dataclass(frozen=True, eq=False)
class Wish:
    """What is wanted of an edit.

    Attributes:
        names: of the M attributes that the classifier knows.
        strengths: slider -> the strength that it is at.
        locked: attributes that are to stay as they are, or as their own strength makes them.
        rest: whether all that anyone can name is to stay; otherwise the locked attributes alone.
    """

    names: Sequence[str]
    strengths: Mapping[str, float]
    locked: Collection[str] = ()
    rest: bool = True

    @property
    def asked(self) -> list[str]:
        """The sliders that were moved, without locked ones."""
        return [name for name, strength in self.strengths.items() if strength and name not in self.locked]

    def weights(self, features: int = 0) -> torch.Tensor:
        """What a deviation of each attribute and of each feature counts, [M + D].

        Args:
            features: D.

        >>> Wish(("Smiling", "Male", "Big_Lips"), {"Smiling": 1.0}).weights(features=2)
        tensor([30.0000,  1.5000,  0.0000,  7.5000,  7.5000])
        """
        free = kin_of(self.asked)
        known = {name: VISIBLE.get(name, 0.0) if self.rest and name not in free else 0.0 for name in self.names}
        known |= {name: LOCKED for name in self.locked if name in known}
        known |= {name: FIRM for name in self.asked if name in known}
        near = [NEAR / max(features, 1) if self.rest else 0.0] * features
        return torch.tensor([*(known[name] for name in self.names), *near])

    def wanted(self, plain: torch.Tensor) -> torch.Tensor:
        """The changes that are wanted, [M + D], where the edit by itself brings `plain`, [M + D]."""
        wanted = torch.zeros_like(plain)
        asked = [self.names.index(name) for name in self.asked if name in self.names]
        wanted[asked] = HELD * plain[asked]
        return wanted


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture that was looked at.

    Attributes:
        amounts: slider -> units beside what was asked for.
        changes: z and f, [M + D].
    """

    amounts: Mapping[str, float]
    changes: torch.Tensor


@dataclass(frozen=True, eq=False)
class Found:
    """How far a search is.

    Attributes:
        amounts: the best so far; {} where nothing has to move.
        answers: all that are known by now.
        over: whether the search has ended.
    """

    amounts: Mapping[str, float]
    answers: Answers
    over: bool = False


def searching(look: Look, wish: Wish, sliders: Collection[str], known: Answers) -> Iterator[Found]:
    """Search the amounts; a step for every picture that is looked at.

    Args:
        sliders: those that there are.
        known: answers of the same face near this edit, which are not measured again.

    >>> smile = lambda moved: torch.tensor([1.0, -0.5 + 1.0 * moved.get("Male", 0.0)])  # a smile that makes more female
    >>> *_, found = searching(smile, Wish(("Smiling", "Male"), {"Smiling": 1.0}), {"Smiling", "Male"}, {})
    >>> found.over, {name: round(amount, 2) for name, amount in found.amounts.items()}
    (True, {'Male': 0.46})
    """
    plain = last = best = Seen({}, look({}))
    ways, answers = _ways(wish, sliders, plain.changes), dict(known)
    yield Found({}, answers, over=not ways)
    if not ways:
        return
    for name, up in ways.items():
        if (name, up) not in answers:
            step = _room(wish, name, STEP if up else -STEP)
            answers = {**answers, (name, up): (look({name: step}) - plain.changes) / step}
            yield Found({}, answers)
    wanted, weights = wish.wanted(plain.changes), wish.weights(len(plain.changes) - len(wish.names))
    tried = [plain]
    for _ in range(ROUNDS):
        amounts = amounts_of(wish, wanted, weights, last, ways, answers)
        if any(_near(amounts, each.amounts) for each in tried):
            break
        now = Seen(amounts, look(amounts))
        answers = {**answers, **corrected(answers, ways, last, now)}
        last, tried = now, [*tried, now]
        best = min(best, now, key=lambda seen: _cost(wish, wanted, weights, seen))
        yield Found(best.amounts, answers)
    yield Found(best.amounts, answers, over=True)


def amounts_of(
    wish: Wish, wanted: torch.Tensor, weights: torch.Tensor, seen: Seen, ways: Mapping[str, bool], answers: Answers
) -> dict[str, float]:
    """The best amounts by the answers, from the picture that was looked at last.

    Args:
        ways: slider that may move -> whether it goes up.

    >>> wish, plain = Wish(("Smiling", "Male"), {"Smiling": 1.0}), Seen({}, torch.tensor([1.0, -0.5]))
    >>> answers = {("Male", True): torch.tensor([0.0, 1.0])}
    >>> found = amounts_of(wish, wish.wanted(plain.changes), wish.weights(), plain, {"Male": True}, answers)
    >>> round(found["Male"], 3)
    0.46
    """
    names = list(ways)
    matrix = torch.stack([answers[name, up] for name, up in ways.items()], 1)
    now = torch.tensor([seen.amounts.get(name, 0.0) for name in names])
    short = wanted - seen.changes + matrix @ now
    ends = torch.tensor([_room(wish, name, 2 * MAX_STRENGTH if up else -2 * MAX_STRENGTH) for name, up in ways.items()])
    bounds = torch.stack([ends.clamp(max=0), ends.clamp(min=0)])
    penalties = torch.tensor([0.0 if name in wish.asked or name in wish.locked else PENALTY for name in names])
    amounts = lasso(matrix, short, weights, penalties, bounds, RIDGE)
    if int((amounts[penalties > 0] != 0).sum()) > HELPERS:
        does = amounts.abs() * (matrix.square() * weights[:, None]).sum(0).sqrt()
        least = does[penalties > 0].topk(HELPERS).values[-1]
        stays = (penalties > 0) & (does < least)
        amounts = lasso(matrix, short, weights, penalties, bounds.masked_fill(stays, 0.0), RIDGE)
    moved = {name: round(amount, 2) for name, amount in zip(names, amounts.tolist(), strict=True)}
    return {name: amount for name, amount in moved.items() if abs(amount) >= LEAST}


def corrected(answers: Answers, ways: Mapping[str, bool], before: Seen, after: Seen) -> Answers:
    """The answers after another look: the least change of them that explains what it shows (Broyden's update).

    >>> before, after = Seen({}, torch.tensor([0.0])), Seen({"Male": 0.5}, torch.tensor([1.0]))
    >>> corrected({("Male", True): torch.tensor([1.5])}, {"Male": True}, before, after)[("Male", True)]
    tensor([2.])
    """
    way = {name: after.amounts.get(name, 0.0) - before.amounts.get(name, 0.0) for name in ways}
    length = sum(step * step for step in way.values())
    if not length:
        return answers
    expected = sum((step * answers[name, ways[name]] for name, step in way.items()), torch.zeros_like(after.changes))
    missed = (after.changes - before.changes - expected) / length
    return {(name, ways[name]): answers[name, ways[name]] + step * missed for name, step in way.items()}


def _ways(wish: Wish, sliders: Collection[str], plain: torch.Tensor) -> dict[str, bool]:
    """The sliders that may move and whether they go up: locked ones, what came along most visibly, and what was asked for."""
    moved = dict(zip(wish.names, plain[: len(wish.names)].tolist(), strict=True))
    visible = {name: abs(moved[name]) * weight for name, weight in zip(wish.names, wish.weights().tolist(), strict=True)}
    able = [name for name in wish.names if name in sliders and name not in wish.asked and visible[name] >= CAME_ALONG]
    first = sorted(able, key=lambda name: (name not in wish.locked, -visible[name]))[: CANDIDATES + len(wish.locked)]
    if not first:
        return {}
    asked = {
        name: wish.strengths[name] > 0 for name in wish.asked if name in moved and abs(wish.strengths[name]) < MAX_STRENGTH
    }
    return {name: moved[name] < 0 for name in first} | asked


def _room(wish: Wish, name: str, step: float) -> float:
    """A step of a slider, or as much of it as there is room for."""
    at = wish.strengths.get(name, 0.0)
    most = FURTHER if name in wish.asked else 2 * MAX_STRENGTH
    return min(max(step, -most, -MAX_STRENGTH - at), most, MAX_STRENGTH - at)


def _cost(wish: Wish, wanted: torch.Tensor, weights: torch.Tensor, seen: Seen) -> float:
    amounts = torch.tensor([amount for name, amount in seen.amounts.items() if name not in (*wish.asked, *wish.locked)])
    away = (seen.changes - wanted).square() @ weights
    return float(away / 2 + PENALTY * amounts.abs().sum() + RIDGE / 2 * amounts.square().sum())


def _near(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    return all(abs(one.get(name, 0.0) - other.get(name, 0.0)) <= LEAST for name in {*one, *other})
