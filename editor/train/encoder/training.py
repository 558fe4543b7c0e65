"""Train the compact encoder on generated faces and on photos.

A batch has two kinds of faces:

    generated   w is known:      L_w   = mean over layers of a robust distance |offsets - true offsets|
    photo       w is unknown:    L_img = pixel |G(E(x)) - x|^2, mostly of the central 3/4 + perceptual + identity
    both        near W:          L_reg = size of the offsets + their spread over layers (e4e's aim, Tov et al. 2021)

The preview generator draws for both. Photos join at `photos_from`, once codes are roughly right. A step is a function of
the seed and its number alone, so a resumed run goes on as the unbroken one would.
"""

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn
from tqdm import tqdm

from editor.data.degrade import Degrade
from editor.data.face_bank import FaceBank, Faces
from editor.data.generated import WStatistics, draw, sample_codes
from editor.devices.precision import autocast
from editor.encode.compact import CompactEncoder
from editor.generate.mobile import Mapping
from editor.images import to_bytes, to_signed
from editor.judge.likeness import Distances
from editor.spaces import WPlus
from editor.train.encoder.config import EncoderConfig
from editor.train.history import Run
from editor.train.prefetch import ahead
from editor.train.schedule import schedule, update_average


def step_seed(config: EncoderConfig, step: int) -> int:
    """An even seed of this step alone; the odd one after it is free for a second stream.

    >>> [step_seed(EncoderConfig(seed=0), step) for step in range(3)]
    [0, 2, 4]
    """
    return 2 * (config.seed * 1_000_003 + step)


class Batch(NamedTuple):
    """What a step learns from, on the CPU.

    Attributes:
        codes: of the generated faces, [G, 18, 512].
        faces: as the encoder is shown them, [G + P, 3, R, R], generated ones first.
        targets: the photos as they are, [P, 3, R, R].
    """

    codes: WPlus
    faces: torch.Tensor
    targets: torch.Tensor


@dataclass(frozen=True, eq=False)
class EncoderTrainer:
    """The frozen networks and the data that a run needs.

    Attributes:
        mapping, statistics: the generator's mapping network, and mean and std of W.
        preview: W+ -> faces at the encoder's resolution, differentiable.
        likeness: (faces, targets) -> their distances.
        photos: bytes [N, 3, R, R] of training people; may be empty.
        validation: the same of other people, who are never trained on; may be empty.
        start: weights to start from, instead of fresh ones.
        compiled: compile the image losses (needs a C++ compiler; a third faster on a CPU, after a minute).
        workers: threads that degrade the next steps' faces; for a GPU, which would wait for one. The batches are the same.
    """

    mapping: Mapping
    statistics: WStatistics
    preview: nn.Module
    likeness: nn.Module
    photos: torch.Tensor
    validation: torch.Tensor
    device: torch.device
    start: CompactEncoder | None = None
    compiled: bool = False
    workers: int = 0

    @property
    def chunk(self) -> int:
        """Faces in one call of the preview. On a CPU it is one, since more do not fit the cache."""
        return 1 if self.device.type == "cpu" else 64

    def autocast(self) -> torch.autocast:
        """bf16 where it is cheap and safe: everything but losses and codes."""
        return autocast(self.device)

    def train(self, config: EncoderConfig, run: Run, save_every: int = 250, stop_at: int | None = None) -> CompactEncoder:
        """Run (or resume) to `config.steps`, or pause after step `stop_at`; returns the averaged encoder, in eval mode."""
        torch.manual_seed(config.seed)
        encoder = CompactEncoder(config.model)
        encoder.w_mean.copy_(self.statistics.mean)
        encoder.w_std.copy_(self.statistics.std)
        if self.start:
            encoder.load_state_dict(self.start.state_dict())
        encoder = encoder.to(memory_format=torch.channels_last).to(self.device).train()
        average = copy.deepcopy(encoder).eval().requires_grad_(False)
        optimizer = torch.optim.AdamW(encoder.parameters(), lr=config.rate, betas=(0.9, 0.99), weight_decay=0.02)
        if state := run.restore():
            encoder.load_state_dict(state["encoder"])
            average.load_state_dict(state["average"])
            optimizer.load_state_dict(state["optimizer"])
        bank = FaceBank(functools.partial(self._draw, config), config.memory)
        last = min(config.steps, stop_at or config.steps)
        batches = ahead(functools.partial(self._begin, config, bank), range(run.progress.step, last), self.workers)
        with tqdm(total=config.steps, initial=run.progress.step, desc="encoder", dynamic_ncols=True) as bar:
            for batch in batches:
                step = run.progress.step
                for group in optimizer.param_groups:
                    group["lr"] = config.rate * schedule(step, config.steps)
                losses = self.step(config, encoder, optimizer, batch)
                update_average(average, encoder, min(config.ema, (step + 1) / (step + 10)))
                run.count(losses)
                bar.update()
                done = run.progress.step
                saving = done % save_every == 0 or done == last
                if saving or done % 50 == 0:
                    line = run.log(**(self.validate(average) if saving else {}))
                    bar.set_postfix({k: f"{v:.3f}" for k, v in line.items() if k not in ("step", "seconds")})
                if saving:
                    run.save(
                        {
                            "encoder": encoder.state_dict(),
                            "average": average.state_dict(),
                            "optimizer": optimizer.state_dict(),
                        }
                    )
        return average

    def _draw(self, config: EncoderConfig, step: int) -> Faces:
        """The faces that are newly generated at a step."""
        fresh = max(1, config.fresh // 2) if step >= config.photos_from and len(self.photos) else config.fresh
        random = torch.Generator().manual_seed(step_seed(config, step))
        codes = sample_codes(self.mapping, self.statistics.mean, fresh, random)
        with self.autocast():
            faces = draw(self.preview, codes, self.chunk)
        return codes.half().cpu(), to_bytes(faces).cpu()

    def _begin(self, config: EncoderConfig, bank: FaceBank, step: int) -> Callable[[], "Batch"]:
        """Generate the faces of a step; returns what finishes its batch, in any thread."""
        random = torch.Generator().manual_seed(step_seed(config, step) + 1)
        count = config.photos if step >= config.photos_from and len(self.photos) else 0
        codes, faces = bank.batch(step, config.generated // 2 if count else config.generated, random)

        def finish() -> Batch:
            shown, targets = Degrade(random)(faces), faces[:0]
            if count:
                targets = self._photos(count, random)
                shown = torch.cat([shown, Degrade(random, strength=0.4)(targets)])
            return Batch(codes, shown, targets)

        return finish

    def step(
        self, config: EncoderConfig, encoder: CompactEncoder, optimizer: torch.optim.Optimizer, batch: "Batch"
    ) -> dict[str, float]:
        """One optimiser step."""
        codes, faces, targets = (part.to(self.device) for part in batch)
        generated, count = len(codes), len(targets)
        with self.autocast():
            offsets = encoder.offsets(faces.contiguous(memory_format=torch.channels_last))
        wanted = (codes - self.statistics.mean) / self.statistics.std
        code = code_loss(offsets[:generated], wanted)
        size, spread = offsets.square().mean(), offsets.var(dim=1).mean()
        total = config.code * code + config.size * size + config.spread * spread
        losses = {"code": code.item(), "size": size.item(), "spread": spread.item()}
        optimizer.zero_grad()
        if count:
            pull, image_losses = self._image_gradient(config, offsets[generated:].detach(), targets)
            total = total + (offsets[generated:] * pull).sum()
            losses |= image_losses
        total.backward()
        nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        return losses

    def _photos(self, count: int, random: torch.Generator) -> torch.Tensor:
        chosen = torch.randint(len(self.photos), (count,), generator=random)
        faces = to_signed(self.photos[chosen])
        mirrored = torch.rand(count, 1, 1, 1, generator=random) < 0.5
        return torch.where(mirrored, faces.flip(-1), faces)

    @cached_property
    def image_losses(self) -> Callable[[torch.Tensor, torch.Tensor], Distances]:
        """(offsets, photos) -> the image losses."""
        return torch.compile(self._image_losses) if self.compiled else self._image_losses

    def _image_losses(self, offsets: torch.Tensor, targets: torch.Tensor) -> Distances:
        with self.autocast():
            return self.likeness(self.preview(self.statistics.mean + self.statistics.std * offsets), targets)

    def _image_gradient(
        self, config: EncoderConfig, offsets: torch.Tensor, targets: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, float]]:
        """The gradient of the image losses with respect to the offsets, gathered in pieces so that memory stays small."""
        pull, sums = torch.empty_like(offsets), dict.fromkeys(Distances._fields, 0.0)
        for begin in range(0, len(offsets), self.chunk):
            piece = slice(begin, begin + self.chunk)
            leaf = offsets[piece].clone().requires_grad_()
            losses = self.image_losses(leaf, targets[piece])
            total = config.pixel * losses.pixel + config.perceptual * losses.perceptual + config.identity * losses.identity
            (pull[piece],) = torch.autograd.grad(total.sum() / len(offsets), leaf)
            for name, values in losses._asdict().items():
                sums[name] += values.sum().item() / len(offsets)
        return pull, sums

    def validate(self, encoder: CompactEncoder) -> dict[str, float]:
        """The mean image losses on the validation photos."""
        sums = dict.fromkeys(Distances._fields, 0.0)
        with torch.no_grad():
            for piece in self.validation.split(self.chunk):
                faces = to_signed(piece).to(self.device)
                for name, values in self._image_losses(encoder.offsets(faces), faces)._asdict().items():
                    sums[name] += values.sum().item() / len(self.validation)
        return {f"validation_{name}": value for name, value in sums.items()} if len(self.validation) else {}


def code_loss(offsets: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Smooth L1 between offsets, [B, 18, 512] each, in standard deviations of W.

    >>> wanted = torch.zeros(2, 18, 512)
    >>> code_loss(wanted, wanted), code_loss(wanted + 1, wanted)
    (tensor(0.), tensor(0.5000))
    """
    return F.smooth_l1_loss(offsets, wanted, beta=1.0)
