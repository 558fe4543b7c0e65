"""Responses: gradients of what pictures show with respect to their codes, at many faces.

Let z be the training classifier's logits of a face, in standard deviations, e its likeness embedding, c the picture's mean
colours in a grid, and x the normalised code. The rows gathered are

    J_j = d z_j / d x    for some attributes j,        s d e / d x    and    s d c / d x    for random signs s

each for a move in one part of the picture at a time (`editor.edit.regions`). Their sum over the parts is the gradient of a
move everywhere. `editor.train.directions.corrected` makes directions of them. The gradient at a single image is mostly the
network's own noise: a step along it leaks more than an SVM's normal does. Shifted and noisy images and hundreds of faces
average most of it out.
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

FACES_PER_SHARD = 10
GRID = 16
"""Cells along a side of the grid of mean colours."""
SHIFT, LIGHT, NOISE = 3, 0.1, 0.03
"""Largest shift (pixels of 128), largest change of light, and std of the noise, of pictures before they are classified."""


@dataclass(frozen=True)
class ResponsesConfig:
    """What defines the responses.

    Attributes:
        faces: number of faces; photos' codes and generated ones alternate.
        queries: attributes, chosen at random, whose gradient is taken at each face.
        projections: random projections of the embedding, and as many of the colours.
        jitter: noise on a normalised code, in standard deviations.
        seed: of all that is random.
    """

    faces: int = 400
    queries: int = 20
    projections: int = 4
    jitter: float = 0.15
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Responses:
    """Gradients at F faces with respect to normalised codes of W+, for moves in each of P parts of the picture.

    Attributes:
        codes: [F, D], the normalised codes where they were taken.
        gradients: [F, m, P, D] of m logits, in standard deviations.
        queries: [F, m], which logits these are.
        identity: [F, p, P, D] of random projections of the embedding; each one's square is the squared distance in the mean.
        colours: [F, p, P, D] of random projections of the colours; each one's square is their mean squared change in the mean.
    """

    codes: torch.Tensor
    gradients: torch.Tensor
    queries: torch.Tensor
    identity: torch.Tensor
    colours: torch.Tensor

    def __len__(self) -> int:
        return len(self.codes)

    def of(self, faces: slice) -> "Responses":
        """The responses at some of the faces."""
        return Responses(*(value[faces] for value in vars(self).values()))

    def moved_in(self, region: torch.Tensor) -> "Responses":
        """The responses to a move in a region: 1 for its parts and 0 for others, [P]. They lack the axis of parts."""
        chosen = region.bool()

        def together(rows: torch.Tensor) -> torch.Tensor:
            return torch.stack([face[:, chosen].float().sum(1).half() for face in rows])

        gradients, identity, colours = map(together, (self.gradients, self.identity, self.colours))
        return replace(self, gradients=gradients, identity=identity, colours=colours)


def gather(
    w_plus: WPlus,
    flow: RealNVP,
    draw: Callable[[Codes], torch.Tensor],
    classifier: AttributeClassifier,
    likeness: Likeness,
    config: ResponsesConfig,
    folder: Path,
    networks: str,
) -> Responses:
    """Take the gradients at every face, and cache them in `folder`. A face takes seconds.

    Args:
        w_plus: codes of the faces, [F, 18, 512].
        flow: normalises codes.
        draw: a differentiable generator at the classifier's resolution.
        networks: names what draws, classifies and compares; responses that other networks gave are not taken from `folder`.

    >>> from types import SimpleNamespace
    >>> likeness = SimpleNamespace(see=lambda picture: SimpleNamespace(embedding=picture.mean((2, 3))))
    >>> config = ResponsesConfig(faces=4, queries=2, projections=1)
    >>> found = gather(WPlus(codes.w_plus[:4]), flow, painter, classifier, likeness, config, folder, "tiny")
    >>> found.codes.shape, found.gradients.shape, found.identity.shape
    (torch.Size([4, 72]), torch.Size([4, 2, 22, 72]), torch.Size([4, 1, 22, 72]))
    """

    def made(shard: int, codes: torch.Tensor) -> dict[str, torch.Tensor]:
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + shard)
        faces = [_responses_at(code, flow, draw, classifier, likeness, config, random) for code in codes.split(1)]
        return {name: torch.stack([face[name] for face in faces]) for name in faces[0]}

    shards = [
        kept_tensors(folder / f"{shard:04d}-{_name(codes, flow, config, networks)}.safetensors", partial(made, shard, codes))
        for shard, codes in enumerate(tqdm(w_plus.split(FACES_PER_SHARD), desc="responses"))
    ]
    return Responses(**{name: torch.cat([shard[name] for shard in shards]) for name in shards[0]})


def _name(codes: torch.Tensor, flow: RealNVP, config: ResponsesConfig, networks: str) -> str:
    """Twelve hexadecimal digits that change with all that responses depend on."""
    found = hashlib.sha256(f"{config} {networks}".encode())
    for part in (codes.half(), flow.mean, flow.std, parts()):
        found.update(part.contiguous().cpu().numpy().tobytes())
    return found.hexdigest()[:12]


def _responses_at(
    code: torch.Tensor,
    flow: RealNVP,
    draw: Callable[[Codes], torch.Tensor],
    classifier: AttributeClassifier,
    likeness: Likeness,
    config: ResponsesConfig,
    random: torch.Generator,
) -> dict[str, torch.Tensor]:
    """The responses at one face, by the names of `Responses`, without the axis of faces."""
    normalised = flow.normalise(WPlus(code))
    normalised = normalised + config.jitter * torch.randn(normalised.shape, generator=random)
    masks = parts()[None]
    moved = normalised.repeat(masks.shape[1], 1).requires_grad_(True)
    drawn = draw(MaskedCodes(flow.denormalise(moved)[None], masks))
    picture = _perturbed(drawn.clamp(-1, 1), random)
    one, other = (classifier.score(classifier.features(view))[0] for view in (picture, picture.flip(-1)))
    logits = (one + other) / (2 * classifier.logit_std)
    queries = torch.randperm(len(logits), generator=random)[: config.queries]
    embedding = likeness.see(picture).embedding[0]
    signs = torch.randn(config.projections, len(embedding), generator=random)
    cells = torch.nn.functional.adaptive_avg_pool2d(drawn, GRID).flatten()
    tints = torch.randn(config.projections, len(cells), generator=random)
    wanted = [*logits[queries], *(_unit(signs) @ embedding * len(embedding) ** 0.5), *(_unit(tints) @ cells)]
    rows = [torch.autograd.grad(value, moved, retain_graph=True)[0] for value in wanted]
    gradients = torch.stack(rows).half()
    return {
        "codes": normalised[0],
        "gradients": gradients[: len(queries)].clone(),
        "queries": queries,
        "identity": gradients[len(queries) : -config.projections].clone(),
        "colours": gradients[-config.projections :].clone(),
    }


def _unit(rows: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.normalize(rows, dim=1)


def _perturbed(picture: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """The picture [1, 3, R, R], a little shifted, in another light, and noisy."""
    offset = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=random).tolist()
    contrast, light = ((torch.rand(2, generator=random) * 2 - 1) * LIGHT).tolist()
    noise = torch.randn(picture.shape, generator=random)
    return torch.roll(picture, offset, (2, 3)) * (1 + contrast) + light + NOISE * noise


def in_w_star(responses: Responses, flow: RealNVP) -> Responses:
    """Responses with respect to codes of W*, at the same faces.

    Args:
        responses: to moves in one region, without the axis of parts.

    >>> everywhere = responses.moved_in(torch.ones(22))
    >>> in_w_star(everywhere, flow).gradients.shape == everywhere.gradients.shape
    True
    """
    moved = []
    with torch.no_grad():
        w_star = flow(flow.denormalise(responses.codes))
    for at, here in enumerate(w_star.split(1)):
        rows = torch.cat([responses.gradients[at], responses.identity[at], responses.colours[at]]).float()
        there = here.expand(len(rows), -1, -1).clone().requires_grad_(True)
        normalised = flow.normalise(flow.inverse(WStar(there)))
        moved.append(torch.autograd.grad(normalised, there, rows)[0].flatten(1).half())
    sizes = [rows.shape[1] for rows in (responses.gradients, responses.identity, responses.colours)]
    gradients, identity, colours = torch.stack(moved).split(sizes, 1)
    return Responses(w_star.flatten(1), gradients, responses.queries, identity, colours)
