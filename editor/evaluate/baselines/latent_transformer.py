"""The Latent Transformer (Yao et al., "A Latent Transformer for Disentangled Face Editing", ICCV 2021), to compare with.

One linear layer for each of the first 11 layers of W+ and each attribute, trained through a classifier of codes:

    w' = w + a f_k(w),    a = +1 where the attribute is to come, -1 where it is to go
    L  = BCE(C_k(w'), target) + sum_{j != k} (1 - |corr_jk|) (C_j(w') - C_j(w))^2 + r |w' - w|^2

Here w are normalised codes and C is a two-layer perceptron on the same codes; the published one knows nothing of
images either. All attributes together are 115 million weights, so they are trained where they are needed and not shipped.
"""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

from editor.classify.perceptron import fit_perceptron
from editor.data.codes import LabelledCodes, normalised_codes
from editor.data.splits import VALIDATION_SHARE
from editor.flow import RealNVP
from editor.spaces import LAYERS
from editor.weights.tensors import kept_tensors

EDITED = 11
"""Layers that are moved; the others hold colours and texture."""


@dataclass(frozen=True)
class LatentTransformerConfig:
    """What defines the training of each attribute.

    Attributes:
        steps: of the optimiser.
        batch: codes a step.
        rate: learning rate of Adam.
        stay: weight of the squared shift, r in the module's formula.
        seed: of the codes drawn.
    """

    steps: int = 250
    batch: int = 32
    rate: float = 1e-3
    stay: float = 0.02
    seed: int = 0


class LatentTransformer(nn.Module):
    """f of one attribute, on normalised codes."""

    def __init__(self, channels: int):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(EDITED, channels, channels))
        self.bias = nn.Parameter(torch.zeros(EDITED, channels))

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """The shift of one unit, [B, 9216] -> [B, 9216]."""
        layers = codes.unflatten(1, (LAYERS, -1))
        shift = torch.einsum("blc,ldc->bld", layers[:, :EDITED], self.weight) + self.bias
        return F.pad(shift, (0, 0, 0, LAYERS - EDITED)).flatten(1)


def train_latent_transformer(
    attribute: int, codes: torch.Tensor, labels: torch.Tensor, classifier: nn.Module, config: LatentTransformerConfig
) -> LatentTransformer:
    """Fit f of one attribute on codes [N, 9216] with labels [N, K].

    >>> classifier, numbers = nn.Linear(72, 2).requires_grad_(False), codes.w_plus.flatten(1)
    >>> f = train_latent_transformer(0, numbers, codes.labels, classifier, LatentTransformerConfig(steps=2))
    >>> f(numbers).shape, f(numbers)[:, 4 * EDITED :].abs().max()  # layers that are not edited stay
    (torch.Size([60, 72]), tensor(0.))
    """
    transformer = LatentTransformer(codes.shape[1] // LAYERS)
    optimizer = torch.optim.Adam(transformer.parameters(), lr=config.rate)
    random = torch.Generator().manual_seed(config.seed * 1_000_003 + attribute)
    loose = 1 - torch.corrcoef(labels.float().t())[attribute].abs().nan_to_num()
    loose[attribute] = 0
    for _ in range(config.steps):
        here = codes[torch.randint(len(codes), (config.batch,), generator=random)]
        with torch.no_grad():
            before = classifier(here)
        wanted = (before[:, attribute] < 0).float()
        shift = transformer(here) * (wanted * 2 - 1)[:, None]
        after = classifier(here + shift)
        target = F.binary_cross_entropy_with_logits(after[:, attribute], wanted)
        others = ((after.sigmoid() - before.sigmoid()).square() * loose).sum(1).mean()
        loss = target + others + config.stay * shift.square().sum(1).mean() / LAYERS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return transformer.eval().requires_grad_(False)


def train_all(
    codes: torch.Tensor, labels: torch.Tensor, classifier: nn.Module, config: LatentTransformerConfig
) -> list[LatentTransformer]:
    """One transformer for each of K attributes, on codes [N, 9216] with labels [N, K].

    >>> classifier = nn.Linear(72, 2).requires_grad_(False)
    >>> len(train_all(codes.w_plus.flatten(1), codes.labels, classifier, LatentTransformerConfig(steps=2)))
    2
    """
    attributes = range(labels.shape[1])
    return [train_latent_transformer(k, codes, labels, classifier, config) for k in tqdm(attributes, "latent transformers")]


def cached_transformers(
    flow: RealNVP, train: LabelledCodes, config: LatentTransformerConfig, folder: Path
) -> list[LatentTransformer]:
    """The transformers of all attributes on these codes, read from `folder`, or trained and written there.

    >>> transformers = cached_transformers(flow, codes, LatentTransformerConfig(steps=2), folder)
    >>> len(transformers), len(list(folder.iterdir()))  # one for each attribute, all in one file
    (2, 1)
    """
    about = sha256(repr((config, train.fingerprint(), flow.mean.tolist())).encode()).hexdigest()[:12]
    attributes = range(len(train.attributes))

    def trained() -> dict[str, torch.Tensor]:
        inner, validation = train.by_person(VALIDATION_SHARE, config.seed)
        fitting, checking = ((normalised_codes(flow, part, "w_plus"), part.labels) for part in (inner, validation))
        found = train_all(*fitting, fit_perceptron(fitting, checking, seed=config.seed), config)
        return {f"{k}.{name}": value.half() for k in attributes for name, value in found[k].state_dict().items()}

    tensors = kept_tensors(folder / f"{about}.safetensors", trained)
    transformers = []
    for k in attributes:
        transformer = LatentTransformer(tensors[f"{k}.bias"].shape[1])
        transformer.load_state_dict({name: tensors[f"{k}.{name}"].float() for name in ("weight", "bias")})
        transformers.append(transformer.eval().requires_grad_(False))
    return transformers
