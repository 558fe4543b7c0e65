"""Distil a preview head: what the full render looks like when shrunk, drawn from the generator's inner features.

    L = | head(features_r(w), w) - shrink(G(w)) |^2

Full renders are the expensive part, so they are made once and kept in the run's folder, a shard at a time.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.generate.mobile import Mapping, Synthesis
from editor.generate.preview import PreviewGenerator, PreviewHead
from editor.generate.runtime import Runtime
from editor.images import shrink, to_bytes, to_signed
from editor.spaces import WPlus
from editor.train.encoder import schedule
from editor.train.generated import sample_codes
from editor.train.run import Run

SHARD = 100


@dataclass(frozen=True)
class PreviewConfig:
    """What defines a run.

    Attributes:
        resolution: side of the preview in pixels; features are read at half of it.
        renders: full renders to learn from; the first shard of them is for validation only.
        width: channels inside the head.
        steps, batch, rate: of Adam (0.9, 0.99).
    """

    resolution: int = 128
    renders: int = 2000
    width: int = 192
    steps: int = 4400
    batch: int = 4
    rate: float = 1e-3
    seed: int = 0


def render_pairs(
    runtime: Runtime, mapping: Mapping, mean: torch.Tensor, config: PreviewConfig, folder: Path
) -> tuple[WPlus, torch.Tensor]:
    """Codes [N, 18, 512] and their renders as bytes [N, 3, R, R]; shards already in `folder` are not drawn again."""
    folder.mkdir(parents=True, exist_ok=True)
    codes, renders = [], []
    for shard in tqdm(range(config.renders // SHARD), desc="full renders"):
        path = folder / f"{config.resolution}-{shard:04d}.safetensors"
        if not path.exists():
            random = torch.Generator().manual_seed(config.seed * 1_000_003 + shard)
            drawn = sample_codes(mapping, mean, SHARD, random)
            images = [to_bytes(shrink(runtime(WPlus(code)), config.resolution)) for code in drawn.split(1)]
            part = path.with_suffix(".part")
            save_file({"w_plus": drawn.contiguous(), "renders": torch.cat(images)}, part)
            part.replace(path)
        tensors = load_file(path)
        codes.append(tensors["w_plus"])
        renders.append(tensors["renders"])
    return WPlus(torch.cat(codes)), torch.cat(renders)


def train_preview(
    config: PreviewConfig,
    run: Run,
    trunk: Synthesis,
    codes: WPlus,
    renders: torch.Tensor,
    device: torch.device,
    compiled: bool = False,
) -> PreviewHead:
    """Train (or resume); returns the head, in eval mode. Logs the validation PSNR in dB.

    Args:
        compiled: compile the drawing (needs a C++ compiler; a third faster on a CPU, after a minute).
    """
    torch.manual_seed(config.seed)
    trunk = trunk.to(memory_format=torch.channels_last).to(device)
    source = config.resolution // 2
    with torch.no_grad():
        features = trunk.features(WPlus(codes[:8].to(device)), source)
    head = PreviewHead(features.shape[1], config.width, source)
    with torch.no_grad():
        head.conv1.modulation.bias.copy_(1 / features.float().std((0, 2, 3)).clamp_min(0.05))
        head.to_img.pointwise.weight.mul_(0.3)
    head = head.to(memory_format=torch.channels_last).to(device)
    optimizer = torch.optim.Adam(head.parameters(), lr=config.rate, betas=(0.9, 0.99))
    if state := run.restore():
        head.load_state_dict(state["head"])
        optimizer.load_state_dict(state["optimizer"])
    generator = PreviewGenerator(trunk, head)
    drawing = torch.compile(generator) if compiled else generator
    piece = 1 if device.type == "cpu" else config.batch  # on a CPU more at once only spill the cache
    for step in tqdm(range(run.progress.step, config.steps), desc="preview"):
        for group in optimizer.param_groups:
            group["lr"] = config.rate * schedule(step, config.steps, warmup=100)
        random = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        chosen = torch.randint(SHARD, len(codes), (config.batch,), generator=random)
        optimizer.zero_grad()
        error = 0.0
        for part in chosen.split(piece):
            with torch.autocast(device.type, dtype=torch.bfloat16):
                drawn = drawing(WPlus(codes[part].to(device)))
            loss = (drawn.float() - to_signed(renders[part].to(device))).square().mean() * len(part) / len(chosen)
            loss.backward()
            error += loss.item()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 0.5)
        optimizer.step()
        run.count({"error": error})
        if run.progress.step % 500 == 0 or run.progress.step == config.steps:
            run.log(psnr=psnr(generator, WPlus(codes[:SHARD]), renders[:SHARD], device))
            run.save({"head": head.state_dict(), "optimizer": optimizer.state_dict()})
    return head.eval().requires_grad_(False)


def psnr(generator: PreviewGenerator, codes: WPlus, renders: torch.Tensor, device: torch.device) -> float:
    """Mean PSNR in dB of the preview against the shrunk renders, both in [-1, 1]."""
    values = []
    with torch.no_grad():
        for code, render in zip(codes.split(1), renders.split(1), strict=True):
            drawn = generator(WPlus(code.to(device))).float().clamp(-1, 1).cpu()
            values += (drawn - to_signed(render)).square().mean((1, 2, 3)).tolist()
    return float(np.mean(10 * np.log10(4 / np.array(values))))
