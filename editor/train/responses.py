"""How pictures answer when their codes move a little, and the directions that follow from it.

An SVM's normal is what tells codes with an attribute from those without; moving along it changes whatever else it crosses, by
amounts that labels know nothing of. Pictures do: with z the tutor's logits of a face, in deviations, e its likeness embedding,
and x the code's numbers in some space,

    J_j = d z_j / d x,   I = d e / d x,   g_j = E J_j,   M = E [ mean_j J_j^T J_j + v I^T I ]        over many faces

    d_k = argmin E [ mean_j (J_j d)^2 + v |I d|^2 ] + lambda |d|^2   such that   g_k d = 1     =  (M + lambda)^-1 g_k, scaled

one direction an attribute that does to all faces what is asked for, and in the mean square little else, as in linear
discriminant analysis. The gradient at a single picture is mostly what only that network sees (a step along it leaks more than
an SVM's normal does); moved and noisy pictures, hundreds of faces and lambda average most of that out. Not all: what no
attribute and no embedding sees is free to change, and colours do.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.flow import RealNVP
from editor.judge.attributes import AttributeJudge
from editor.judge.likeness import Likeness
from editor.spaces import WPlus, WStar

SHARD = 10
SHIFT, LIGHT, NOISE = 3, 0.1, 0.03
"""How far pictures are moved (pixels of 128) and lit, and how noisy they are made, before they are judged."""


@dataclass(frozen=True)
class ResponsesConfig:
    """What defines the data and the fit.

    Attributes:
        faces: how many, photos' codes and drawn ones by turns.
        asked: attributes whose gradient is taken at each of them, drawn at random.
        projections: of the embedding, likewise.
        jitter: of a code's numbers, in their deviations.
        identity: v, with embeddings of two people a distance of 1 apart.
        penalty: lambda, in mean squares of a gradient.
        apart: share of the faces that what is promised is measured on.
    """

    faces: int = 400
    asked: int = 20
    projections: int = 4
    jitter: float = 0.15
    identity: float = 0.1
    penalty: float = 1e-3
    apart: float = 0.2
    seed: int = 0


@dataclass(frozen=True)
class Responses:
    """Gradients at F faces, with regard to W+'s normalised numbers.

    Attributes:
        numbers: [F, D], where they were taken.
        gradients: [F, m, D] of the logits, in deviations.
        asked: [F, m], which logits.
        identity: [F, p, D] of random projections of the embedding; their squares sum to the squared distance in the mean.
    """

    numbers: torch.Tensor
    gradients: torch.Tensor
    asked: torch.Tensor
    identity: torch.Tensor

    def __len__(self) -> int:
        return len(self.numbers)


def gather(
    w_plus: WPlus,
    flow: RealNVP,
    draw: Callable[[WPlus], torch.Tensor],
    judge: AttributeJudge,
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
    folder.mkdir(parents=True, exist_ok=True)
    shards = []
    for shard, codes in enumerate(tqdm(w_plus.split(SHARD), desc="asking how pictures answer")):
        path = folder / f"{shard:04d}-{_name(codes)}.safetensors"
        if not path.exists():
            random = torch.Generator().manual_seed(config.seed * 1_000_003 + shard)
            faces = [_answer(code, flow, draw, judge, likeness, config, random) for code in codes.split(1)]
            part = path.with_suffix(".part")
            save_file({name: torch.stack([face[name] for face in faces]) for name in faces[0]}, part)
            part.replace(path)
        shards.append(load_file(path))
    return Responses(**{name: torch.cat([shard[name] for shard in shards]) for name in shards[0]})


def _name(codes: torch.Tensor) -> str:
    """Changes with the codes."""
    return hashlib.sha256(codes.half().numpy().tobytes()).hexdigest()[:12]


def _answer(
    code: torch.Tensor,
    flow: RealNVP,
    draw: Callable[[WPlus], torch.Tensor],
    judge: AttributeJudge,
    likeness: Likeness,
    config: ResponsesConfig,
    random: torch.Generator,
) -> dict[str, torch.Tensor]:
    numbers = flow.normalise(WPlus(code))
    numbers = (numbers + config.jitter * torch.randn(numbers.shape, generator=random)).requires_grad_(True)
    picture = _handled(draw(flow.denormalise(numbers)).clamp(-1, 1), random)
    one, other = (judge.score(judge.features(view))[0] for view in (picture, picture.flip(-1)))
    logits = (one + other) / (2 * judge.deviation)
    asked = torch.randperm(len(logits), generator=random)[: config.asked]
    embedding = likeness.see(picture).embedding[0]
    signs = torch.randn(config.projections, len(embedding), generator=random)
    wanted = [*logits[asked], *(torch.nn.functional.normalize(signs, dim=1) @ embedding * len(embedding) ** 0.5)]
    rows = [torch.autograd.grad(value, numbers, retain_graph=True)[0][0] for value in wanted]
    gradients = torch.stack(rows).half()
    return {
        "numbers": numbers.detach()[0],
        "gradients": gradients[: len(asked)].clone(),
        "asked": asked,
        "identity": gradients[len(asked) :].clone(),
    }


def _handled(picture: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """The picture a little moved, lit and noisy."""
    offset = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=random).tolist()
    contrast, light = ((torch.rand(2, generator=random) * 2 - 1) * LIGHT).tolist()
    noise = torch.randn(picture.shape, generator=random)
    return torch.roll(picture, offset, (2, 3)) * (1 + contrast) + light + NOISE * noise


def in_w_star(responses: Responses, flow: RealNVP) -> Responses:
    """The same gradients with regard to W*'s numbers, at the same faces."""
    moved = []
    with torch.no_grad():
        w_star = flow(flow.denormalise(responses.numbers))
    for at, here in enumerate(w_star.split(1)):
        rows = torch.cat([responses.gradients[at], responses.identity[at]]).float()
        there = here.expand(len(rows), -1, -1).clone().requires_grad_(True)
        numbers = flow.normalise(flow.inverse(WStar(there)))
        moved.append(torch.autograd.grad(numbers, there, rows)[0].flatten(1).half())
    both, count = torch.stack(moved), responses.gradients.shape[1]
    return Responses(w_star.flatten(1), both[:, :count], responses.asked, both[:, count:])


@dataclass(frozen=True)
class Fit:
    """Directions and what they promise.

    Attributes:
        directions: [K, D], each of a length that changes its attribute by one deviation in the mean.
        leakage: mean absolute change of the others, in deviations, on faces apart of a fit to the others: to first order,
            by the tutor.
    """

    directions: torch.Tensor
    leakage: float


def fit_to_responses(responses: Responses, attributes: int, config: ResponsesConfig) -> Fit:
    """Fit on most faces and say what that promises on the others, then fit on all of them."""
    cut = round(len(responses) * (1 - config.apart))
    promised = predicted_leakage(_solve(_part(responses, slice(cut)), attributes, config), _part(responses, slice(cut, None)))
    return Fit(_solve(responses, attributes, config), promised)


def _part(responses: Responses, chosen: slice) -> Responses:
    return Responses(*(value[chosen] for value in vars(responses).values()))


def _solve(responses: Responses, attributes: int, config: ResponsesConfig) -> torch.Tensor:
    """(M + lambda)^-1 g, each so long that its own mean change is 1, [K, D]."""
    rows, asked = responses.gradients.flatten(0, 1).float(), responses.asked.flatten()
    sums = torch.zeros(attributes, rows.shape[1]).index_add_(0, asked, rows)
    means = sums / torch.bincount(asked, minlength=attributes).clamp_min(1)[:, None]
    moment = rows.t() @ rows / len(rows)
    penalty = config.penalty * moment.diagonal().sum()
    identity = responses.identity.flatten(0, 1).float()
    if config.identity and len(identity):
        moment.addmm_(identity.t(), identity, alpha=config.identity / len(identity))
    moment.diagonal().add_(penalty)
    found = torch.cholesky_solve(means.t(), torch.linalg.cholesky(moment)).t()
    return found / (found * means).sum(1, keepdim=True)


def predicted_leakage(directions: torch.Tensor, responses: Responses) -> float:
    """Mean absolute change of other logits for a mean change of 1 of each direction's own, to first order."""
    changes = torch.einsum("fmd,kd->fmk", responses.gradients.float(), directions)
    own = responses.asked[:, :, None] == torch.arange(len(directions))
    means = (changes * own).sum((0, 1)) / own.sum((0, 1)).clamp_min(1)
    leaks = (changes.abs() * ~own).sum((0, 1)) / (~own).sum((0, 1)).clamp_min(1)
    return (leaks / means.clamp_min(1e-3)).mean().item()
