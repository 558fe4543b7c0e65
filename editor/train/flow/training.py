"""Train the flow T: only T moves, its classifiers are frozen. The losses are in `editor.train.flow.losses`."""

import copy
import sys
from dataclasses import dataclass
from typing import Any

import torch
from tqdm import tqdm

from editor.classify.linear import Linear
from editor.data.codes import LabelledCodes
from editor.errors import SettingError
from editor.flow import RealNVP
from editor.spaces import WPlus
from editor.train.flow.classifiers import fresh_flow, soft_labels_of
from editor.train.flow.losses import losses
from editor.train.flow.recipes import FlowTraining
from editor.train.history import Run
from editor.train.schedule import schedule, update_average


def train_flow(
    config: FlowTraining,
    run: Run,
    classifiers: Linear,
    train: LabelledCodes,
    validation: LabelledCodes,
    stop_at: int | None = None,
) -> RealNVP:
    """Train (or resume); returns the flow of the epoch with the least validation loss, in eval mode.

    L_lm is left out of the choice: it has no lower bound, so by it the last epoch would always be the best.

    Args:
        stop_at: pause after this epoch.

    Raises:
        SettingError: there are fewer codes than make a batch.

    >>> config, classifiers = FlowTraining(epochs=2, batch=8, model=flow.config), Linear(torch.eye(2, 72), torch.zeros(2))
    >>> trained = train_flow(config, Run(folder, config), classifiers, *codes.by_person(0.2, seed=0))
    >>> trained(codes.w_plus).shape, len((folder / "curve.jsonl").read_text().splitlines())  # a line an epoch
    (torch.Size([60, 18, 4]), 2)
    """
    if len(train) < config.batch:
        raise SettingError(f"{len(train)} codes to train on are fewer than a batch of {config.batch}. Bring more.")
    learner = _Learner.fresh(config, train)
    best, best_state = float("inf"), copy.deepcopy(learner.flow.state_dict())
    if state := run.restore():
        learner.load(state)
        best, best_state = state["best"], state["best_state"]
    first = run.progress.step // (len(train) // config.batch)
    last = config.epochs if stop_at is None else min(stop_at, config.epochs)
    for epoch in tqdm(range(first, last), desc="flow", initial=first):
        learner.train_epoch(config, run, classifiers, train, epoch)
        found = validate(learner.averaged, classifiers, validation, config)
        if found["validation"] < best:
            best, best_state = found["validation"], copy.deepcopy(learner.averaged.state_dict())
        line = run.log(epoch=epoch + 1, **found)
        tqdm.write(" ".join(f"{name}={value}" for name, value in line.items()), file=sys.stderr)
        run.save(learner.state() | {"best": best, "best_state": best_state})
    learner.flow.load_state_dict(best_state)
    return learner.flow.eval().requires_grad_(False)


@dataclass(frozen=True, eq=False)
class _Learner:
    """What training changes: T, the average of its weights, and the optimiser."""

    flow: RealNVP
    averaged: RealNVP
    optimizer: torch.optim.Optimizer

    @classmethod
    def fresh(cls, config: FlowTraining, train: LabelledCodes) -> "_Learner":
        """Before the first step."""
        torch.manual_seed(config.seed)
        flow = fresh_flow(train, config.model)
        matrices = [p for p in flow.parameters() if p.ndim == 2]
        others = [p for p in flow.parameters() if p.ndim != 2]
        groups = [{"params": matrices, "weight_decay": config.decay}, {"params": others, "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.999))
        return cls(flow, copy.deepcopy(flow).requires_grad_(False), optimizer)

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""
        return {name: part.state_dict() for name, part in vars(self).items()}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        for name, part in vars(self).items():
            part.load_state_dict(state[name])

    def train_epoch(self, config: FlowTraining, run: Run, classifiers: Linear, train: LabelledCodes, epoch: int) -> None:
        """One pass over the codes, in an order of this epoch's own."""
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + epoch)
        steps = len(train) // config.batch
        order = torch.randperm(len(train), generator=random)
        for chosen in order[: steps * config.batch].view(steps, config.batch):
            done = run.progress.step
            for group in self.optimizer.param_groups:
                group["lr"] = config.rate * (schedule(done, config.epochs * steps, 50) if config.cooled else 1)
            parts = losses_of(self.flow, classifiers, train.take(chosen).with_random_views(random), config, random)
            self.optimizer.zero_grad()
            torch.stack([getattr(config, name) * value for name, value in parts.items()]).sum().backward()
            torch.nn.utils.clip_grad_norm_(self.flow.parameters(), 5.0)
            self.optimizer.step()
            update_average(self.averaged, self.flow, min(config.average, done / (done + 10)))
            run.count({name: value.item() for name, value in parts.items()})


def losses_of(
    flow: RealNVP, classifiers: Linear, codes: LabelledCodes, config: FlowTraining, random: torch.Generator
) -> dict[str, torch.Tensor]:
    """The losses on one batch by name, before their weights; L_ap edits an attribute at random.

    Raises:
        SettingError: the recipe wants soft labels, and the codes have none.

    >>> classifiers, random = Linear(torch.eye(2, 72), torch.zeros(2)), torch.Generator().manual_seed(0)
    >>> sorted(losses_of(flow, classifiers, codes, FlowTraining(), random))
    ['attribute', 'margin', 'preservation']
    """
    signs = torch.rand(len(codes), generator=random) * 2 - 1
    edited = int(torch.randint(len(codes.attributes), (), generator=random))
    labels = soft_labels_of(codes) if config.distilled else codes.labels
    return losses(flow, classifiers, codes.w_plus, labels, edited, signs * config.reach)


def validate(flow: RealNVP, classifiers: Linear, codes: LabelledCodes, config: FlowTraining) -> dict[str, float]:
    """The frozen classifiers' mean accuracy at T(w), every loss, and the sum that epochs are chosen by, on validation codes.

    Edits are the same at every call.

    >>> found = validate(flow, Linear(torch.eye(2, 72), torch.zeros(2)), codes, FlowTraining())
    >>> 0 <= found["accuracy"] <= 1, sorted(found)[1:]
    (True, ['validation', 'validation_attribute', 'validation_margin', 'validation_preservation'])
    """
    random = torch.Generator().manual_seed(config.seed)
    totals: dict[str, float] = {"accuracy": 0.0}
    for chosen in torch.arange(len(codes)).split(64):
        piece = codes.take(chosen)
        share = len(piece) / len(codes)
        with torch.no_grad():
            parts = losses_of(flow, classifiers, piece, config, random)
            right = classifiers.accuracy(flow(piece.w_plus).flatten(1), piece.labels).mean().item()
        for name, value in (parts | {"accuracy": torch.tensor(right)}).items():
            totals[name] = totals.get(name, 0.0) + share * value.item()
    accuracy = totals.pop("accuracy")
    loss = sum(getattr(config, name) * value for name, value in totals.items() if name != "margin")
    return {"accuracy": accuracy, "validation": loss} | {f"validation_{name}": value for name, value in totals.items()}


def round_trip_error(flow: RealNVP, w_plus: WPlus) -> float:
    """Largest relative error |T^-1(T(w)) - w| / |w| over codes, in the precision the flow works in.

    >>> round_trip_error(flow, codes.w_plus) < 1e-4
    True
    """
    with torch.no_grad():
        back = torch.cat([flow.inverse(flow(WPlus(piece))) for piece in w_plus.split(256)])
        return ((back - w_plus).flatten(1).norm(dim=1) / w_plus.flatten(1).norm(dim=1)).max().item()
