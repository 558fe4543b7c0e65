"""How pictures answer when their codes move a little.

With z the training classifier's logits of a face, in deviations, e its likeness embedding, c the picture's mean colours in
a grid, and x the code's numbers in some space, the rows gathered at many faces are

    J_j = d z_j / d x    for some attributes j,        s d e / d x    and    s d c / d x    for random signs s

each for a move in one part of the picture at a time (`editor.edit.regions`), whose sum is that for a move everywhere;
`editor.train.directions.corrected` makes directions of them. The gradient at a single image is mostly what only that network
sees (a step along it leaks more than an SVM's normal does). Moved and noisy images and hundreds of faces average most of
that out.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch
from tqdm import tqdm

from editor.edit.regions import parts
from editor.flow import RealNVP
from editor.judge.attributes import AttributeClassifier
from editor.judge.likeness import Likeness
from editor.spaces import Codes, MaskedCodes, WPlus, WStar
from editor.weights.tensors import kept_tensors

SHARD = 10
GRID = 16
"""Cells along a side, of which mean colours are taken."""
SHIFT, LIGHT, NOISE = 3, 0.1, 0.03
"""How far pictures are moved (pixels of 128) and lit, and how noisy they are made, before they are judged."""


@dataclass(frozen=True)
class ResponsesConfig:
    """What defines them.

    Attributes:
        faces: how many, photos' codes and drawn ones by turns.
        asked: attributes whose gradient is taken at each of them, drawn at random.
        projections: of the embedding and of the colours, likewise.
        jitter: of a code's numbers, in their deviations.
    """

    faces: int = 400
    asked: int = 20
    projections: int = 4
    jitter: float = 0.15
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Responses:
    """Gradients at F faces, with regard to W+'s normalised numbers.

    Attributes:
        numbers: [F, D], where they were taken.
        gradients: [F, m, P, D] of the logits, in deviations, by the part that moves.
        asked: [F, m], which logits.
        identity: [F, p, P, D] of random projections of the embedding; each one's square is the squared distance in the mean.
        colours: [F, p, P, D] of random projections of the colours; each one's square is their mean squared change in the mean.
    """

    numbers: torch.Tensor
    gradients: torch.Tensor
    asked: torch.Tensor
    identity: torch.Tensor
    colours: torch.Tensor

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, faces: slice) -> "Responses":
        """Those of some of the faces."""
        return Responses(*(value[faces] for value in vars(self).values()))

    def moved_in(self, place: torch.Tensor) -> "Responses":
        """What a move in some of the parts, 1 or 0 in [P], does: without the axis of the parts."""
        chosen = place.bool()

        def together(rows: torch.Tensor) -> torch.Tensor:
            return torch.stack([face[:, chosen].float().sum(1).half() for face in rows])

        gradients, identity, colours = map(together, (self.gradients, self.identity, self.colours))
        return replace(self, gradients=gradients, identity=identity, colours=colours)


def gather(
    w_plus: WPlus,
    flow: RealNVP,
    draw: Callable[[Codes], torch.Tensor],
    judge: AttributeClassifier,
    likeness: Likeness,
    config: ResponsesConfig,
    folder: Path,
) -> Responses:
    """Take the gradients at every face that is not in `folder` yet; seconds each.

    Args:
        w_plus: codes of the faces, [F, 18, 512].
        flow: lends its centring and scaling.
        draw: a differentiable generator at the size the judge looks at.
    """

    def made(shard: int, codes: torch.Tensor) -> dict[str, torch.Tensor]:
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + shard)
        faces = [_answer(code, flow, draw, judge, likeness, config, random) for code in codes.split(1)]
        return {name: torch.stack([face[name] for face in faces]) for name in faces[0]}

    shards = [
        kept_tensors(folder / f"{shard:04d}-{_name(codes, config)}.safetensors", partial(made, shard, codes))
        for shard, codes in enumerate(tqdm(w_plus.split(SHARD), desc="responses"))
    ]
    return Responses(**{name: torch.cat([shard[name] for shard in shards]) for name in shards[0]})


def _name(codes: torch.Tensor, config: ResponsesConfig) -> str:
    """Changes with the codes and with what is asked of them."""
    return hashlib.sha256(codes.half().numpy().tobytes() + repr(config).encode()).hexdigest()[:12]


def _answer(
    code: torch.Tensor,
    flow: RealNVP,
    draw: Callable[[Codes], torch.Tensor],
    judge: AttributeClassifier,
    likeness: Likeness,
    config: ResponsesConfig,
    random: torch.Generator,
) -> dict[str, torch.Tensor]:
    numbers = flow.normalise(WPlus(code))
    numbers = numbers + config.jitter * torch.randn(numbers.shape, generator=random)
    masks = parts()[None]
    moved = numbers.repeat(masks.shape[1], 1).requires_grad_(True)
    drawn = draw(MaskedCodes(flow.denormalise(moved)[None], masks))
    picture = _handled(drawn.clamp(-1, 1), random)
    one, other = (judge.score(judge.features(view))[0] for view in (picture, picture.flip(-1)))
    logits = (one + other) / (2 * judge.logit_std)
    asked = torch.randperm(len(logits), generator=random)[: config.asked]
    embedding = likeness.see(picture).embedding[0]
    signs = torch.randn(config.projections, len(embedding), generator=random)
    cells = torch.nn.functional.adaptive_avg_pool2d(drawn, GRID).flatten()
    tints = torch.randn(config.projections, len(cells), generator=random)
    wanted = [*logits[asked], *(_unit(signs) @ embedding * len(embedding) ** 0.5), *(_unit(tints) @ cells)]
    rows = [torch.autograd.grad(value, moved, retain_graph=True)[0] for value in wanted]
    gradients = torch.stack(rows).half()
    return {
        "numbers": numbers[0],
        "gradients": gradients[: len(asked)].clone(),
        "asked": asked,
        "identity": gradients[len(asked) : -config.projections].clone(),
        "colours": gradients[-config.projections :].clone(),
    }


def _unit(rows: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(rows, dim=1)


def _handled(picture: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """The picture a little moved, lit and noisy."""
    offset = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=random).tolist()
    contrast, light = ((torch.rand(2, generator=random) * 2 - 1) * LIGHT).tolist()
    noise = torch.randn(picture.shape, generator=random)
    return torch.roll(picture, offset, (2, 3)) * (1 + contrast) + light + NOISE * noise


def in_w_star(responses: Responses, flow: RealNVP) -> Responses:
    """The same gradients with regard to W*'s numbers, at the same faces; of moves in a place, all parts together."""
    moved = []
    with torch.no_grad():
        w_star = flow(flow.denormalise(responses.numbers))
    for at, here in enumerate(w_star.split(1)):
        rows = torch.cat([responses.gradients[at], responses.identity[at], responses.colours[at]]).float()
        there = here.expand(len(rows), -1, -1).clone().requires_grad_(True)
        numbers = flow.normalise(flow.inverse(WStar(there)))
        moved.append(torch.autograd.grad(numbers, there, rows)[0].flatten(1).half())
    sizes = [rows.shape[1] for rows in (responses.gradients, responses.identity, responses.colours)]
    gradients, identity, colours = torch.stack(moved).split(sizes, 1)
    return Responses(w_star.flatten(1), gradients, responses.asked, identity, colours)
