"""Two ways to run a generator behind one interface: OpenVINO where there is only a CPU, PyTorch everywhere else.

OpenVINO draws the same image about four times faster on a CPU. It knows no gradients, so whatever optimises through the
generator asks for the module itself.
"""

import shutil
import tempfile
import warnings
from pathlib import Path
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

    def __init__(self, generator: nn.Module, kept: Path | None = None):
        """Compile `generator`.

        Args:
            kept: folder to keep the converted network in; converting takes ten seconds, reading it back none. Its name must
                change with the weights.
        """
        version = openvino.__version__.split("-")[0]
        model = _converted(generator, kept / version if kept else None)
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        self._model = openvino.Core().compile_model(model, "CPU", hints)

    def __call__(self, w_plus: WPlus) -> torch.Tensor:
        images = []
        for code in w_plus.detach().float().cpu().split(1):
            request = self._model.create_infer_request()  # of this call alone: users never share a buffer
            images.append(torch.from_numpy(request.infer([code.numpy()])[0].copy()))
        return torch.cat(images)


def _converted(generator: nn.Module, kept: Path | None) -> openvino.Model:
    """The network as OpenVINO's, read back from `kept` where it is there and whole."""
    if kept and (kept / "model.xml").is_file():
        try:
            return openvino.Core().read_model(kept / "model.xml")
        except RuntimeError:  # damaged: made anew below
            shutil.rmtree(kept, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # OpenVINO's converter calls deprecated parts of torch
        model = openvino.convert_model(generator, example_input=torch.zeros(1, LAYERS, CHANNELS))
    model.reshape([1, LAYERS, CHANNELS])
    if kept:
        _keep(model, kept)
    return model


def _keep(model: openvino.Model, kept: Path) -> None:
    """Save beside and rename, so that only a whole one is ever found. Failing to is no harm: it is converted again."""
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as work:
            openvino.save_model(model, Path(work) / "whole" / "model.xml", compress_to_fp16=False)
            (Path(work) / "whole").rename(kept)
    except (OSError, RuntimeError) as error:
        warnings.warn(f"The converted generator could not be kept for the next start: {error}", stacklevel=2)


def best_runtime(generator: nn.Module, device: torch.device, kept: Path | None = None) -> Runtime:
    """OpenVINO on a CPU, PyTorch on anything else."""
    return OpenVinoRuntime(generator, kept) if device.type == "cpu" else TorchRuntime(generator, device)
