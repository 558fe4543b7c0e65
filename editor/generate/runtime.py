"""Two ways to run a generator behind one interface: OpenVINO where there is only a CPU, PyTorch everywhere else.

OpenVINO draws the same image about four times faster on a CPU. It knows no gradients, so whatever optimises through the
generator asks for the module itself.
"""

import warnings
from typing import Protocol

import openvino
import torch
from torch import nn

from editor.spaces import CHANNELS, LAYERS, WPlus


class Runtime(Protocol):
    """Something that draws codes."""

    name: str

    def __call__(self, w_plus: WPlus) -> torch.Tensor:
        """[B, 18, 512] -> [B, 3, R, R] in about [-1, 1], float32 on the CPU."""
        ...


class TorchRuntime:
    """The module itself, without gradients."""

    def __init__(self, generator: nn.Module, device: torch.device):
        self.name = f"torch {device.type}"
        self._generator = generator.to(device)
        self._device = device

    def __call__(self, w_plus: WPlus) -> torch.Tensor:
        with torch.inference_mode():
            return self._generator(WPlus(w_plus.to(self._device))).float().cpu()


class OpenVinoRuntime:
    """The module compiled for this CPU in full precision. A lone request gets every core; calls from threads take turns."""

    name = "openvino cpu"

    def __init__(self, generator: nn.Module):
        """Convert and compile `generator`; takes a few seconds."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # OpenVINO's converter calls deprecated parts of torch
            model = openvino.convert_model(generator, example_input=torch.zeros(1, LAYERS, CHANNELS))
        model.reshape([1, LAYERS, CHANNELS])
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        self._model = openvino.Core().compile_model(model, "CPU", hints)

    def __call__(self, w_plus: WPlus) -> torch.Tensor:
        images = []
        for code in w_plus.detach().float().cpu().split(1):
            request = self._model.create_infer_request()  # of this call alone: users never share a buffer
            images.append(torch.from_numpy(request.infer([code.numpy()])[0].copy()))
        return torch.cat(images)


def best_runtime(generator: nn.Module, device: torch.device) -> Runtime:
    """OpenVINO on a CPU, PyTorch on anything else."""
    return OpenVinoRuntime(generator) if device.type == "cpu" else TorchRuntime(generator, device)
