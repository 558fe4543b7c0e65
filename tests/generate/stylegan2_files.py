"""StyleGAN2 as others have it: a slow, literal reference in float64, and files of both layouts of the same random weights."""

import pickle
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch

from editor.generate.stylegan2 import StyleGan2, StyleGan2Config, upsampling_filter

SMALL = StyleGan2Config(widths=(16, 16, 12, 8, 8), channels=512, depth=2)
"""64 px."""


def random_stylegan2(config: StyleGan2Config = SMALL, seed: int = 7) -> StyleGan2:
    """Random weights of the sizes that trained ones have: biases and noise strengths are not zero."""
    random = torch.Generator().manual_seed(seed)
    network = StyleGan2(config)
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            drawn = torch.randn(tensor.shape, generator=random)
            scale = 0.3 if name.endswith(("bias", "noise.weight")) else 1.0
            scale *= 100 if name.startswith("style.") and name.endswith("weight") else 1
            tensor.copy_(drawn * scale + (1.0 if name.endswith("modulation.bias") else 0.0))
    return network.eval().requires_grad_(False)


# ---- the reference: the paper's equations 1 and 3, one code at a time, weights made for it


def reference_image(state: dict[str, torch.Tensor], w_plus: torch.Tensor) -> np.ndarray:
    """[18, 512] -> [3, R, R]."""
    values = {name: tensor.double().numpy() for name, tensor in state.items()}
    w = w_plus.double().numpy()
    levels = sum(name.startswith("to_rgbs") and name.endswith("conv.weight") for name in values)
    x = _layer(values, "conv1", values["input.input"][0], w[0], values["noises.noise_0"], up=False)
    image = _rgb(values, "to_rgb1", x, w[1])
    for k in range(levels):
        for n in (0, 1):
            noise = values[f"noises.noise_{1 + 2 * k + n}"]
            x = _layer(values, f"convs.{2 * k + n}", x, w[1 + 2 * k + n], noise, up=n == 0)
        bigger = np.zeros((3, 2 * image.shape[1], 2 * image.shape[2]))
        bigger[:, ::2, ::2] = image
        image = _filter(np.pad(bigger, ((0, 0), (2, 1), (2, 1)))) + _rgb(values, f"to_rgbs.{k}", x, w[3 + 2 * k])
    return image


def _style(values, stem, w):
    weight = values[f"{stem}.conv.modulation.weight"]
    return weight @ w / np.sqrt(weight.shape[1]) + values[f"{stem}.conv.modulation.bias"]


def _layer(values, stem, x, w, noise, up):
    weight = values[f"{stem}.conv.weight"][0]
    weight = weight / np.sqrt(weight[0].size) * _style(values, stem, w)[None, :, None, None]
    weight = weight / np.sqrt((weight**2).sum(axis=(1, 2, 3), keepdims=True) + 1e-8)
    y = _doubled(x, weight) if up else _convolved(x, weight)
    y = y + values[f"{stem}.noise.weight"] * noise[0] + values[f"{stem}.activate.bias"][:, None, None]
    return np.sqrt(2) * np.where(y > 0, y, 0.2 * y)


def _rgb(values, stem, x, w):
    weight = values[f"{stem}.conv.weight"][0, :, :, 0, 0]
    weight = weight / np.sqrt(weight.shape[1]) * _style(values, stem, w)
    return np.einsum("oi,ihw->ohw", weight, x) + values[f"{stem}.bias"][0]


def _convolved(x, weight):
    height, width = x.shape[1:]
    padded, y = np.pad(x, ((0, 0), (1, 1), (1, 1))), 0
    for row in range(3):
        for column in range(3):
            seen = padded[:, row : row + height, column : column + width]
            y = y + np.einsum("oi,ihw->ohw", weight[:, :, row, column], seen)
    return y


def _doubled(x, weight):
    height, width = x.shape[1:]
    y = np.zeros((len(weight), 2 * height + 1, 2 * width + 1))
    for row in range(3):
        for column in range(3):
            spread = np.einsum("oi,ihw->ohw", weight[:, :, row, column], x)
            y[:, row : row + 2 * height : 2, column : column + 2 * width : 2] += spread
    return _filter(np.pad(y, ((0, 0), (1, 1), (1, 1))))


def _filter(x):
    row = np.array([1.0, 3.0, 3.0, 1.0])
    kernel = np.outer(row, row) / 64 * 4
    height, width = x.shape[1] - 3, x.shape[2] - 3
    return sum(kernel[i, j] * x[:, i : i + height, j : j + width] for i in range(4) for j in range(4))


# ---- files


def rosinality_state(network: StyleGan2, prefix: str = "") -> dict[str, torch.Tensor]:
    """The names and shapes of stylegan2-pytorch, its stored filters among them."""
    state = {prefix + name: tensor.clone() for name, tensor in network.state_dict().items()}
    kernel = upsampling_filter(torch.zeros(()))
    for k in range(len(network.to_rgbs)):
        state[f"{prefix}convs.{2 * k}.conv.blur.kernel"] = kernel.clone()
        state[f"{prefix}to_rgbs.{k}.upsample.kernel"] = kernel.clone()
    return state


def write_rosinality(network: StyleGan2, path: Path, **extra) -> Path:
    """{'g_ema', 'latent_avg'}."""
    torch.save({"g_ema": rosinality_state(network), "latent_avg": torch.linspace(-1, 1, 512)} | extra, path)
    return path


def nvidia_state(network: StyleGan2) -> dict[str, torch.Tensor]:
    """The names and shapes of stylegan2-ada-pytorch."""
    state, levels = {"mapping.w_avg": torch.linspace(-1, 1, 512)}, len(network.to_rgbs)
    for n in range(1, len(network.style)):
        state |= {f"mapping.fc{n - 1}.{part}": getattr(network.style[n], part) for part in ("weight", "bias")}
    kernel = upsampling_filter(torch.zeros(())) / 4
    for level in range(levels + 1):
        block = f"synthesis.b{4 * 2**level}"
        state[f"{block}.resample_filter"] = kernel
        if level == 0:
            state[f"{block}.const"] = network.input.input[0]
        convs = {"conv1": network.conv1} if level == 0 else {f"conv{n}": network.convs[2 * level - 2 + n] for n in (0, 1)}
        for name, conv in convs.items():
            index = 0 if level == 0 else 2 * level - 1 + int(name[-1])
            state |= {
                f"{block}.{name}.weight": conv.conv.weight[0],
                f"{block}.{name}.bias": conv.activate.bias,
                f"{block}.{name}.affine.weight": conv.conv.modulation.weight,
                f"{block}.{name}.affine.bias": conv.conv.modulation.bias,
                f"{block}.{name}.noise_const": network.noises[index][0, 0],
                f"{block}.{name}.noise_strength": conv.noise.weight[0],
                f"{block}.{name}.resample_filter": kernel,
            }
        rgb = network.to_rgb1 if level == 0 else network.to_rgbs[level - 1]
        state |= {
            f"{block}.torgb.weight": rgb.conv.weight[0],
            f"{block}.torgb.bias": rgb.bias.view(3),
            f"{block}.torgb.affine.weight": rgb.conv.modulation.weight,
            f"{block}.torgb.affine.bias": rgb.conv.modulation.bias,
        }
    return {name: tensor.clone().contiguous() for name, tensor in state.items()}


class Persistent:
    """Pickles as a network of `torch_utils.persistence` does."""

    def __init__(self, class_name: str, state: dict):
        self.class_name, self.state = class_name, state

    def __reduce__(self):
        source = "raise SystemExit('the source inside a pickle was run')"
        meta = {"type": "class", "version": 6, "module_src": source, "class_name": self.class_name, "state": self.state}
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (meta,)


def persistent_tree(tensors: dict[str, torch.Tensor], class_name: str = "Generator") -> Persistent:
    """Nested networks whose tensors have these names."""
    parameters, buffers, inner = {}, {}, {}
    for name, tensor in tensors.items():
        first, _, rest = name.partition(".")
        if rest:
            inner.setdefault(first, {})[rest] = tensor
        elif first in ("noise_const", "resample_filter", "w_avg"):
            buffers[first] = tensor
        else:
            parameters[first] = torch.nn.Parameter(tensor)
    modules = {name: persistent_tree(part, name) for name, part in inner.items()}
    state = {"training": False, "_parameters": parameters, "_buffers": buffers, "_modules": modules}
    state |= {"_init_kwargs": _easy_dict(z_dim=512), "weight_gain": 1 / np.sqrt(512), "up": 2, "_hooks": None}
    return Persistent(class_name, state)


def _easy_dict(**values):
    return sys.modules["dnnlib.util"].EasyDict(values)


def write_nvidia(content, path: Path, monkeypatch) -> Path:
    """Pickle with the modules that such a file names in place; afterwards they are gone again.

    Args:
        content: what to pickle, or a function that makes it once the modules are in place.
    """
    with monkeypatch.context() as patch:
        for name in ("torch_utils", "torch_utils.persistence", "dnnlib", "dnnlib.util"):
            patch.setitem(sys.modules, name, ModuleType(name))
        easy = type("EasyDict", (dict,), {"__module__": "dnnlib.util"})
        sys.modules["dnnlib.util"].EasyDict = easy

        def _reconstruct_persistent_obj(meta):
            raise AssertionError

        _reconstruct_persistent_obj.__module__ = "torch_utils.persistence"
        _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
        sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj = _reconstruct_persistent_obj
        path.write_bytes(pickle.dumps(content() if callable(content) else content))
    return path
