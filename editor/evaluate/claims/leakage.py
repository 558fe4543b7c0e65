"""What else changes when one attribute is edited, measured on images at matched effect.

Each method moves each face along each attribute until the evaluation classifier's logit of the attribute has changed by one
standard deviation over faces, away from the side the face is on. The amount is searched for each face. On that picture:

    leakage      mean over the other attributes j of |change of logit j| / std of logit j
    identity     dlib's distance to the picture before the edit
    background   mean absolute change outside an ellipse around the head, in [-1, 1]
    distance_to_w        change of the layers' mean distance to their mean code, relative to the code's size

The classifier sees pixels only. `editor.evaluate.claims.comparison` compares methods by these measures.
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
from editor.spaces import Codes, WPlus, distance_to_w, edited, one_by_one

CLOSE = 0.1
"""A change this near to the wanted one, in standard deviations, ends the search."""
TRIALS = 6
"""Most trials of a search."""
SECANT_TRIALS = 3
"""Trials by the secant method; the next ones bisect, since glasses appear suddenly and secants miss the amount."""
FIRST_AMOUNT = 0.5
"""Amount of the first trial, in a method's units."""
MAX_AMOUNT = 4.0
"""Largest amount, in a method's units."""


@dataclass(frozen=True, eq=False)
class ImageMeter:
    """Draws images of codes and measures them.

    Attributes:
        draw: one code [1, 18, 512] -> an image [1, 3, R, R] in [-1, 1].
        classifier: the evaluation classifier, with K attributes.
        identity: dlib's network.
        logit_std: [K], standard deviation of the classifier's logits over faces.
        threshold: [K], the logits above which faces have an attribute.
    """

    draw: Callable[[Codes], torch.Tensor]
    classifier: AttributeClassifier
    identity: IdentityJudge
    logit_std: torch.Tensor
    threshold: torch.Tensor

    @classmethod
    def over(
        cls, draw: Callable[[Codes], torch.Tensor], classifier: AttributeClassifier, identity: IdentityJudge, sample: WPlus
    ) -> "ImageMeter":
        """A meter whose standard deviations and thresholds are those of a sample of faces, none of which is edited.

        Args:
            sample: codes [N, 18, 512].
        """
        nothing = torch.zeros(len(classifier.attributes))
        _, logits = cls(draw, classifier, identity, nothing, nothing).look(sample)
        return cls(draw, classifier, identity, logits.std(0), thresholds(logits, classifier.prevalence))

    def look(self, codes: Codes) -> tuple[torch.Tensor, torch.Tensor]:
        """Images [B, 3, R, R] in [-1, 1] and their logits [B, K]."""
        images = torch.cat([self.draw(code).clamp(-1, 1) for code in one_by_one(codes)])
        return images, self.classifier(images)


@dataclass(frozen=True, eq=False)
class Unedited:
    """Faces before an edit.

    Attributes:
        codes: [B, 18, 512].
        images: [B, 3, R, R] in [-1, 1].
        logits: [B, K].
        embeddings: dlib's, B of them; None where it finds no face.
    """

    codes: WPlus
    images: torch.Tensor
    logits: torch.Tensor
    embeddings: list[np.ndarray | None]


def unedited(meter: ImageMeter, codes: WPlus) -> Unedited:
    """Draw and measure the faces [B, 18, 512] to edit.

    >>> found = unedited(meter, WPlus(codes.w_plus[:4]))
    >>> found.images.shape, found.logits.shape, len(found.embeddings)
    (torch.Size([4, 3, 16, 16]), torch.Size([4, 2]), 4)
    """
    images, logits = meter.look(codes)
    return Unedited(codes, images, logits, [meter.identity.embed(to_picture(image)) for image in images])


def move(meter: ImageMeter, faces: Unedited, method: Method) -> Moved:
    """Edit each of the K attributes of each of the B faces, and measure the images.

    >>> faces = unedited(meter, WPlus(0.3 * codes.w_plus[:4]))
    >>> number = torch.eye(2, 4)  # attribute k is number k of each layer
    >>> found = move(meter, faces, lambda w_plus, k, amounts: w_plus + amounts[:, None, None] * number[k])
    >>> found.amounts.shape, found.changes.shape, found.changes[0, :, 1].abs().max() < 1e-6  # nothing leaks
    (torch.Size([2, 4]), torch.Size([2, 4, 2]), tensor(True))
    """
    rows = [move_along(meter, faces, method, k) for k in range(len(meter.logit_std))]
    return Moved(**{name: torch.stack([row[name] for row in rows]) for name in rows[0]})


class _Trial(NamedTuple):
    """Amounts [B] with their changes [B, K], images [B, 3, R, R] and distance_to_w [B]."""

    amounts: torch.Tensor
    changes: torch.Tensor
    images: torch.Tensor
    distance_to_w: torch.Tensor


def move_along(meter: ImageMeter, faces: Unedited, method: Method, k: int) -> dict[str, torch.Tensor]:
    """Try amounts until every face's change is close to the wanted one, and measure each at its best.

    Args:
        k: the attribute by the evaluation classifier's numbers.

    >>> number = torch.eye(2, 4)
    >>> method = lambda w_plus, k, amounts: w_plus + amounts[:, None, None] * number[k]
    >>> move_along(meter, unedited(meter, WPlus(0.3 * codes.w_plus[:4])), method, 1)["changes"].shape
    torch.Size([4, 2])
    """
    sign = torch.where(faces.logits[:, k] > meter.threshold[k], -1.0, 1.0)
    others = torch.arange(len(meter.logit_std)) != k
    trials: list[_Trial] = []
    known = [(torch.zeros(len(sign)), torch.zeros(len(sign)))]
    amounts = torch.full((len(sign),), FIRST_AMOUNT)
    while len(trials) < TRIALS:
        with torch.no_grad():
            codes = method(faces.codes, k, sign * amounts)
        images, logits = meter.look(codes)
        changes = (logits - faces.logits) / meter.logit_std
        changes[:, k] *= sign
        trials.append(_Trial(amounts, changes, images, distance_to_w(edited(codes))))
        known.append((amounts, changes[:, k]))
        following = next_amounts(known, halved=len(trials) >= SECANT_TRIALS)
        done = ((changes[:, k] - 1).abs() <= CLOSE) | torch.isclose(following, amounts)
        if done.all():
            break
        amounts = following
    found = _best_of(trials, k)
    trail = [torch.stack([trial.changes[:, k], trial.changes[:, others].abs().mean(1)], 1) for trial in trials]
    return {
        "amounts": found.amounts,
        "changes": found.changes,
        "identity": _identity(meter, faces, found.images),
        "background": _background(faces.images, found.images),
        "distance_to_w": found.distance_to_w - distance_to_w(faces.codes),
        "trail": torch.stack(trail + trail[-1:] * (TRIALS - len(trail)), 1),
    }


def _best_of(trials: list[_Trial], k: int) -> _Trial:
    """For each face, the trial whose change is closest to the wanted one."""
    best = torch.stack([(trial.changes[:, k] - 1).abs() for trial in trials]).argmin(0)
    picked = [[values[face] for values in trials[at]] for face, at in enumerate(best.tolist())]
    return _Trial(*map(torch.stack, zip(*picked, strict=True)))


def next_amounts(known: list[tuple[torch.Tensor, torch.Tensor]], halved: bool = False) -> torch.Tensor:
    """The next amounts [B]: where secants reach a change of 1, through the trials around it or else the last two.

    Args:
        known: (amounts, changes) of the trials so far, the first of them (0, 0).
        halved: bisect instead, where there are trials around it.

    >>> known = [(torch.tensor([0.0]), torch.tensor([0.0])), (torch.tensor([0.5]), torch.tensor([0.25]))]
    >>> next_amounts(known)  # 0.5 changes it by a quarter, so 2 should do
    tensor([2.])
    """
    amounts = torch.stack([amount for amount, _ in known])
    changes = torch.stack([change for _, change in known])
    short = changes < 1
    before = torch.where(short, amounts, -1.0).argmax(0)[None]
    a, c = amounts.gather(0, before)[0], changes.gather(0, before)[0]
    last = torch.where(short & (amounts < a), amounts, -1.0).argmax(0)[None]
    after = torch.where(short, torch.inf, amounts).argmin(0)[None]
    other = torch.where(short.all(0), last, after)
    b, d = amounts.gather(0, other)[0], changes.gather(0, other)[0]
    slope = (c - d) / torch.where((a - b).abs() > 1e-6, a - b, torch.full_like(a, 1e-6))
    weakest = 1 / MAX_AMOUNT
    found = a + (1 - c) / slope.clamp_min(weakest)
    if halved:
        found = torch.where(short.all(0), found, (a + b) / 2)
    return found.clamp(0.02, MAX_AMOUNT)


def _identity(meter: ImageMeter, faces: Unedited, images: torch.Tensor) -> torch.Tensor:
    found = [meter.identity.embed(to_picture(image)) for image in images]
    pairs = zip(faces.embeddings, found, strict=True)
    return torch.tensor([float("nan") if a is None or b is None else identity_distance(a, b) for a, b in pairs])


def _background(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    outside = background(one.shape[-1])
    return (one - other).abs().mean(1)[:, outside].mean(1)


def background(side: int) -> torch.Tensor:
    """The pixels of an FFHQ picture that show neither head nor neck as a rule, bool [side, side]: corners and upper sides.

    >>> outside = background(64)
    >>> outside[0, 0], outside[32, 32]  # a corner, the middle of the face
    (tensor(True), tensor(False))
    """
    at = (torch.arange(side) + 0.5) / side
    x, y = (at[None] - 0.5) / 0.42, (at[:, None] - 0.55) / 0.58
    return x.square() + y.square() > 1


def measure_leakage(
    meter: ImageMeter,
    codes: WPlus,
    methods: Mapping[str, Method],
    shelf: Shelf = Shelf(None),
    references: Collection[str] = (),
) -> dict[str, dict]:
    """Measure every method, attribute and face, and compare the methods.

    Args:
        codes: of the faces, [N, 18, 512].
        shelf: results of single faces and methods that are not measured again.
        references: methods that leave no face out of the comparison (`editor.evaluate.claims.comparison`).

    >>> number = torch.eye(2, 4)  # attribute k is number k of each layer
    >>> method = lambda w_plus, k, amounts: w_plus + amounts[:, None, None] * number[k]
    >>> found = measure_leakage(meter, WPlus(0.3 * codes.w_plus[:2]), {"w_plus": method})
    >>> found["w_plus"]["leakage"] < 1e-6, found["w_plus"]["reached"]
    (True, 1.0)
    """
    rows: dict[str, list[dict[str, torch.Tensor]]] = {name: [] for name in methods}
    for code in tqdm(codes.split(1), desc="leakage"):
        face = cache(partial(unedited, meter, WPlus(code)))
        for name, method in methods.items():
            rows[name].append(shelf.piece(code, name, lambda method=method, face=face: vars(move(meter, face(), method))))
    joined = {
        name: Moved(**{field: torch.cat([row[field] for row in found], 1) for field in found[0]})
        for name, found in rows.items()
    }
    return compared(joined, references)
