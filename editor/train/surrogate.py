"""A surrogate of the image judge: what it would say about the image of a code, without drawing it.

    S: normalised numbers [B, 9216] -> the judge's logits in their deviations [B, K], and the main parts of the face's embedding

A perceptron with a linear path around it, fitted to `editor.train.answers`: to the values, and just as much to the differences
inside a family, since it is asked what a move does. It only ever trains a flow; what an edit did is measured on images.
"""

import copy
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from tqdm import tqdm

from editor.errors import WeightsError
from editor.train.answers import FAMILY
from editor.weights import read_tensors


@dataclass(frozen=True)
class SurrogateConfig:
    """What defines the fit; `parts` is how many principal parts of the embedding are kept, `apart` the share of families
    that it is checked on.
    """

    hidden: int = 768
    dropout: float = 0.2
    decay: float = 0.1
    epochs: int = 12
    batch: int = 128
    rate: float = 1e-3
    parts: int = 64
    apart: float = 0.1
    seed: int = 0


class Surrogate(nn.Module):
    """See the module. Attributes: `attributes`, how many of the outputs are logits."""

    def __init__(self, numbers: int, attributes: int, config: SurrogateConfig):
        super().__init__()
        self.attributes = attributes
        outputs = attributes + config.parts
        self.enter = nn.Linear(numbers, config.hidden)
        self.hidden = nn.Linear(config.hidden, config.hidden)
        self.leave = nn.Linear(config.hidden, outputs)
        self.around = nn.Linear(config.hidden, outputs)
        self.drop = nn.Dropout(config.dropout)

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        """[B, K + parts]."""
        entered = self.enter(numbers)
        deep = self.drop(F.gelu(self.hidden(self.drop(F.gelu(entered)))))
        return self.leave(deep) + self.around(entered)


def targets(logits: torch.Tensor, embeddings: torch.Tensor, config: SurrogateConfig) -> torch.Tensor:
    """What is to be predicted, each about one deviation wide: [N, K + parts]."""
    centred = embeddings.float() - embeddings.float().mean(0)
    torch.manual_seed(config.seed)
    _, _, axes = torch.pca_lowrank(centred, config.parts, center=False)
    parts = centred @ axes
    return torch.cat([(logits - logits.mean(0)) / logits.std(0), parts / parts.std()], 1)


def differences(rows: torch.Tensor) -> torch.Tensor:
    """What the moved of every family differ in from its first, [3/4 N, D]."""
    families = rows.unflatten(0, (-1, FAMILY))
    return (families[:, 1:] - families[:, :1]).flatten(0, 1)


def fit_surrogate(
    numbers: torch.Tensor, wanted: torch.Tensor, attributes: int, config: SurrogateConfig
) -> tuple[Surrogate, dict]:
    """Fit on all families but some; returns it in eval mode and its share of explained variance on those, of values and of
    differences, means over the logits and over the embedding's parts.
    """
    torch.manual_seed(config.seed)
    net = Surrogate(numbers.shape[1], attributes, config)
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.rate, weight_decay=config.decay)
    families = len(numbers) // FAMILY
    known = families - round(config.apart * families)
    size = config.batch // FAMILY
    steps = known // size
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.rate, config.epochs * steps, pct_start=0.1)
    apart = slice(known * FAMILY, families * FAMILY)
    best, state, report = -1e9, net.state_dict(), {}
    for _ in tqdm(range(config.epochs), desc="surrogate"):
        net.train()
        for chosen in torch.randperm(known)[: steps * size].split(size):
            rows = (chosen[:, None] * FAMILY + torch.arange(FAMILY)).flatten()
            error = net(numbers[rows]) - wanted[rows]
            loss = error.square().mean() + differences(error).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cycle.step()
        found = explained(net.eval(), numbers[apart], wanted[apart])
        if found["logit_differences"] > best:
            best, state, report = found["logit_differences"], copy.deepcopy(net.state_dict()), found
        tqdm.write(str(found), file=sys.stderr)
    net.load_state_dict(state)
    return net.eval().requires_grad_(False), report


def explained(net: Surrogate, numbers: torch.Tensor, wanted: torch.Tensor) -> dict[str, float]:
    """Share of explained variance."""
    with torch.no_grad():
        said = torch.cat([net(piece) for piece in numbers.split(512)])
    out = {}
    for name, (one, other) in {"values": (said, wanted), "differences": (differences(said), differences(wanted))}.items():
        share = 1 - (one - other).square().sum(0) / (other - other.mean(0)).square().sum(0)
        out[f"logit_{name}"] = round(share[: net.attributes].mean().item(), 4)
        out[f"embedding_{name}"] = round(share[net.attributes :].mean().item(), 4)
    return out


def write_surrogate(net: Surrogate, config: SurrogateConfig, path: Path, encoder: str) -> None:
    """Save, with the sha256 of the encoder whose codes it reads."""
    about = {"config": json.dumps(asdict(config)), "encoder": encoder, "attributes": str(net.attributes)}
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, path, about)


def read_surrogate(path: Path, encoder: str) -> Surrogate:
    """The surrogate that `write_surrogate` saved, frozen, in eval mode.

    Raises:
        WeightsError: it is another kind of file, or reads another encoder's codes.
    """
    tensors, metadata = read_tensors(path)
    try:
        if metadata["encoder"] != encoder:
            raise WeightsError(f"{path} reads the codes of another encoder. Train it anew: python -m editor train surrogate")
        config = SurrogateConfig(**json.loads(metadata["config"]))
        net = Surrogate(tensors["enter.weight"].shape[1], int(metadata["attributes"]), config)
        net.load_state_dict(tensors, strict=True)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path} does not hold a surrogate: {error}") from error
    return net.eval().requires_grad_(False)
