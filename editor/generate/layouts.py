"""StyleGAN2's weights in files of other projects -> one `StyleGan2`. Sizes are read off the tensors; nothing may be missing.

rosinality   a .pt with `g_ema` (stylegan2-pytorch), or the `decoder.` part of a pSp or e4e checkpoint
NVIDIA       a .pkl of stylegan2-ada-pytorch with `G_ema`: the same numbers under other names and in other shapes
"""

import re
from collections.abc import Mapping
from pathlib import Path

import torch

from editor.checkpoints import NvidiaModule, named_tensors, read_nvidia_pickle, read_torch_file
from editor.errors import WeightsError
from editor.generate.stylegan2 import StyleGan2, StyleGan2Config, upsampling_filter

DECODER = "decoder."
KERNELS = (".blur.kernel", ".upsample.kernel")
RGB_PARTS = {
    "weight": "conv.weight",
    "affine.weight": "conv.modulation.weight",
    "affine.bias": "conv.modulation.bias",
    "bias": "bias",
}
"""What NVIDIA calls a part of a layer -> what rosinality does."""
CONV_PARTS = RGB_PARTS | {"bias": "activate.bias", "noise_strength": "noise.weight", "noise_const": ""}


def read_stylegan2(path: Path, resolution: int | None = None) -> tuple[StyleGan2, torch.Tensor]:
    """The generator in a file, frozen, in eval mode; and the mean of its W, [512].

    Args:
        resolution: that it must have; None: any.

    Raises:
        WeightsError: the file holds no StyleGAN2, an incomplete one, another kind of generator or another size.

    >>> network = StyleGan2(StyleGan2Config(widths=(8, 8, 8), depth=2))
    >>> torch.save({"g_ema": network.state_dict(), "latent_avg": torch.zeros(512)}, folder / "small.pt")
    >>> again, mean = read_stylegan2(folder / "small.pt")
    >>> again.config.resolution, mean.shape
    (16, torch.Size([512]))
    """
    if path.suffix == ".pkl":
        state, mean = _from_nvidia(path)
    else:
        state, mean = _from_torch(path)
    try:
        config = _sizes(state)
        with torch.device("meta"):
            network = StyleGan2(config)
        network.load_state_dict(_without_kernels(state, path), strict=True, assign=True)
    except (KeyError, IndexError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path} does not hold the weights of StyleGAN2: {_first_line(error)}") from error
    if resolution and config.resolution != resolution:
        raise WeightsError(f"{path} draws {config.resolution} px; FFHQ's generator draws {resolution}. It is another one.")
    if mean is None:
        raise WeightsError(f"{path} does not say what the mean of W is (latent_avg). Use a newer conversion.")
    return network.float().eval().requires_grad_(False), mean


def _from_torch(path: Path) -> tuple[dict[str, torch.Tensor], torch.Tensor | None]:
    holder = read_torch_file(path)
    if not isinstance(holder, Mapping):
        raise WeightsError(f"{path} holds no weights by name.")
    inner = holder.get("state_dict")
    if isinstance(inner, Mapping):
        state = {name.removeprefix(DECODER): value for name, value in inner.items() if name.startswith(DECODER)}
    else:
        state = holder.get("g_ema") or {}
    if not state:
        raise WeightsError(f"{path} holds no generator: neither g_ema nor the decoder of an encoder's checkpoint.")
    return dict(state), mean_of(holder.get("latent_avg"))


def mean_of(latent_avg: torch.Tensor | None) -> torch.Tensor | None:
    """The mean of W, [512], of what files hold under `latent_avg`: [512], [1, 512] or the same for every layer [18, 512].

    >>> mean_of(torch.ones(18, 512)).shape
    torch.Size([512])
    """
    return None if latent_avg is None else latent_avg.reshape(-1, latent_avg.shape[-1]).float().mean(dim=0)


def _from_nvidia(path: Path) -> tuple[dict[str, torch.Tensor], torch.Tensor | None]:
    holder = read_nvidia_pickle(path)
    network = holder.get("G_ema") if isinstance(holder, Mapping) else None
    if not isinstance(network, NvidiaModule):
        raise WeightsError(f"{path} holds no generator (G_ema).")
    tensors = named_tensors(network)
    if any(name.startswith("synthesis.input.") for name in tensors):
        raise WeightsError(f"{path} is a StyleGAN3. Its W is another one; this needs StyleGAN2-FFHQ.")
    if "mapping.embed.weight" in tensors:
        raise WeightsError(f"{path} is a generator of labelled classes. This needs StyleGAN2-FFHQ.")
    state = {}
    for name, tensor in tensors.items():
        if name != "mapping.w_avg" and not name.endswith("resample_filter"):
            key, value = _renamed(name, tensor, path)
            state[key] = value
    return state, mean_of(tensors.get("mapping.w_avg"))


def _renamed(name: str, tensor: torch.Tensor, path: Path) -> tuple[str, torch.Tensor]:
    """One tensor of NVIDIA's under rosinality's name, in its shape."""
    if found := re.fullmatch(r"mapping\.fc(\d+)\.(weight|bias)", name):
        return f"style.{int(found[1]) + 1}.{found[2]}", tensor
    if name == "synthesis.b4.const":
        return "input.input", tensor[None]
    found = re.fullmatch(r"synthesis\.b(\d+)\.(?:conv([01])|torgb)\.(.+)", name)
    part = found[3] if found else ""
    if found and found[2] is None and part in RGB_PARTS:
        level = _level(found[1])
        stem = f"to_rgbs.{level - 1}" if level else "to_rgb1"
        return f"{stem}.{RGB_PARTS[part]}", tensor.view(1, -1, 1, 1) if part == "bias" else _with_one(part, tensor)
    if found and found[2] and part in CONV_PARTS:
        level = _level(found[1])
        index = 2 * level - 1 + int(found[2]) if level else 0
        if part == "noise_const":
            return f"noises.noise_{index}", tensor[None, None]
        return f"{f'convs.{index - 1}' if level else 'conv1'}.{CONV_PARTS[part]}", _with_one(part, tensor)
    raise WeightsError(f"{path} holds {name}, which StyleGAN2-FFHQ has not. It is another kind of generator.")


def _with_one(part: str, tensor: torch.Tensor) -> torch.Tensor:
    """Weights of convolutions and strengths of noise have one dimension more."""
    return tensor[None] if part in ("weight", "noise_strength") else tensor


def _level(resolution: str) -> int:
    return int(resolution).bit_length() - 3


def _sizes(state: Mapping[str, torch.Tensor]) -> StyleGan2Config:
    levels = sum(re.fullmatch(r"to_rgbs\.\d+\.conv\.weight", name) is not None for name in state)
    widths = [state["input.input"].shape[1]]
    widths += [state[f"convs.{2 * k + 1}.conv.weight"].shape[1] for k in range(levels)]
    depth = sum(re.fullmatch(r"style\.\d+\.weight", name) is not None for name in state)
    return StyleGan2Config(tuple(widths), state["conv1.conv.modulation.weight"].shape[1], depth)


def _without_kernels(state: Mapping[str, torch.Tensor], path: Path) -> dict[str, torch.Tensor]:
    """Leave out the filters, which are always the same; and refuse a generator for which they are not."""
    kept = {}
    for name, tensor in state.items():
        if not name.endswith(KERNELS):
            kept[name] = tensor
        elif tensor.shape != (4, 4) or not torch.allclose(tensor.float(), upsampling_filter(torch.zeros(())), atol=1e-4):
            raise WeightsError(f"{path} upsamples with another filter than StyleGAN2 does ({name}).")
    return kept


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return " ".join(line.strip() for line in lines[:3])[:300]
