"""What else changes when one attribute is edited, measured on images at matched effect.

For every face and attribute, each method moves until the image judge's logit of that attribute has changed by one deviation
of it over faces, away from the side the face is on; the amount is found face by face. Then, on the picture drawn there:

    leakage      mean over the other attributes j of |change of logit j| / deviation of logit j
    identity     dlib's distance to the picture before the edit
    background   mean absolute change outside an ellipse around the head, in [-1, 1]
    off_w        how much further the layers' codes lie apart, relative to the codes' size

The judge sees pixels only. Faces that some method cannot bring within a quarter of the wanted change are left out for all
methods alike; `reached` is the share that each one brings there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from tqdm import tqdm

from editor.evaluate.kept import Kept
from editor.evaluate.methods import Method
from editor.generate.placed import Codes, PlacedCodes, one_by_one
from editor.images import to_picture
from editor.judge.attributes import AttributeJudge, lines
from editor.judge.identity import IdentityJudge, identity_distance
from editor.spaces import WPlus

TOLERANCE = 0.25
FIRST = 0.5
"""Amount of the first trial, in a method's units."""
LONGEST = 4.0
MEASURES = ("leakage", "identity", "background", "off_w")
RATIOS = ("leakage", "identity")


@dataclass(frozen=True)
class Studio:
    """Draws and judges.

    Attributes:
        draw: one code [1, 18, 512] -> an image [1, 3, R, R] in [-1, 1].
        judge: of attributes.
        identity: dlib's.
        deviation: [K], of the judge's logits over faces.
        middle: [K], the logit that parts a face's sides.
    """

    draw: Callable[[Codes], torch.Tensor]
    judge: AttributeJudge
    identity: IdentityJudge
    deviation: torch.Tensor
    middle: torch.Tensor

    @classmethod
    def over(
        cls, draw: Callable[[Codes], torch.Tensor], judge: AttributeJudge, identity: IdentityJudge, sample: WPlus
    ) -> "Studio":
        """One whose deviations and middles are those of a sample of faces, none of them to be edited."""
        nothing = torch.zeros(len(judge.attributes))
        _, logits = cls(draw, judge, identity, nothing, nothing).look(sample)
        return cls(draw, judge, identity, logits.std(0), lines(logits, judge.prevalence))

    def look(self, codes: Codes) -> tuple[torch.Tensor, torch.Tensor]:
        """Images [B, 3, R, R] and the judge's logits [B, K]."""
        images = torch.cat([self.draw(code).clamp(-1, 1) for code in one_by_one(codes)])
        return images, self.judge(images)


@dataclass(frozen=True)
class Moved:
    """One method's edits of every attribute on every face, each amount its own.

    Attributes:
        amounts: [K, B], in the method's units.
        changes: [K, B, K], of the judge's logits in their deviations, positive towards the edit for the edited one.
        identity, background, off_w: [K, B]; identity is nan where dlib finds no face.
        trail: (change of the target, mean absolute change of the others) of every trial, [K, B, T, 2].
    """

    amounts: torch.Tensor
    changes: torch.Tensor
    identity: torch.Tensor
    background: torch.Tensor
    off_w: torch.Tensor
    trail: torch.Tensor


@dataclass(frozen=True)
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
    rows = [_move_along(studio, faces, method, k) for k in range(len(studio.deviation))]
    return Moved(**{name: torch.stack([row[name] for row in rows]) for name in rows[0]})


def _move_along(studio: Studio, faces: Before, method: Method, k: int) -> dict[str, torch.Tensor]:
    """Find every face's amount in two trials, then edit by it and measure."""
    sign = torch.where(faces.logits[:, k] > studio.middle[k], -1.0, 1.0)
    others = torch.arange(len(studio.deviation)) != k
    trail = []

    def trial(amounts: torch.Tensor) -> tuple[Codes, torch.Tensor, torch.Tensor]:
        with torch.no_grad():
            codes = method(faces.codes, k, sign * amounts)
        images, logits = studio.look(codes)
        changes = (logits - faces.logits) / studio.deviation
        changes[:, k] *= sign
        trail.append(torch.stack([changes[:, k], changes[:, others].abs().mean(1)], 1))
        return codes, images, changes

    known = [(torch.zeros(len(sign)), torch.zeros(len(sign)))]
    amounts = torch.full((len(sign),), FIRST)
    for _ in range(2):
        _, _, changes = trial(amounts)
        known.append((amounts, changes[:, k]))
        amounts = next_amounts(known)
    codes, images, changes = trial(amounts)
    return {
        "amounts": amounts,
        "changes": changes,
        "identity": _identity(studio, faces, images),
        "background": _background(faces.images, images),
        "off_w": off_w(edited(codes)) - off_w(faces.codes),
        "trail": torch.stack(trail, 1),
    }


def next_amounts(known: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Where a line through the origin or between two trials reaches a change of 1, [B].

    Args:
        known: (amounts, changes) of the trials so far, the first of them (0, 0).
    """
    tried = torch.stack([amounts for amounts, _ in known])
    change = torch.stack([changes for _, changes in known])
    nearest = (change - 1).abs().argmin(0)[None]
    a, c = tried.gather(0, nearest)[0], change.gather(0, nearest)[0]
    distance = (change - 1).abs().scatter(0, nearest, torch.inf)
    second = distance.argmin(0)[None]
    b, d = tried.gather(0, second)[0], change.gather(0, second)[0]
    slope = (c - d) / torch.where((a - b).abs() > 1e-6, a - b, torch.full_like(a, 1e-6))
    weakest = 1 / LONGEST
    found = a + (1 - c) / slope.clamp_min(weakest)
    return found.clamp(0.02, LONGEST)


def edited(codes: Codes) -> WPlus:
    """The codes after the edit, whatever its place."""
    return WPlus(codes.codes[:, -1]) if isinstance(codes, PlacedCodes) else codes


def off_w(codes: WPlus) -> torch.Tensor:
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


def compare(results: Mapping[str, Moved]) -> dict[str, dict]:
    """Means over attributes and faces for every method, on the pairs that all methods brought to the wanted change."""
    reached = {
        name: (moved.changes.diagonal(dim1=0, dim2=2).t() - 1).abs() <= TOLERANCE  # [K, B]
        for name, moved in results.items()
    }
    shared = torch.stack(list(reached.values())).all(0)  # [K, B]
    out = {}
    for name, moved in results.items():
        count = shared.sum(1)
        matrix = (moved.changes.abs() * shared[..., None]).sum(1) / count.clamp_min(1)[:, None]
        matrix[count == 0] = float("nan")
        others = ~torch.eye(len(matrix), dtype=torch.bool)
        leakage = torch.tensor([row[other].mean() for row, other in zip(matrix, others, strict=True)])
        values = {
            measure: torch.stack([_mean(row, kept) for row, kept in zip(getattr(moved, measure), shared, strict=True)])
            for measure in MEASURES[1:]
        }
        out[name] = {
            "leakage": leakage.nanmean().item(),
            **{measure: value.nanmean().item() for measure, value in values.items()},
            "reached": reached[name].float().mean().item(),
            "compared": shared.float().mean().item(),
            "leakage_by_attribute": leakage.tolist(),
            "matrix": matrix.tolist(),
            "curve": moved.trail.mean((0, 1)).tolist(),
        }
    return out


def _mean(values: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    return values[kept].nanmean() if kept.any() else torch.tensor(float("nan"))


def measure_leakage(studio: Studio, codes: WPlus, methods: Mapping[str, Method], kept: Kept = Kept(None)) -> dict[str, dict]:
    """Every method, attribute and face; what was kept of each face and method is not measured again."""
    rows: dict[str, list[dict[str, torch.Tensor]]] = {name: [] for name in methods}
    for code in tqdm(codes.split(1), desc="leakage"):
        face = cache(partial(before, studio, WPlus(code)))
        for name, method in methods.items():
            rows[name].append(kept.piece(code, name, lambda method=method, face=face: vars(move(studio, face(), method))))
    joined = {
        name: Moved(**{field: torch.cat([row[field] for row in found], 1) for field in found[0]})
        for name, found in rows.items()
    }
    result = compare(joined)
    for name, intervals in ratio_intervals(joined).items():
        result[name]["ratio_to_w_plus_ci95"] = intervals
    return result


def ratio_intervals(results: Mapping[str, Moved], draws: int = 200, seed: int = 0) -> dict[str, dict[str, list[float]]]:
    """Between which values each method's leakage and identity lie in W+'s, by drawing the faces anew (95 %)."""
    random, drawn = torch.Generator().manual_seed(seed), {name: [] for name in results}
    count = results["w_plus"].amounts.shape[1]
    for _ in range(draws):
        faces = torch.randint(count, (count,), generator=random)
        found = compare({name: Moved(**{k: v[:, faces] for k, v in vars(moved).items()}) for name, moved in results.items()})
        for name, values in found.items():
            drawn[name].append([values[measure] / found["w_plus"][measure] for measure in RATIOS])
    ends = torch.tensor([0.025, 0.975])
    return {
        name: dict(zip(RATIOS, torch.tensor(rows).nanquantile(ends, 0).t().tolist(), strict=True))
        for name, rows in drawn.items()
    }


def as_markdown(result: Mapping) -> str:
    """The comparison as a table; ratios are to W+, with what they lie between when faces are drawn anew (95 %)."""
    methods = result["methods"]
    columns = ("leakage", "identity", "background", "off_w", "reached")
    head = "| method | " + " | ".join(columns) + " | leakage / W+ | identity / W+ |"
    lines = [head, "|---" * (len(columns) + 3) + "|"]
    for name, values in methods.items():
        ratios = (
            (values[measure] / methods["w_plus"][measure], *values["ratio_to_w_plus_ci95"][measure]) for measure in RATIOS
        )
        cells = [f"{values[column]:.3f}" for column in columns]
        cells += [f"{ratio:.2f} ({low:.2f} to {high:.2f})" for ratio, low, high in ratios]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    shared = methods["w_plus"]["compared"]
    return "\n".join(lines) + f"\n\n{shared:.0%} of the pairs of face and attribute are compared: those all methods reached.\n"
