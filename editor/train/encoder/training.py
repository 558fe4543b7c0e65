"""Train the encoder on generated faces and on photos.

    known     the code is known:    L_w   = how much the difference of the codes shows (`Preconditioner.shown`)
    photo     from `pictures_from`: L_img = how unlike the photo the code's drawing is (`editor.data.pictures`)
                                    L_reg = size of the moves + their spread over layers (e4e's aim, Tov et al. 2021)

Of generated faces codes are known, and of photos since their lessons (`editor.train.encoder.lessons`). Of the 512 directions in
which a code can move, a dozen change a face a lot and most hardly at all; L_w counts each as much as it shows. The eye brings
its own knowledge: it stays as it is until `eye_from`, and its later blocks learn slowly then.
"""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from editor.data.pictures import PictureLoss
from editor.devices.precision import autocast
from editor.encode import PyramidEncoder, write_encoder
from editor.generate.preconditioner import Preconditioner
from editor.images import shrink
from editor.spaces import WPlus
from editor.train.encoder.batches import Batch, Source
from editor.train.encoder.config import EncoderConfig
from editor.train.encoder.validation import Validation
from editor.train.history import Run
from editor.train.schedule import schedule, update_average

BEST = "best.safetensors"
"""The averaged weights that were nearest to the validation photos by dlib."""
LOG_EVERY = 50


@dataclass(frozen=True, eq=False)
class EncoderTrainer:
    """What a run needs besides its config.

    Attributes:
        start: the network it starts from, on the CPU; it is trained in place.
        source: of batches.
        pictures: the loss of photos.
        side: of the drawings that photos are compared with, in pixels.
        validation: on people who are never trained on.
        known: of the generator, along the encoder's own axes, on `device`.
    """

    start: PyramidEncoder
    source: Source
    pictures: PictureLoss
    side: int
    validation: Validation
    device: torch.device
    known: Preconditioner

    def train(self, config: EncoderConfig, run: Run, save_every: int = 250, stop_at: int | None = None) -> PyramidEncoder:
        """Run (or resume) to `config.steps`, or pause after step `stop_at`; returns the averaged encoder, in eval mode."""
        learning = Learning(self.start.to(memory_format=torch.channels_last).to(self.device), config)
        if state := run.restore():
            learning.restore(state)
        last = min(config.steps, stop_at or config.steps)
        batches = self.source.batches(config, run.progress.step, last)
        with tqdm(total=config.steps, initial=run.progress.step, desc="encoder", dynamic_ncols=True) as bar:
            for batch in batches:
                losses = self.step(config, learning, run.progress.step, batch)
                run.count(losses)
                bar.update()
                done = run.progress.step
                looking = done % config.validate_every == 0 or done == last
                if looking or done % LOG_EVERY == 0:
                    line = run.log(**(self.look(learning, run.folder) if looking else {}))
                    bar.set_postfix({k: f"{v:.3f}" for k, v in line.items() if k not in ("step", "seconds")})
                if looking or done % save_every == 0:
                    run.save(learning.state())
        return learning.average

    def look(self, learning: "Learning", folder: Path) -> dict[str, float]:
        """Validate the averaged weights, and keep them if none were better."""
        found = self.validation(learning.average, self.device)
        if found and found["identity_distance"] < learning.best:
            learning.best = found["identity_distance"]
            write_encoder(learning.average, folder / BEST)
        return found

    def asked(self, config: EncoderConfig, pull: torch.Tensor, moves: torch.Tensor) -> torch.Tensor:
        """What drawings ask of the moves, [P, 18, 512]: the gradient of L_img + L_reg, preconditioned, and of the same length.

        Beside what is preconditioned, L_reg would hold back mostly what changes pictures most.

        Args:
            pull: gradient of L_img in codes, [P, 18, 512].
            moves: of the photos, [P, 18, 512].
        """
        moves = moves.detach().requires_grad_()
        (near,) = torch.autograd.grad(regularisation(config, moves).sum(), moves)
        plain = pull @ self.known.axes + near
        found = self.known.apply(plain, config.damping, config.power)
        return found * (plain.norm() / found.norm().clamp(min=1e-12))

    def step(self, config: EncoderConfig, learning: "Learning", step: int, batch: Batch) -> dict[str, float]:
        """One optimiser step."""
        true, faces, targets = (part.to(self.device) for part in batch)
        encoder, count = learning.encoder, len(targets)
        learning.begin(step)
        with autocast(self.device):
            moves = encoder.moves(faces.contiguous(memory_format=torch.channels_last))
        missed = self.known.shown(moves - encoder.moves_of(WPlus(true)), config.damping).mean(1)
        total, generated = config.code * missed.mean(), len(faces) - count
        losses = {"code": missed[:generated].mean().item(), "size": moves.square().mean().item()}
        if count:
            losses |= {"lesson": missed[generated:].mean().item(), "spread": moves[generated:].var(dim=1).mean().item()}
        if count and config.compares(step):
            moves = moves[generated:]
            found, pull = self.pictures(encoder.codes(moves).detach(), shrink(targets, self.side))
            total = total + (moves * self.asked(config, pull, moves)).sum() / count
            losses |= {name: values.mean().item() for name, values in found._asdict().items()}
        total.backward()
        learning.end(step)
        return losses


class Learning:
    """What a run changes: the network, its average, the optimiser, and how good the best average was."""

    def __init__(self, encoder: PyramidEncoder, config: EncoderConfig):
        self._config = config
        self.encoder = encoder.train().requires_grad_(True)
        self.average = copy.deepcopy(encoder).eval().requires_grad_(False)
        self.best: float = float("inf")
        encoder.eye.requires_grad_(False)
        own = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
        groups = [{"params": own, "share": 1.0}, {"params": encoder.eye.later, "share": config.eye_rate}]
        self._optimizer = torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.99), weight_decay=0.02, fused=True)

    def begin(self, step: int) -> None:
        """Set the rates of a step, and whether the eye learns."""
        for parameter in self.encoder.eye.later:
            parameter.requires_grad_(step >= self._config.eye_from)
        self._optimizer.zero_grad()
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.rate * group["share"] * schedule(step, self._config.steps)

    def end(self, step: int) -> None:
        """Follow the gradients that a step left."""
        nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self._optimizer.step()
        update_average(self.average, self.encoder, min(self._config.ema, (step + 1) / (step + 10)))

    def state(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {
            "encoder": self.encoder.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "best": self.best,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.encoder.load_state_dict(state["encoder"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.best = state["best"]


def regularisation(config: EncoderConfig, moves: torch.Tensor) -> torch.Tensor:
    """L_reg of moves away from the mean code, [B, 18, 512] in standard deviations: of each face, [B].

    >>> moves = torch.ones(2, 18, 512)
    >>> regularisation(EncoderConfig(size=0.1, spread=0.2), moves), regularisation(EncoderConfig(), 0 * moves)
    (tensor([0.1000, 0.1000]), tensor([0., 0.]))
    """
    return config.size * moves.square().mean((1, 2)) + config.spread * moves.var(dim=1).mean(1)
