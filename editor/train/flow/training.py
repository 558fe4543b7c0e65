"""Train the flow T: only T moves, its classifiers are frozen. The losses are in `editor.train.flow.losses`."""

import copy
import sys
from dataclasses import dataclass, field, replace

import torch
from tqdm import tqdm

from editor.classify.linear import Linear, best_c, fit_linear
from editor.data.codes import Codes, space_numbers
from editor.errors import SettingError
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus
from editor.train.flow.losses import losses
from editor.train.run import Run
from editor.train.schedule import schedule, update_average


@dataclass(frozen=True)
class FlowTraining:
    """What defines a run."""

    epochs: int = 5
    """Passes over the codes."""
    batch: int = 128
    """Codes in a batch. The paper has 8; a larger batch at a larger rate takes minutes."""
    rate: float = 4e-4
    """Learning rate of Adam (0.9, 0.999). The paper has 1e-4."""
    attribute: float = 1.0
    """Weight of L_a, the classification loss."""
    margin: float = 0.0005
    """Weight of L_lm, the loss of the largest margin."""
    preservation: float = 1.0
    """Weight of L_ap, the loss of attribute preservation."""
    taught: bool = False
    """Learn soft labels, which probes on photos give (editor.train.flow.distillation), instead of labels."""
    stretch: float = 1.0
    """How many times less sure the frozen classifiers are, so that T spreads codes along their normals."""
    decorrelated: bool = False
    """Put the frozen classifiers' normals at right angles, and in the end make them W*'s first axes."""
    reach: float = 30.0
    """Largest edit in training, in standard deviations of the normalised code."""
    decay: float = 5e-2
    """Weight decay, on matrices only."""
    average: float = 0.0
    """Decay of the average of the weights over steps (EMA) that is validated and kept. 0 keeps the last weights."""
    cooled: bool = False
    """Let the rate fall to nothing over the run, as a cosine."""
    seed: int = 0
    """Seed of everything random."""
    model: FlowConfig = field(default_factory=FlowConfig)
    """Sizes of T."""


PAPER = FlowTraining(epochs=20, batch=8, rate=1e-4, margin=0.0005, preservation=0.1, decay=0.0)
"""What the paper states; the weight of L_lm and the epochs it leaves open."""
FAST = replace(PAPER, batch=64, rate=8e-4, cooled=True)
"""The same losses in an eighth of the steps."""
AXES = replace(FAST, decorrelated=True, margin=0.001, epochs=16)
"""The same losses around hyperplanes at right angles: what W* knows of an attribute ends in one number of it."""
EDITING = FlowTraining()
"""The same losses, L_ap at ten times the paper's weight: at the paper's it hardly fell. The app's flow."""
TAUGHT = replace(EDITING, taught=True, stretch=4.0, margin=0.0001, rate=6e-4, decay=1e-2, epochs=8, average=0.998, cooled=True)
"""The same losses on a photo judge's beliefs: less noisy than labels, and W* stretched until SVMs from scratch see it."""
TAUGHT_C = 1e-3
"""C of the classifiers fitted to beliefs; 1e-3 to 1e-2 are as good."""
RECIPES = {"paper": PAPER, "fast": FAST, "axes": AXES, "editing": EDITING, "taught": TAUGHT}


def fresh_flow(codes: Codes, model: FlowConfig = FlowConfig()) -> RealNVP:
    """A flow before training: the mean and deviation of these codes; a number that never moves keeps deviation 1."""
    flow, std = RealNVP(model), codes.w_plus.std(0)
    flow.mean.copy_(codes.w_plus.mean(0))
    flow.std.copy_(torch.where(std > 1e-6, std, torch.ones(())))
    return flow


def taught_apart(config: FlowTraining, train: Codes, validation: Codes) -> tuple[float, Linear]:
    """C, chosen on people apart, and the classifiers fitted with it in W+ that T is trained around."""
    fresh = fresh_flow(train, config.model)
    inside, apart = (space_numbers(fresh, codes, "w_plus") for codes in (train, validation))
    if config.taught:
        classifiers = fit_linear(inside, believed(train), TAUGHT_C, "logistic")
        return TAUGHT_C, frozen_classifiers(config, classifiers, inside, train.labels)
    c, classifiers = best_c((inside, train.labels), (apart, validation.labels), loss="logistic")
    return c, frozen_classifiers(config, classifiers, inside, train.labels)


def frozen_classifiers(config: FlowTraining, fitted: Linear, numbers: torch.Tensor, labels: torch.Tensor) -> Linear:
    """What T is trained around: classifiers fitted in W+, or as near to them as is at right angles."""
    if config.decorrelated:
        fitted = fitted.decorrelated(numbers, labels)
    return Linear(fitted.weights / config.stretch, fitted.intercepts)


def believed(codes: Codes) -> torch.Tensor:
    """What a judge of their photos believes of faces, [N, K].

    Raises:
        SettingError: nobody has asked one.
    """
    if codes.beliefs is None:
        raise SettingError("The recipe taught asks a judge of the photos themselves: name them with --data, not --codes FILE.")
    return codes.beliefs


def train_flow(
    config: FlowTraining, run: Run, classifiers: Linear, train: Codes, validation: Codes, stop_at: int | None = None
) -> RealNVP:
    """Train (or resume); returns the flow of the epoch with the least validation loss, in eval mode.

    L_lm is left out of the choice: it has no lower bound, so by it the last epoch would always be the best.

    Args:
        stop_at: pause after this epoch.

    Raises:
        SettingError: there are fewer codes than make a batch.
    """
    if len(train) < config.batch:
        raise SettingError(f"{len(train)} codes to train on are fewer than a batch of {config.batch}. Bring more.")
    torch.manual_seed(config.seed)
    flow = fresh_flow(train, config.model)
    matrices = [p for p in flow.parameters() if p.ndim == 2]
    others = [p for p in flow.parameters() if p.ndim != 2]
    groups = [{"params": matrices, "weight_decay": config.decay}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.999))
    averaged = copy.deepcopy(flow).requires_grad_(False)
    best, best_state = float("inf"), copy.deepcopy(flow.state_dict())
    if state := run.restore():
        flow.load_state_dict(state["flow"])
        averaged.load_state_dict(state["averaged"])
        optimizer.load_state_dict(state["optimizer"])
        best, best_state = state["best"], state["best_state"]
    steps = len(train) // config.batch
    first = run.progress.step // steps
    last = config.epochs if stop_at is None else min(stop_at, config.epochs)
    for epoch in tqdm(range(first, last), desc="flow", initial=first):
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + epoch)
        order = torch.randperm(len(train), generator=random)
        for chosen in order[: steps * config.batch].view(steps, config.batch):
            for group in optimizer.param_groups:
                group["lr"] = config.rate * (schedule(run.progress.step, config.epochs * steps, 50) if config.cooled else 1)
            parts = losses_of(flow, classifiers, train.take(chosen).seen_anew(random), config, random)
            optimizer.zero_grad()
            torch.stack([getattr(config, name) * value for name, value in parts.items()]).sum().backward()
            torch.nn.utils.clip_grad_norm_(flow.parameters(), 5.0)
            optimizer.step()
            update_average(averaged, flow, min(config.average, run.progress.step / (run.progress.step + 10)))
            run.count({name: value.item() for name, value in parts.items()})
        found = validate(averaged, classifiers, validation, config)
        if found["validation"] < best:
            best, best_state = found["validation"], copy.deepcopy(averaged.state_dict())
        line = run.log(epoch=epoch + 1, **found)
        tqdm.write(" ".join(f"{name}={value}" for name, value in line.items()), file=sys.stderr)
        state = {"flow": flow.state_dict(), "averaged": averaged.state_dict(), "optimizer": optimizer.state_dict()}
        run.save(state | {"best": best, "best_state": best_state})
    flow.load_state_dict(best_state)
    if config.decorrelated:
        flow = flow.turned_to(classifiers.normals())
    return flow.eval().requires_grad_(False)


def losses_of(
    flow: RealNVP, classifiers: Linear, codes: Codes, config: FlowTraining, random: torch.Generator
) -> dict[str, torch.Tensor]:
    """The losses on one batch, with one attribute drawn anew to edit."""
    signs = torch.rand(len(codes), generator=random) * 2 - 1
    edited = int(torch.randint(len(codes.attributes), (), generator=random))
    wanted = believed(codes) if config.taught else codes.labels
    return losses(flow, classifiers, codes.w_plus, wanted, edited, signs * config.reach)


def validate(flow: RealNVP, classifiers: Linear, codes: Codes, config: FlowTraining) -> dict[str, float]:
    """On validation codes: the frozen classifiers' mean accuracy on T(w), every loss, and the sum that the choice is made by.

    Edits are the same at every call.
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
    """Largest relative error |T^-1(T(w)) - w| / |w| over codes, in the precision the flow works in."""
    with torch.no_grad():
        back = torch.cat([flow.inverse(flow(WPlus(piece))) for piece in w_plus.split(256)])
        return ((back - w_plus).flatten(1).norm(dim=1) / w_plus.flatten(1).norm(dim=1)).max().item()
