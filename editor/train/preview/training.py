"""Distil a preview: it learns to draw the shrunk full render from the generator's inner features.

    L = sum over exits of weight_r | image_r - shrink_r(G(w)) |^2

The blocks begin as the generator's own, thinned (`editor.train.preview.trim`). Full renders are the expensive part, so they
are made once and cached, a shard at a time.
"""

import statistics
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from tqdm import tqdm

from editor.data.generated import sample_codes
from editor.devices.precision import autocast
from editor.errors import SettingError
from editor.generate.mobile import Mapping, Synthesis
from editor.generate.preview import PreviewGenerator, SlimBlocks
from editor.generate.runtimes import Runtime
from editor.generate.trunk import Trunk
from editor.images import psnr, shrink, to_bytes, to_signed
from editor.spaces import WPlus
from editor.train.history import Run
from editor.train.preview.config import PreviewConfig
from editor.train.preview.trim import trim
from editor.train.schedule import schedule
from editor.weights.tensors import kept_tensors

RENDERS_PER_SHARD = 100
"""Renders in a cached file; the first file is for validation."""
FITTED = 10
"""Renders that the blocks' beginning is fitted to."""
MODULATION_SHARE = 0.1
"""Rate of the weights that read styles, in that of the others: 512 of them move together."""


def fresh_blocks(config: PreviewConfig) -> SlimBlocks:
    """Blocks of the config's sizes, with random weights.

    >>> fresh_blocks(PreviewConfig(widths=(16, 8, 8), source=8, hidden=4, total=3)).resolutions
    [32, 64]
    """
    return SlimBlocks(config.widths, config.source, config.hidden, config.total)


def render_pairs(
    runtime: Runtime, mapping: Mapping, mean: torch.Tensor, config: PreviewConfig, folder: Path
) -> tuple[WPlus, torch.Tensor]:
    """Codes [N, 18, 512] and their renders as bytes [N, 3, R, R]; cached in `folder`.

    >>> w_plus, renders = render_pairs(painter, Mapping(depth=2), torch.zeros(512), PreviewConfig(renders=100, size=8), folder)
    >>> w_plus.shape, renders.shape, renders.dtype
    (torch.Size([100, 18, 512]), torch.Size([100, 3, 8, 8]), torch.uint8)
    """

    def made(shard: int) -> dict[str, torch.Tensor]:
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + shard)
        codes = sample_codes(mapping, mean, RENDERS_PER_SHARD, random)
        images = [to_bytes(shrink(runtime(WPlus(code)), config.size)).cpu() for code in codes.split(1)]
        return {"w_plus": codes, "renders": torch.cat(images)}

    shards = [
        kept_tensors(folder / f"{config.size}-{config.seed}-{shard:04d}.safetensors", partial(made, shard))
        for shard in tqdm(range(config.renders // RENDERS_PER_SHARD), desc="full renders")
    ]
    return WPlus(torch.cat([shard["w_plus"] for shard in shards])), torch.cat([shard["renders"] for shard in shards])


@dataclass(frozen=True, eq=False)
class PreviewTrainer:
    """What a run needs besides its config.

    Attributes:
        synthesis: the generator.
        codes: [N, 18, 512].
        renders: of these codes, bytes [N, 3, R, R].
        start: what to begin with; None: the generator's own blocks, thinned.
        compiled: compile the drawing (needs a C++ compiler; a third faster on a CPU, after a minute).
    """

    synthesis: Synthesis
    codes: WPlus
    renders: torch.Tensor
    device: torch.device
    start: SlimBlocks | None = None
    compiled: bool = False

    def begin(self, config: PreviewConfig) -> SlimBlocks:
        """The blocks before the first step, on the CPU.

        Raises:
            SettingError: `start` does not fit the config.
        """
        torch.manual_seed(config.seed)
        slim = fresh_blocks(config)
        if self.start:
            try:
                slim.load_state_dict(self.start.state_dict())
            except RuntimeError as error:
                raise SettingError(f"The given blocks are of other sizes than the run's: {error}") from error
            return slim
        fitted = slice(RENDERS_PER_SHARD, RENDERS_PER_SHARD + FITTED)
        trim(self.synthesis.cpu(), slim, WPlus(self.codes[fitted]), to_signed(self.renders[fitted]))
        return slim

    def train(self, config: PreviewConfig, run: Run) -> SlimBlocks:
        """Run (or resume) to `config.steps`; returns the blocks, in eval mode. Logs the validation PSNR in dB."""
        state = run.restore()
        slim = fresh_blocks(config) if state else self.begin(config)
        slim = slim.to(memory_format=torch.channels_last).to(self.device)
        trunk = Trunk(self.synthesis.to(memory_format=torch.channels_last).to(self.device), config.source)
        groups = [
            {"params": [p for name, p in slim.named_parameters() if ("modulation" in name) == modulation], "share": share}
            for modulation, share in ((False, 1.0), (True, MODULATION_SHARE))
        ]
        optimizer = torch.optim.Adam(groups, lr=config.rate, betas=(0.9, 0.99))
        if state:
            slim.load_state_dict(state["slim"])
            optimizer.load_state_dict(state["optimizer"])
        drawing = torch.compile(slim) if self.compiled else slim
        piece = 1 if self.device.type == "cpu" else config.batch  # on a CPU more at once only spill the cache
        for step in tqdm(range(run.progress.step, config.steps), desc="preview"):
            for group in optimizer.param_groups:
                group["lr"] = config.rate * group["share"] * schedule(step, config.steps, warmup=100)
            random = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
            chosen = torch.randint(RENDERS_PER_SHARD, len(self.codes), (config.batch,), generator=random)
            optimizer.zero_grad()
            error = 0.0
            for part in chosen.split(piece):
                w_plus, target = WPlus(self.codes[part].to(self.device)), to_signed(self.renders[part].to(self.device))
                with autocast(self.device):
                    with torch.no_grad():
                        features = trunk(w_plus)
                    images = drawing(features, w_plus)
                errors = [(image.float() - shrink(target, image.shape[-1])).square().mean() for image in images]
                loss = (errors[-1] + config.smaller * sum(errors[:-1])) * len(part) / len(chosen)
                loss.backward()
                error += loss.item()
            torch.nn.utils.clip_grad_norm_(slim.parameters(), 0.5)
            optimizer.step()
            run.count({"error": error})
            if run.progress.step % 500 == 0 or run.progress.step == config.steps:
                run.log(**self.validate(slim))
                run.save({"slim": slim.state_dict(), "optimizer": optimizer.state_dict()})
        return slim.eval().requires_grad_(False)

    def validate(self, slim: SlimBlocks) -> dict[str, float]:
        """Mean PSNR in dB over the validation renders, at each resolution."""
        codes, renders = WPlus(self.codes[:RENDERS_PER_SHARD]), self.renders[:RENDERS_PER_SHARD]
        trunk = Trunk(self.synthesis, slim.source)
        previews = {side: PreviewGenerator(trunk, slim, side) for side in slim.resolutions}
        return {f"psnr_{side}": mean_psnr(preview, codes, renders, self.device) for side, preview in previews.items()}


def mean_psnr(generator: PreviewGenerator, codes: WPlus, renders: torch.Tensor, device: torch.device) -> float:
    """Mean PSNR in dB of the preview against the shrunk renders, both in [-1, 1].

    >>> renders = to_bytes(painter(codes.w_plus))  # the painter stands for the preview and for the full generator
    >>> mean_psnr(painter, codes.w_plus, renders, torch.device("cpu")) > 50  # all that is missing was lost in bytes
    True
    """
    values = []
    with torch.no_grad():
        for code, render in zip(codes.split(1), renders.split(1), strict=True):
            image = generator(WPlus(code.to(device))).float().clamp(-1, 1).cpu()
            values.append(psnr(image, shrink(to_signed(render), generator.resolution)).item())
    return statistics.mean(values)
