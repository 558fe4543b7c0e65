"""What an image judge says about codes and about their neighbours: the data that a surrogate of the judge is trained on.

Labels of photos say which attributes go together in the world; only images say what a move of a code does. So codes of photos
and of drawn faces are moved a few random ways each, drawn small, and judged:

    along one to three SVM normals of W+, up to four times as far as the classes' means are apart, in all layers or in some
    towards another face, in some layers

Drawing is what takes the time, so shards are kept and a stopped run goes on.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.flow import RealNVP
from editor.generate.mobile import Mapping
from editor.generate.runtimes import Runtime
from editor.judge.attributes import AttributeClassifier
from editor.judge.likeness import Likeness
from editor.spaces import LAYERS, WPlus
from editor.train.generated import sample_codes

SHARD = 256
FAMILY = 4
"""Rows that come from one code: itself, and the rest moved."""


@dataclass(frozen=True)
class AnswersConfig:
    """What defines the data.

    Attributes:
        shards: how many times 256 codes.
        photos: share of families that begin with a photo's code; the others are sampled.
        reach: largest way along a normal, in distances between the means of the classes.
        mixed: share of the moved that also go towards another face.
        layered: share of the moved that move in some layers only.
    """

    shards: int = 60
    photos: float = 0.7
    reach: float = 4.0
    mixed: float = 0.3
    layered: float = 0.5
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Answers:
    """Codes [N, 18, 512], the judge's logits [N, K] and unit embeddings of the likeness network [N, E] of their images.

    Rows come in families of four: a code, then three that it was moved to.
    """

    w_plus: WPlus
    logits: torch.Tensor
    embeddings: torch.Tensor


@dataclass(frozen=True, eq=False)
class Wanderer:
    """Makes families of codes.

    Attributes:
        photos: codes of photos to begin with.
        mapping: draws the others.
        flow: lends its centring and scaling.
        normals: unit normals in W+, [K, 9216].
        spans: [K], distance between the means of the classes along each.
    """

    photos: WPlus
    mapping: Mapping
    mean: torch.Tensor
    flow: RealNVP
    normals: torch.Tensor
    spans: torch.Tensor
    config: AnswersConfig

    def families(self, shard: int) -> WPlus:
        """The codes of one shard, [256, 18, 512]."""
        config, count = self.config, SHARD // FAMILY
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + shard)
        drawn = sample_codes(self.mapping, self.mean, 2 * count, random)
        chosen = self.photos[torch.randint(len(self.photos), (2 * count,), generator=random)].float()
        photo = torch.rand(2 * count, 1, 1, generator=random) < config.photos
        faces = self.flow.normalise(WPlus(torch.where(photo, chosen, drawn)))
        base, other = (part.repeat_interleave(FAMILY - 1, 0) for part in faces.split(count))
        moved = self._moved(base, other, random)
        rows = torch.cat([faces[:count, None], moved.unflatten(0, (count, FAMILY - 1))], 1).flatten(0, 1)
        return self.flow.denormalise(rows)

    def _moved(self, base: torch.Tensor, other: torch.Tensor, random: torch.Generator) -> torch.Tensor:
        config, count = self.config, len(base)
        share = torch.rand(count, len(self.spans), generator=random).argsort(1)  # a random rank each
        chosen = share < torch.randint(1, 4, (count, 1), generator=random)
        strengths = (torch.rand(share.shape, generator=random) * 2 - 1) * config.reach * chosen
        shift = (strengths * self.spans) @ self.normals
        layered = torch.rand(count, 1, generator=random) < config.layered
        shift = shift * torch.where(layered, _some_layers(base, random), torch.ones(()))
        towards = torch.rand(count, 1, generator=random) * (torch.rand(count, 1, generator=random) < config.mixed)
        return base + shift + towards * _some_layers(base, random) * (other - base)


def _some_layers(base: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """1 on a random run of layers of each code, else 0, [N, 9216]."""
    ends = torch.randint(LAYERS + 1, (len(base), 2), generator=random).sort(1).values
    layer = torch.arange(LAYERS)
    inside = (layer >= ends[:, :1]) & (layer <= ends[:, 1:])
    return inside.float().repeat_interleave(base.shape[1] // LAYERS, 1)


def ask(wanderer: Wanderer, preview: Runtime, judge: AttributeClassifier, likeness: Likeness, folder: Path) -> Answers:
    """Draw and judge every shard that is not in `folder` yet; all of them together."""
    folder.mkdir(parents=True, exist_ok=True)
    shards = []
    for shard in tqdm(range(wanderer.config.shards), desc="asking the judge"):
        path = folder / f"{shard:04d}.safetensors"
        if not path.exists():
            codes = WPlus(wanderer.families(shard).half().float())
            logits, embeddings = [], []
            for piece in codes.split(16):
                faces = torch.cat([preview(WPlus(code)) for code in piece.split(1)]).clamp(-1, 1)
                logits.append(judge(faces))
                with torch.inference_mode():
                    embeddings.append(likeness.see(faces).embedding)
            tensors = {"w_plus": codes, "embeddings": torch.cat(embeddings).float()}
            part = path.with_suffix(".part")
            halves = {name: value.half().contiguous() for name, value in tensors.items()}
            save_file(halves | {"logits": torch.cat(logits).clone()}, part)
            part.replace(path)
        shards.append(load_file(path))
    joined = {name: torch.cat([tensors[name] for tensors in shards]) for name in shards[0]}
    return Answers(WPlus(joined["w_plus"]), joined["logits"], joined["embeddings"])
