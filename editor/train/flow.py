"""Train the flow T with the paper's three losses (Shukor et al., ICIP 2022, equations 1-3).

C_i are linear classifiers, one an attribute, fitted in W+ and then frozen; d_i is the unit normal of C_i. Only T moves.

    L_a    = - sum_i y_i log C_i(T(w)) + (1 - y_i) log(1 - C_i(T(w)))
    L_lm   = sum_i - m_i |T(w) d_i| + (1 - m_i) |T(w) d_i|        m_i = 1 where C_i is right about T(w)
    L_ap   = sum_{i != j} |C_i(w) - C_i(w^)|                      w^ = T^-1(T(w) + a d_j), j drawn anew for each batch

The paper prints w in L_lm where T(w) must be meant. L_lm has no lower bound; here the couplings' scales and shifts have.
"""

import copy
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from tqdm import tqdm

from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus, WStar
from editor.train.codes import Codes
from editor.train.linear import Linear
from editor.train.run import Run


@dataclass(frozen=True)
class FlowTraining:
    """What defines a run.

    Attributes:
        epochs: passes over the codes.
        batch, rate: of Adam (0.9, 0.999). The paper has 8 and 1e-4; a larger batch at a larger rate takes minutes.
        margin, preservation: weights of L_lm and L_ap. The paper gives none for the former and 0.1 for the latter; see
            weights/README.md for why they are others here.
        reach: largest step a in L_ap, in deviations of a code's numbers.
        decay: weight decay, on matrices only.
    """

    epochs: int = 5
    batch: int = 128
    rate: float = 4e-4
    margin: float = 0.0005
    preservation: float = 1.0
    reach: float = 30.0
    decay: float = 5e-2
    seed: int = 0
    model: FlowConfig = field(default_factory=FlowConfig)


def classification_loss(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """L_a: binary cross entropy summed over attributes, mean over the batch. Scores are logits [B, K]."""
    return F.binary_cross_entropy_with_logits(scores, labels.float(), reduction="none").sum(1).mean()


def margin_loss(scores: torch.Tensor, distances: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """L_lm: minus the distance to the hyperplane where the answer is right, plus it where it is wrong; [B, K] each."""
    right = (scores > 0) == labels
    return torch.where(right, -distances.abs(), distances.abs()).sum(1).mean()


def preservation_loss(before: torch.Tensor, after: torch.Tensor, edited: int) -> torch.Tensor:
    """L_ap: change of every probability but the edited attribute's, summed, mean over the batch. Logits [B, K]."""
    change = (before.sigmoid() - after.sigmoid()).abs()
    return (change.sum(1) - change[:, edited]).mean()


def losses(
    flow: RealNVP, classifiers: Linear, w_plus: WPlus, labels: torch.Tensor, edited: int, amounts: torch.Tensor
) -> dict[str, torch.Tensor]:
    """The three losses on one batch; `amounts` [B] is how far each code moves along d_edited for L_ap."""
    w_star = flow(w_plus)
    numbers = w_star.flatten(1)
    scores = classifiers(numbers)
    normals = classifiers.normals()
    moved = numbers + amounts[:, None] * normals[edited]
    back = flow.normalise(flow.inverse(WStar(moved.unflatten(1, w_star.shape[1:]))))
    return {
        "attribute": classification_loss(scores, labels),
        "margin": margin_loss(scores, numbers @ normals.t(), labels),
        "preservation": preservation_loss(classifiers(flow.normalise(w_plus)), classifiers(back), edited),
    }


def normalisation(codes: Codes, flow: RealNVP) -> None:
    """Give a flow the mean and deviation of the codes it will unfold; a number that never moves keeps deviation 1."""
    std = codes.w_plus.std(0)
    flow.mean.copy_(codes.w_plus.mean(0))
    flow.std.copy_(torch.where(std > 1e-6, std, torch.ones(())))


def train_flow(
    config: FlowTraining, run: Run, classifiers: Linear, train: Codes, validation: Codes, stop_at: int | None = None
) -> RealNVP:
    """Train (or resume); returns the flow of the epoch with the least validation loss L_a + lambda_ap L_ap, in eval mode.

    L_lm is left out of the choice: it has no lower bound, so by it the last epoch would always be the best.
    """
    torch.manual_seed(config.seed)
    flow = RealNVP(config.model)
    normalisation(train, flow)
    matrices = [p for p in flow.parameters() if p.ndim == 2]
    others = [p for p in flow.parameters() if p.ndim != 2]
    groups = [{"params": matrices, "weight_decay": config.decay}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.999))
    best, best_state = float("inf"), copy.deepcopy(flow.state_dict())
    if state := run.restore():
        flow.load_state_dict(state["flow"])
        optimizer.load_state_dict(state["optimizer"])
        best, best_state = state["best"], state["best_state"]
    steps = len(train) // config.batch
    first = run.progress.step // steps
    for epoch in tqdm(range(first, min(config.epochs, stop_at or config.epochs)), desc="flow", initial=first):
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + epoch)
        order = torch.randperm(len(train), generator=random)
        for chosen in order[: steps * config.batch].view(steps, config.batch):
            edited = int(torch.randint(len(train.attributes), (), generator=random))
            amounts = (torch.rand(config.batch, generator=random) * 2 - 1) * config.reach
            parts = losses(flow, classifiers, WPlus(train.w_plus[chosen]), train.labels[chosen], edited, amounts)
            total = parts["attribute"] + config.margin * parts["margin"] + config.preservation * parts["preservation"]
            optimizer.zero_grad()
            total.backward()
            torch.nn.utils.clip_grad_norm_(flow.parameters(), 5.0)
            optimizer.step()
            run.count({name: value.item() for name, value in parts.items()})
        accuracy, loss = validate(flow, classifiers, validation, config)
        if loss < best:
            best, best_state = loss, copy.deepcopy(flow.state_dict())
        line = run.log(epoch=epoch + 1, accuracy=accuracy, validation=loss)
        tqdm.write(" ".join(f"{name}={value}" for name, value in line.items()))
        state = {"flow": flow.state_dict(), "optimizer": optimizer.state_dict()}
        run.save(state | {"best": best, "best_state": best_state})
    flow.load_state_dict(best_state)
    return flow.eval().requires_grad_(False)


def validate(flow: RealNVP, classifiers: Linear, codes: Codes, config: FlowTraining) -> tuple[float, float]:
    """On validation codes: mean accuracy of the frozen classifiers on T(w), and L_a + lambda_ap L_ap.

    Every piece edits another attribute, in turn, and always by the same amounts.
    """
    right, loss = 0.0, 0.0
    random = torch.Generator().manual_seed(config.seed)
    for n, (w_plus, labels) in enumerate(zip(codes.w_plus.split(64), codes.labels.split(64), strict=True)):
        amounts = (torch.rand(len(w_plus), generator=random) * 2 - 1) * config.reach
        with torch.no_grad():
            parts = losses(flow, classifiers, WPlus(w_plus), labels, n % len(codes.attributes), amounts)
            numbers = flow(WPlus(w_plus)).flatten(1)
        share = len(w_plus) / len(codes)
        right += share * classifiers.accuracy(numbers, labels).mean().item()
        loss += share * (parts["attribute"] + config.preservation * parts["preservation"]).item()
    return right, loss


def round_trip_error(flow: RealNVP, w_plus: WPlus) -> float:
    """Largest relative error |T^-1(T(w)) - w| / |w| over codes, in the precision the flow works in."""
    with torch.no_grad():
        back = torch.cat([flow.inverse(flow(WPlus(piece))) for piece in w_plus.split(256)])
        return ((back - w_plus).flatten(1).norm(dim=1) / w_plus.flatten(1).norm(dim=1)).max().item()
