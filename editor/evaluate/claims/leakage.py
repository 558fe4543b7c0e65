"""What else changes when one attribute is edited, measured on images at matched effect.

For every face and attribute, each method moves until the image judge's logit of that attribute has changed by one deviation
of it over faces, away from the side the face is on; the amount is found face by face. Then, on the picture drawn there:

    leakage      mean over the other attributes j of |change of logit j| / deviation of logit j
    identity     dlib's distance to the picture before the edit
    background   mean absolute change outside an ellipse around the head, in [-1, 1]
    distance_to_w        how much further the layers' codes lie apart, relative to the codes' size

The judge sees pixels only. What is made of these numbers is in `editor.evaluate.claims.comparison`.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import torch
from tqdm import tqdm

from editor.evaluate.claims.comparison import Moved, compared
from editor.evaluate.claims.methods import Method
from editor.evaluate.shelf import Shelf
from editor.images import to_picture
from editor.judge.attributes import AttributeClassifier, thresholds
from editor.judge.identity import IdentityJudge, identity_distance
from editor.spaces import Codes, MaskedCodes, WPlus, one_by_one

CLOSE = 0.1
"""From the wanted change: no further trial is made."""
TRIALS = 6
LINES = 3
"""Trials that go along a line; then halfway: glasses come suddenly, and lines miss where."""
FIRST = 0.5
"""Amount of the first trial, in a method's units."""
LONGEST = 4.0


@dataclass(frozen=True, eq=False)
class Studio:
    """Draws and judges.

    Attributes:
        draw: one code [1, 18, 512] -> an image [1, 3, R, R] in [-1, 1].
        judge: of attributes.
        identity: dlib's.
        logit_std: [K], standard deviation of the classifier's logits over faces.
        middle: [K], the logit that parts a face's sides.
    """

    draw: Callable[[Codes], torch.Tensor]
    judge: AttributeClassifier
    identity: IdentityJudge
    logit_std: torch.Tensor
    middle: torch.Tensor

    @classmethod
    def over(
        cls, draw: Callable[[Codes], torch.Tensor], judge: AttributeClassifier, identity: IdentityJudge, sample: WPlus
    ) -> "Studio":
        """One whose deviations and middles are those of a sample of faces, none of them to be edited."""
        nothing = torch.zeros(len(judge.attributes))
        _, logits = cls(draw, judge, identity, nothing, nothing).look(sample)
        return cls(draw, judge, identity, logits.std(0), thresholds(logits, judge.prevalence))

    def look(self, codes: Codes) -> tuple[torch.Tensor, torch.Tensor]:
        """Images [B, 3, R, R] and the judge's logits [B, K]."""
        images = torch.cat([self.draw(code).clamp(-1, 1) for code in one_by_one(codes)])
        return images, self.judge(images)


@dataclass(frozen=True, eq=False)
class Before:
    """The faces as they were."""

    codes: WPlus
    images: torch.Tensor
    logits: torch.Tensor
    embeddings: list[np.ndarray | None]


def before(studio: Studio, codes: WPlus) -> Before:
    """Draw, judge and recognise the faces to edit."""
    images, logits = studio.look(codes)
    return Before(codes, images, logits, [studio.identity.embed(to_picture(image)) for image in images])


def move(studio: Studio, faces: Before, method: Method) -> Moved:
    """Edit every attribute of every face."""
    rows = [_move_along(studio, faces, method, k) for k in range(len(studio.logit_std))]
    return Moved(**{name: torch.stack([row[name] for row in rows]) for name in rows[0]})


class _Trial(NamedTuple):
    """Amounts [B] and what they gave: changes [B, K], images [B, 3, R, R], distance_to_w [B]."""

    amounts: torch.Tensor
    changes: torch.Tensor
    images: torch.Tensor
    distance_to_w: torch.Tensor


def _move_along(studio: Studio, faces: Before, method: Method, k: int) -> dict[str, torch.Tensor]:
    """Try amounts until every face's change is close to the wanted one, and measure each at its best."""
    sign = torch.where(faces.logits[:, k] > studio.middle[k], -1.0, 1.0)
    others = torch.arange(len(studio.logit_std)) != k
    trials: list[_Trial] = []
    known = [(torch.zeros(len(sign)), torch.zeros(len(sign)))]
    amounts = torch.full((len(sign),), FIRST)
    while len(trials) < TRIALS:
        with torch.no_grad():
            codes = method(faces.codes, k, sign * amounts)
        images, logits = studio.look(codes)
        changes = (logits - faces.logits) / studio.logit_std
        changes[:, k] *= sign
        trials.append(_Trial(amounts, changes, images, distance_to_w(edited(codes))))
        known.append((amounts, changes[:, k]))
        following = next_amounts(known, halved=len(trials) >= LINES)
        done = ((changes[:, k] - 1).abs() <= CLOSE) | torch.isclose(following, amounts)
        if done.all():
            break
        amounts = following
    found = _best_of(trials, k)
    trail = [torch.stack([trial.changes[:, k], trial.changes[:, others].abs().mean(1)], 1) for trial in trials]
    return {
        "amounts": found.amounts,
        "changes": found.changes,
        "identity": _identity(studio, faces, found.images),
        "background": _background(faces.images, found.images),
        "distance_to_w": found.distance_to_w - distance_to_w(faces.codes),
        "trail": torch.stack(trail + trail[-1:] * (TRIALS - len(trail)), 1),
    }


def _best_of(trials: list[_Trial], k: int) -> _Trial:
    """Of every face the trial whose change is closest to the wanted one."""
    best = torch.stack([(trial.changes[:, k] - 1).abs() for trial in trials]).argmin(0)
    picked = [[values[face] for values in trials[at]] for face, at in enumerate(best.tolist())]
    return _Trial(*map(torch.stack, zip(*picked, strict=True)))


def next_amounts(known: list[tuple[torch.Tensor, torch.Tensor]], halved: bool = False) -> torch.Tensor:
    """Where a line reaches a change of 1, [B]: between the trials around it, or on from the last two if none went too far.

    Args:
        known: (amounts, changes) of the trials so far, the first of them (0, 0).
        halved: halfway between the trials around it instead, where there are such.
    """
    tried = torch.stack([amounts for amounts, _ in known])
    change = torch.stack([changes for _, changes in known])
    short = change < 1
    before = torch.where(short, tried, -1.0).argmax(0)[None]
    a, c = tried.gather(0, before)[0], change.gather(0, before)[0]
    last = torch.where(short & (tried < a), tried, -1.0).argmax(0)[None]
    after = torch.where(short, torch.inf, tried).argmin(0)[None]
    other = torch.where(short.all(0), last, after)
    b, d = tried.gather(0, other)[0], change.gather(0, other)[0]
    slope = (c - d) / torch.where((a - b).abs() > 1e-6, a - b, torch.full_like(a, 1e-6))
    weakest = 1 / LONGEST
    found = a + (1 - c) / slope.clamp_min(weakest)
    if halved:
        found = torch.where(short.all(0), found, (a + b) / 2)
    return found.clamp(0.02, LONGEST)


def edited(codes: Codes) -> WPlus:
    """The codes after the edit, whatever its place."""
    return WPlus(codes.codes[:, -1]) if isinstance(codes, MaskedCodes) else codes


def distance_to_w(codes: WPlus) -> torch.Tensor:
    """How far the layers' codes lie from their mean, relative to its size, [B]; 0 in W."""
    mean = codes.mean(1, keepdim=True)
    return (codes - mean).flatten(1).norm(dim=1) / (mean.norm(dim=2)[:, 0] * codes.shape[1] ** 0.5)


def _identity(studio: Studio, faces: Before, images: torch.Tensor) -> torch.Tensor:
    found = [studio.identity.embed(to_picture(image)) for image in images]
    pairs = zip(faces.embeddings, found, strict=True)
    return torch.tensor([float("nan") if a is None or b is None else identity_distance(a, b) for a, b in pairs])


def _background(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    outside = background(one.shape[-1])
    return (one - other).abs().mean(1)[:, outside].mean(1)


def background(side: int) -> torch.Tensor:
    """Where an FFHQ frame shows neither head nor neck as a rule, bool [side, side]: its corners and upper sides."""
    at = (torch.arange(side) + 0.5) / side
    x, y = (at[None] - 0.5) / 0.42, (at[:, None] - 0.55) / 0.58
    return x.square() + y.square() > 1


def measure_leakage(
    studio: Studio,
    codes: WPlus,
    methods: Mapping[str, Method],
    kept: Shelf = Shelf(None),
    beside: Collection[str] = (),
) -> dict[str, dict]:
    """Every method, attribute and face; what was kept of each face and method is not measured again.

    Args:
        beside: methods that leave nobody out of the comparison (`editor.evaluate.claims.comparison`).
    """
    rows: dict[str, list[dict[str, torch.Tensor]]] = {name: [] for name in methods}
    for code in tqdm(codes.split(1), desc="leakage"):
        face = cache(partial(before, studio, WPlus(code)))
        for name, method in methods.items():
            rows[name].append(kept.piece(code, name, lambda method=method, face=face: vars(move(studio, face(), method))))
    joined = {
        name: Moved(**{field: torch.cat([row[field] for row in found], 1) for field in found[0]})
        for name, found in rows.items()
    }
    return compared(joined, beside)
