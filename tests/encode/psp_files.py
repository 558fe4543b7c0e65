"""Small checkpoints of pSp and e4e with random weights, and what their papers' forward passes make of a face, literally."""

from pathlib import Path

import torch
import torch.nn.functional as F

from editor.encode.psp import PspConfig, PspEncoder
from editor.generate.stylegan2 import StyleGan2
from tests.generate.stylegan2_files import random_stylegan2, rosinality_state

TINY = PspConfig(stem=16, stages=((16, 2), (32, 1), (48, 2), (64, 1)), head=24)
ENCODER_TYPES = {"psp": "GradualStyleEncoder", "e4e": "Encoder4Editing"}


def random_psp(config: PspConfig = TINY, seed: int = 3) -> PspEncoder:
    """Random weights; statistics of the batch norms too."""
    torch.manual_seed(seed)
    encoder = PspEncoder(config)
    with torch.no_grad():
        for name, tensor in encoder.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 2)
            elif name.endswith("running_mean"):
                tensor.normal_(std=0.3)
    return encoder.eval()


def write_psp(
    path: Path,
    kind: str = "psp",
    config: PspConfig = TINY,
    generator: StyleGan2 | None = None,
    mean: torch.Tensor | None = None,
    **changed,
) -> PspEncoder:
    """A checkpoint with encoder, decoder, latent_avg and options; returns the encoder that is in it."""
    encoder = random_psp(config)
    weights = {f"encoder.{name}": t for name, t in encoder.state_dict().items() if name not in ("w_mean", "w_std")}
    mean = torch.linspace(-1, 1, 512) if mean is None else mean
    holder = {
        "state_dict": weights | rosinality_state(generator or random_stylegan2(), "decoder."),
        "latent_avg": mean.repeat(18, 1),
        "opts": {"encoder_type": ENCODER_TYPES[kind], "device": "cuda:0", "start_from_latent_avg": True, "label_nc": 0},
    }
    torch.save(holder | changed, path)
    encoder.w_mean.copy_(mean)
    return encoder


def reference_codes(encoder: PspEncoder, face: torch.Tensor, kind: str) -> torch.Tensor:
    """[1, 3, 256, 256] -> [18, 512] from the weights alone, in float64."""
    values = {name: tensor.double() for name, tensor in encoder.state_dict().items()}

    def norm(x, name):
        mean, var, weight, bias = (
            values[f"{name}.{part}"][:, None, None] for part in ("running_mean", "running_var", "weight", "bias")
        )
        return (x - mean) / torch.sqrt(var + 1e-5) * weight + bias

    def prelu(x, name):
        return torch.where(x > 0, x, x * values[f"{name}.weight"][:, None, None])

    x = F.conv2d(face.double(), values["input_layer.0.weight"], padding=1)
    x, levels, index = prelu(norm(x, "input_layer.1"), "input_layer.2"), [], 0
    for _, count in encoder.config.stages:
        for n in range(count):
            stem, stride = f"body.{index}", 2 if n == 0 else 1
            y = F.conv2d(norm(x, f"{stem}.res_layer.0"), values[f"{stem}.res_layer.1.weight"], padding=1)
            y = F.conv2d(prelu(y, f"{stem}.res_layer.2"), values[f"{stem}.res_layer.3.weight"], stride=stride, padding=1)
            y = norm(y, f"{stem}.res_layer.4")
            gate = F.relu(F.conv2d(y.mean((2, 3), keepdim=True), values[f"{stem}.res_layer.5.fc1.weight"]))
            y = y * torch.sigmoid(F.conv2d(gate, values[f"{stem}.res_layer.5.fc2.weight"]))
            short = x[:, :, ::stride, ::stride]
            if f"{stem}.shortcut_layer.0.weight" in values:
                short = norm(F.conv2d(short, values[f"{stem}.shortcut_layer.0.weight"]), f"{stem}.shortcut_layer.1")
            x, index = y + short, index + 1
        levels.append(x)
    coarse, low, middle = levels[3], levels[1], levels[2]
    middle = _up(coarse, middle) + F.conv2d(middle, values["latlayer1.weight"], values["latlayer1.bias"])
    fine = _up(middle, low) + F.conv2d(low, values["latlayer2.weight"], values["latlayer2.bias"])
    styles = []
    for i in range(18):
        y, step = coarse if i < 3 else middle if i < 7 else fine, 0
        while f"styles.{i}.convs.{step}.weight" in values:
            stem = f"styles.{i}.convs.{step}"
            y = F.conv2d(y, values[f"{stem}.weight"], values[f"{stem}.bias"], stride=2, padding=1)
            y, step = torch.where(y > 0, y, 0.01 * y), step + 2
        styles.append(
            values[f"styles.{i}.linear.weight"] @ y[0, :, 0, 0] / y.shape[1] ** 0.5 + values[f"styles.{i}.linear.bias"]
        )
    if kind == "e4e":
        styles = [styles[0]] + [styles[0] + lora for lora in styles[1:]]
    return torch.stack(styles) + values["w_mean"]


def _up(small, like):
    """Bilinear with aligned corners: output pixel i reads at i (n - 1) / (m - 1)."""
    for axis in (2, 3):
        n, m = small.shape[axis], like.shape[axis]
        at = torch.arange(m, dtype=torch.float64) * (n - 1) / (m - 1)
        low = at.floor().long().clamp(max=n - 2)
        share = (at - low).reshape([-1 if a == axis else 1 for a in range(4)])
        small = small.index_select(axis, low) * (1 - share) + small.index_select(axis, low + 1) * share
    return small
