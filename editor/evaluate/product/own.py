"""What an attribute of one's own is worth: directions learnt from a few photos of some people, measured on other people.

In each repeat people held out are halved. The photos that a user would bring are drawn from one half; the other half judges:

    accuracy    mean of the shares of both sides' photos that are on the right side; 0.5 is a guess
    told        what `editor.actions.learn` would tell: the cross-validated accuracy, of the few photos alone
    shipped     accuracy of the shipped direction on the same photos

Edits are compared at equal effect, as `editor.evaluate.claims.leakage` compares methods.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from editor.data.splits import chosen_people
from editor.edit.directions import Directions, SpaceDirections
from editor.edit.few import Parting, Validation, cross_validated, one_direction, part_few
from editor.evaluate.claims.leakage import ImageMeter, Unedited, move_along
from editor.evaluate.claims.methods import AlongNormals
from editor.flow import RealNVP
from editor.spaces import SPACES, Space, WPlus


@dataclass(frozen=True, eq=False)
class Draw:
    """The photos of one repeat, as numbers of codes.

    Attributes:
        shows, lacks: what a user brings.
        judges: photos of other people, that have or lack the attribute for certain.
    """

    shows: torch.Tensor
    lacks: torch.Tensor
    judges: torch.Tensor


def drawn(have: torch.Tensor, lack: torch.Tensor, people: torch.Tensor, count: int, seed: int) -> Draw:
    """Draw photos of one half of the people, and let the other half judge.

    Args:
        have, lack: bool [N], which photos show the attribute and which do not; a photo may be neither.
        people: [N].
        count: photos a side; fewer where there are fewer.

    >>> have = torch.arange(60) % 3 == 0
    >>> draw = drawn(have, ~have, torch.arange(60) // 2, count=5, seed=0)
    >>> len(draw.shows), bool(have[draw.shows].all()), bool(have[draw.lacks].any())
    (5, True, False)
    >>> set((draw.shows // 2).tolist()) & set((draw.judges // 2).tolist())
    set()
    """
    mine = chosen_people(people, 0.5, seed)
    random = torch.Generator().manual_seed(seed)

    def some(of: torch.Tensor) -> torch.Tensor:
        found = (of & mine).nonzero().flatten()
        return found[torch.randperm(len(found), generator=random)[:count]]

    return Draw(some(have), some(lack), ((have | lack) & ~mine).nonzero().flatten())


@dataclass(frozen=True, eq=False)
class FromFew:
    """A direction learnt from few photos, in one space.

    Attributes:
        parting: the direction.
        validation: what would be told of it.
    """

    parting: Parting
    validation: Validation

    def directions(self) -> SpaceDirections:
        """The same as directions of one attribute, with the unit that the app would give it."""
        return one_direction(self.parting, self.validation)


def learnt(numbers: torch.Tensor, people: torch.Tensor, draw: Draw) -> FromFew:
    """Learn from the photos of a draw.

    Args:
        numbers: codes of one space, [N, D].
        people: [N].

    >>> have = codes.labels[:, 0]
    >>> draw = drawn(have, ~have, codes.people, count=5, seed=0)
    >>> learnt(codes.w_plus.flatten(1), codes.people, draw).directions().normals.shape
    torch.Size([1, 72])
    """
    sides = numbers[draw.shows], numbers[draw.lacks]
    return FromFew(part_few(*sides), cross_validated(*sides, (people[draw.shows].tolist(), people[draw.lacks].tolist())))


def balanced(scores: torch.Tensor, have: torch.Tensor) -> float:
    """Mean of the shares of both sides that are right.

    Args:
        scores: [N], above 0 on the attribute's side.
        have: bool [N].

    >>> balanced(torch.tensor([1.0, -1.0, -1.0]), torch.tensor([True, True, False]))
    0.75
    """
    return ((scores[have] > 0).float().mean() + (scores[~have] <= 0).float().mean()).item() / 2


def measure_accuracy(
    numbers: Mapping[Space, torch.Tensor],
    directions: Directions,
    people: torch.Tensor,
    sides: dict[str, tuple[torch.Tensor, torch.Tensor]],
    counts: Sequence[int],
    repeats: int,
    seed: int,
) -> list[dict[str, Any]]:
    """A row for each attribute and number of photos.

    Args:
        numbers: codes of people held out (test) in each space, [N, D].
        people: [N].
        sides: name -> which photos show it and which do not, bool [N] each.
        counts: photos a side.

    >>> have = codes.labels[:, 0]
    >>> numbers = {space: codes.w_plus.flatten(1) for space in SPACES}
    >>> rows = measure_accuracy(numbers, directions, codes.people, {"Smiling": (have, ~have)}, [5], repeats=2, seed=0)
    >>> sorted(rows[0])
    ['attribute', 'photos', 'w_plus', 'w_star']
    >>> sorted(rows[0]["w_star"])
    ['accuracy', 'shipped', 'spread', 'told']
    """
    rows: list[dict[str, Any]] = []
    for name, (have, lack) in sides.items():
        shipped = directions.attributes.index(name) if name in directions.attributes else None
        for count in counts:
            row: dict[str, Any] = {"attribute": name, "photos": count}
            for space in SPACES:
                found = []
                for repeat in range(repeats):
                    draw = drawn(have, lack, people, count, seed + repeat)
                    few, judged = learnt(numbers[space], people, draw), numbers[space][draw.judges]
                    right = balanced(few.parting(judged), have[draw.judges])
                    known = float("nan")
                    if shipped is not None:
                        part: SpaceDirections = getattr(directions, space)
                        scores = judged @ part.normals[shipped] + part.intercepts[shipped]
                        known = balanced(scores, have[draw.judges])
                    found.append((right, few.validation.accuracy, known))
                columns = torch.tensor(found)
                means = columns.mean(0).tolist()
                row[space] = {"accuracy": means[0], "spread": columns[:, 0].std().item(), "told": means[1], "shipped": means[2]}
            rows.append(row)
    return rows


@dataclass(frozen=True)
class _Only:
    """The edit along the only direction there is, whatever number the attribute has elsewhere."""

    along: AlongNormals

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus:
        return self.along(w_plus, 0, amounts)


def measure_edits(
    meter: ImageMeter, faces: Unedited, flow: RealNVP, parts: dict[str, tuple[Space, SpaceDirections]], k: int
) -> dict[str, dict[str, float]]:
    """What else an edit changes that changes the evaluation classifier's attribute `k` by one standard deviation.

    Args:
        faces: of people that nothing was learnt from.
        parts: name of a method -> its space, and its direction as that of one attribute.

    >>> from editor.evaluate.claims.leakage import unedited
    >>> part = SpaceDirections(torch.eye(1, 72), torch.zeros(1), torch.ones(1), torch.ones(1))
    >>> found = measure_edits(meter, unedited(meter, codes.w_plus[:4]), flow, {"mine": ("w_plus", part)}, k=0)
    >>> sorted(found["mine"])
    ['amount', 'identity', 'leakage', 'reached']
    """
    others = torch.arange(len(meter.logit_std)) != k
    found = {}
    for name, (space, part) in parts.items():
        moved = move_along(meter, faces, _Only(AlongNormals(space, flow, part)), k)
        reached = (moved["changes"][:, k] - 1).abs() <= 0.25
        found[name] = {
            "reached": reached.float().mean().item(),
            "leakage": moved["changes"][reached][:, others].abs().mean().item(),
            "identity": moved["identity"][reached].nanmean().item(),
            "amount": moved["amounts"][reached].median().item() if reached.any() else float("nan"),
        }
    return found
