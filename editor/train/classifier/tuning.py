"""Train the training classifier's network together with its probe, on labelled photos.

The network begins as it came from ImageNet, with a probe that was fitted on its features. Then both learn to tell the
attributes of photos that are mirrored, moved, and changed in light and sharpness at random. The first blocks stay as they are:
they have most of the work and least of the knowledge. The weights that count are a moving average.
"""

import copy
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

from editor.data.degrade import Degrade
from editor.devices.precision import autocast
from editor.images import to_signed
from editor.judge.attributes import AttributeClassifier, standardised
from editor.judge.backbone import Backbone, QuickFeatures
from editor.train.classifier.training import area_under_curve
from editor.train.history import Run
from editor.train.schedule import schedule, update_average

EVERY = 100
"""Steps from one checkpoint to the next."""
MOVED, CHANGED = 2.0, 1.0
"""How far photos are moved, and how much their light and sharpness change; see `editor.data.degrade`."""


@dataclass(frozen=True)
class TuningConfig:
    """What defines the training.

    Attributes:
        epochs: passes over the photos.
        batch: photos a step.
        rate, probe_rate: peak learning rates of the network and of its probe.
        decay, probe_decay: weight decay of each.
        dropout: share of the features that the probe is not shown at a step.
        fixed: blocks of the network, from the first on, that stay as they are.
        average: decay of the moving average, for a step.
        seed: of everything random.
    """

    epochs: int = 8
    batch: int = 64
    rate: float = 3e-4
    probe_rate: float = 1e-4
    decay: float = 0.02
    probe_decay: float = 0.3
    dropout: float = 0.3
    fixed: int = 3
    average: float = 0.998
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Photos:
    """Labelled photos.

    Attributes:
        pictures: uint8 [N, 3, R, R].
        labels: bool [N, K].
    """

    pictures: torch.Tensor
    labels: torch.Tensor


def tune(start: AttributeClassifier, photos: Photos, validation: Photos, config: TuningConfig, run: Run) -> AttributeClassifier:
    """Run (or resume) to the last epoch, logging the AUC on the validation photos after each; returns the averaged classifier.

    Args:
        start: reads `QuickFeatures` of a `Backbone`. Neither is changed.
        validation: of other people.

    >>> from editor.judge.backbone import open_training_classifier
    >>> start, config = open_training_classifier(store), TuningConfig(epochs=1, batch=2)
    >>> photos = Photos((torch.rand(4, 3, 128, 128) * 255).byte(), torch.rand(4, len(start.attributes)) < 0.5)
    >>> tuned = tune(start, photos, photos, config, Run(folder, config))
    >>> tuned.attributes == start.attributes, tuned(to_signed(photos.pictures)).shape
    (True, torch.Size([4, 40]))
    """
    steps = len(photos.labels) // config.batch
    learning = _Learning(start, config)
    if state := run.restore():
        learning.restore(state)
    last = config.epochs * steps
    for step in tqdm(range(run.progress.step, last), desc="training classifier", initial=run.progress.step, total=last):
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        order = torch.randperm(len(photos.labels), generator=torch.Generator().manual_seed(config.seed + step // steps))
        chosen = order[step % steps * config.batch :][: config.batch]
        faces = changed(to_signed(photos.pictures[chosen]), random)
        torch.manual_seed(int(torch.randint(2**31, (), generator=random)))  # of the dropout
        run.count({"loss": learning.step(faces, photos.labels[chosen], schedule(step, last, warmup=100))})
        done = run.progress.step
        if done % steps == 0 or done == last:
            run.log(auc=learning.auc(validation))
        if done % EVERY == 0 or done == last:
            run.save(learning.state())
    return learning.classifier()


def changed(faces: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Faces [B, 3, R, R] in [-1, 1], half of them mirrored, moved, and changed in light and sharpness at random.

    >>> changed(torch.zeros(2, 3, 16, 16), torch.Generator().manual_seed(0)).shape
    torch.Size([2, 3, 16, 16])
    """
    mirrored = torch.rand(len(faces), generator=random) < 0.5
    faces = torch.where(mirrored[:, None, None, None], faces.flip(-1), faces)
    change = Degrade(random, CHANGED)
    return change.soften(change.light(Degrade(random, MOVED).misalign(faces))).clamp(-1, 1)


class _Tuned(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1] -> logits [B, K]: a network's features, and a probe that is not shown all of them."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, start: AttributeClassifier, dropout: float):
        super().__init__()
        assert isinstance(start.features, QuickFeatures)
        self.features = copy.deepcopy(start.features)
        self.probe = nn.Linear(start.weights.shape[1], start.weights.shape[0])
        self.probe.load_state_dict({"weight": start.weights, "bias": start.intercepts})
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("mean", start.mean.clone())
        self.register_buffer("std", start.std.clone())

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        with autocast(faces.device):
            seen = self.features(faces)
        return self.probe(self.dropout(standardised(seen.float(), self.mean, self.std)))


class _Learning:
    """What a run changes: the network with its probe, their average, and the optimiser."""

    def __init__(self, start: AttributeClassifier, config: TuningConfig):
        self._start, self._config, self._done = start, config, 0
        self._model = _Tuned(start, config.dropout).to(memory_format=torch.channels_last).train()
        self._average = copy.deepcopy(self._model).eval().requires_grad_(False)
        backbone = self._model.features.backbone
        assert isinstance(backbone, Backbone)
        later = backbone.backbone._blocks[config.fixed :]
        self._learns = list(later.requires_grad_(True).parameters())
        groups = [
            {"params": self._learns, "peak": config.rate, "weight_decay": config.decay},
            {"params": list(self._model.probe.parameters()), "peak": config.probe_rate, "weight_decay": config.probe_decay},
        ]
        self._optimizer = torch.optim.AdamW(groups, lr=config.rate)

    def step(self, faces: torch.Tensor, labels: torch.Tensor, share: float) -> float:
        """One optimiser step at a share of the peak rates; returns the loss."""
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * share
        logits = self._model(faces.contiguous(memory_format=torch.channels_last))
        loss = F.binary_cross_entropy_with_logits(logits, labels.float())
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._learns, 1.0)
        self._optimizer.step()
        self._done += 1
        update_average(self._average, self._model, min(self._config.average, self._done / (self._done + 10)))
        return loss.item()

    def auc(self, photos: Photos) -> float:
        """The mean over attributes, by the average of each photo and its mirror image."""
        with torch.inference_mode():
            pairs = ((to_signed(some), to_signed(some.flip(-1))) for some in photos.pictures.split(64))
            scores = torch.cat([self._average(one) + self._average(other) for one, other in pairs])
        return area_under_curve(scores, photos.labels).nanmean().item()

    def classifier(self) -> AttributeClassifier:
        """What the average is."""
        probe = self._average.probe
        return replace(self._start, features=self._average.features, weights=probe.weight, intercepts=probe.bias)

    def state(self) -> dict[str, Any]:
        """All that the next step depends on."""
        models = {"model": self._model.state_dict(), "average": self._average.state_dict()}
        return models | {"optimizer": self._optimizer.state_dict(), "done": self._done}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._model.load_state_dict(state["model"])
        self._average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._done = state["done"]
