"""pSp's encoder, and e4e's, from their checkpoints: a face of 256 px -> W+.

Richardson et al., "Encoding in Style", CVPR 2021: a feature pyramid over an IR-SE-50, and a small network for each of 18
styles: the coarse ones (0-2) read its top at 16 px, the middle ones (3-6) its middle, the fine ones (7-17) its finest level.
Tov et al., "Designing an Encoder for StyleGAN Image Manipulation", SIGGRAPH 2021, use the same networks otherwise: the first
gives one w, the others what each layer differs from it by.

    pSp    w+_i = mean + style_i                    e4e    w+_i = mean + style_0 + style_i    (i > 0; w+_0 = mean + style_0)

Nothing but the checkpoint's own word (`encoder_type`) tells them apart, and a wrong guess loads without complaint and encodes
another face. Parameters are called as in the checkpoints.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from editor.checkpoints import read_torch_file
from editor.errors import WeightsError
from editor.images import shrink
from editor.spaces import CHANNELS, LAYERS, WPlus

ENCODER = "encoder."
TYPES = {"GradualStyleEncoder": "psp", "Encoder4Editing": "e4e"}
"""`encoder_type` of the checkpoints' options -> which forward pass they are for."""


@dataclass(frozen=True)
class PspConfig:
    """Sizes; those of the checkpoints are the defaults.

    Attributes:
        kind: "psp" or "e4e".
        resolution: side in pixels of the face it reads.
        stem: channels before the body.
        stages: (channels, blocks) of each stage of the body, which begins by halving the resolution.
        head: channels inside the networks of single styles.
        middle, fine: the first style of the middle and of the fine level.
    """

    kind: str = "psp"
    resolution: int = 256
    stem: int = 64
    stages: tuple[tuple[int, int], ...] = ((64, 3), (128, 4), (256, 14), (512, 3))
    head: int = CHANNELS
    middle: int = 3
    fine: int = 7


class SqueezeExcitation(nn.Module):
    """Scales channels by what their means say."""

    def __init__(self, channels: int, reduction: int = 16):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // reduction, 1, bias=False)
        self.fc2 = nn.Conv2d(channels // reduction, channels, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class Bottleneck(nn.Module):
    """A residual block of IR-SE-50."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.shortcut_layer = (
            nn.MaxPool2d(1, stride)
            if inputs == outputs
            else nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        )
        self.res_layer = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False),
            nn.PReLU(outputs),
            nn.Conv2d(outputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            SqueezeExcitation(outputs),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.res_layer(x) + self.shortcut_layer(x)


class StyleLinear(nn.Module):
    """A dense layer whose stored weights are of unit variance."""

    def __init__(self, inputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(CHANNELS, inputs))
        self.bias = nn.Parameter(torch.zeros(CHANNELS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x, self.weight / math.sqrt(self.weight.shape[1]), self.bias)


class MapToStyle(nn.Module):
    """One level of the pyramid -> one style: halved to one pixel, then a dense layer."""

    def __init__(self, inputs: int, side: int, width: int):
        super().__init__()
        convs: list[nn.Module] = []
        for step in range(int(math.log2(side))):
            convs += [nn.Conv2d(inputs if step == 0 else width, width, 3, 2, 1), nn.LeakyReLU()]
        self.convs = nn.Sequential(*convs)
        self.linear = StyleLinear(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.convs(x).flatten(1))


class PspEncoder(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1], R >= 256 -> W+ codes [B, 18, 512]. Faces are shrunk to `config.resolution` first.

    `w_mean` and `w_std`, [512] each, are the generator's: what codes are measured in.

    >>> encoder = PspEncoder(PspConfig(stem=2, stages=((16, 1), (16, 1), (16, 1), (16, 1)), head=2)).eval()
    >>> encoder(torch.zeros(1, 3, 256, 256)).shape
    torch.Size([1, 18, 512])
    """

    w_mean: torch.Tensor
    w_std: torch.Tensor

    def __init__(self, config: PspConfig = PspConfig()):
        super().__init__()
        self.config = config
        self.input_layer = nn.Sequential(
            nn.Conv2d(3, config.stem, 3, 1, 1, bias=False), nn.BatchNorm2d(config.stem), nn.PReLU(config.stem)
        )
        blocks, inputs, self.taps = [], config.stem, []
        for outputs, count in config.stages:
            blocks += [Bottleneck(inputs if n == 0 else outputs, outputs, 2 if n == 0 else 1) for n in range(count)]
            inputs = outputs
            self.taps.append(len(blocks) - 1)
        self.body = nn.Sequential(*blocks)
        *_, low, middle, top = (channels for channels, _ in config.stages)
        side = config.resolution // 2 ** len(config.stages)
        self.styles = nn.ModuleList(
            MapToStyle(top, side * (1 if i < config.middle else 2 if i < config.fine else 4), config.head)
            for i in range(LAYERS)
        )
        self.latlayer1 = nn.Conv2d(middle, top, 1)
        self.latlayer2 = nn.Conv2d(low, top, 1)
        self.register_buffer("w_mean", torch.zeros(CHANNELS))
        self.register_buffer("w_std", torch.ones(CHANNELS))

    def pyramid(self, face: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The coarse, the middle and the fine level of faces [B, 3, R, R], R = `config.resolution`.

        Returns:
            Features [B, C, R/16, R/16], [B, C, R/8, R/8] and [B, C, R/4, R/4], C the channels of the last stage.
        """
        x, levels = self.input_layer(face), []
        for index, block in enumerate(self.body):
            x = block(x)
            if index in self.taps[-3:]:
                levels.append(x)
        low, middle, coarse = levels
        between = _enlarged(coarse, middle) + self.latlayer1(middle)
        return coarse, between, _enlarged(between, low) + self.latlayer2(low)

    def offsets(self, face: torch.Tensor) -> torch.Tensor:
        """Codes less the mean, [B, 18, 512], of faces [B, 3, R, R] in [-1, 1]."""
        coarse, middle, fine = self.pyramid(shrink(face, self.config.resolution))
        styles = [
            style(coarse if i < self.config.middle else middle if i < self.config.fine else fine)
            for i, style in enumerate(self.styles)
        ]
        codes = torch.stack(styles, dim=1)
        if self.config.kind == "e4e":
            codes = torch.cat([codes[:, :1], codes[:, :1] + codes[:, 1:]], dim=1)
        return codes.float()

    def forward(self, face: torch.Tensor) -> WPlus:
        return WPlus(self.w_mean + self.offsets(face))


def _enlarged(small: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return F.interpolate(small, size=like.shape[-2:], mode="bilinear", align_corners=True)


def read_psp(path: Path, kind: str, w_std: torch.Tensor) -> PspEncoder:
    """The encoder in a checkpoint of pSp or e4e, frozen, in eval mode.

    Args:
        kind: "psp" or "e4e": what the file must say it is.
        w_std: deviation of the generator's W, [512].

    Raises:
        WeightsError: the file is something else, incomplete, the other kind, or does not say which kind it is.

    >>> encoder = PspEncoder(PspConfig(stem=16, stages=((16, 1), (24, 1), (32, 1), (40, 1)), head=8))
    >>> weights = {f"encoder.{name}": value for name, value in encoder.state_dict().items()}
    >>> checkpoint = {"state_dict": weights, "latent_avg": torch.zeros(512), "opts": {"encoder_type": "GradualStyleEncoder"}}
    >>> torch.save(checkpoint, folder / "psp.pt")
    >>> read_psp(folder / "psp.pt", "psp", w_std=torch.ones(512)).config == encoder.config
    True
    """
    holder = read_torch_file(path)
    options = holder.get("opts") if isinstance(holder, Mapping) else None
    if not isinstance(holder, Mapping) or not isinstance(holder.get("state_dict"), Mapping):
        raise WeightsError(f"{path} is no checkpoint of pSp or e4e: it has no state_dict.")
    said = options.get("encoder_type") if isinstance(options, Mapping) else None
    if not isinstance(said, str) or TYPES.get(said) != kind:
        raise WeightsError(f"{path} is wanted as {_name_of(kind)}, but says that its encoder is {said!r}. It was not loaded.")
    mean = holder.get("latent_avg")
    if mean is None or mean.shape[-1] != CHANNELS or (mean.ndim == 2 and (mean - mean[:1]).abs().max() > 1e-3):
        raise WeightsError(f"{path} has no mean code (latent_avg) that all layers share, which its codes are offsets from.")
    state = {name.removeprefix(ENCODER): value for name, value in holder["state_dict"].items() if name.startswith(ENCODER)}
    state |= {"w_mean": mean.reshape(-1, CHANNELS)[0].float(), "w_std": w_std.cpu()}
    try:
        with torch.device("meta"):
            encoder = PspEncoder(_sizes(state, kind))
        encoder.load_state_dict(state, strict=True, assign=True)
    except (KeyError, RuntimeError) as error:
        raise WeightsError(f"{path} does not hold all of a {_name_of(kind)} encoder: {_few(error)}") from error
    return encoder.eval().requires_grad_(False)


def _sizes(state: Mapping[str, torch.Tensor], kind: str) -> PspConfig:
    """Read the sizes off the tensors: a stage begins where the body's channels change."""
    stem = len(state["input_layer.0.weight"])
    stages, index = [], 0
    while f"body.{index}.res_layer.3.weight" in state:
        channels = len(state[f"body.{index}.res_layer.3.weight"])
        if stages and stages[-1][0] == channels:
            stages[-1] = (channels, stages[-1][1] + 1)
        else:
            stages.append((channels, 1))
        index += 1
    if len(stages) != 4:
        raise KeyError("a body of four stages")
    return PspConfig(kind, stem=stem, stages=tuple(stages), head=len(state["styles.0.convs.0.weight"]))


def _name_of(kind: str) -> str:
    return {"psp": "pSp", "e4e": "e4e"}[kind]


def _few(error: Exception) -> str:
    lines: Iterable[str] = (line.strip() for line in str(error).splitlines())
    return " ".join(lines)[:300]
