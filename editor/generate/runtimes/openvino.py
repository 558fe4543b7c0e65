"""A generator on a CPU: OpenVINO draws the same image several times faster than PyTorch does.

It knows no gradients, so whatever optimises through the generator asks for the module itself; and it keeps weights as they
were, so a trunk changed for one photo runs in PyTorch.
"""

import shutil
import tempfile
import warnings
from pathlib import Path

import openvino
import torch
from torch import nn

from editor.generate.trunk import Delta, Generator
from editor.spaces import CHANNELS, LAYERS, WPlus


class OpenVinoRuntime:
    """The generator's pieces compiled for this CPU in full precision. A lone request gets every core."""

    name = "openvino cpu"

    def __init__(self, generator: Generator, kept: Path | None = None, beside: "OpenVinoRuntime | None" = None):
        """Compile `generator`.

        Args:
            kept: folder to keep the converted network in; converting takes ten seconds, reading it back none. Its name must
                change with the weights.
            beside: a runtime whose generator has the same trunk, which is then shared.
        """
        code = torch.zeros(1, LAYERS, CHANNELS)
        self._generator = generator
        self._trunk = beside._trunk if beside else _Compiled(generator.trunk, (code,), kept and kept / "trunk")
        self._tail = _Compiled(generator.tail, (self._trunk(code), code), kept and kept / "tail")

    def __call__(self, w_plus: WPlus, delta: Delta | None = None) -> torch.Tensor:
        codes = w_plus.detach().float().cpu()
        if delta is None:
            return torch.cat([self._tail(self._trunk(code), code) for code in codes.split(1)])
        with torch.inference_mode():
            features = self._generator.features(WPlus(codes), delta)
        return torch.cat([self._tail(*pair) for pair in zip(features.split(1), codes.split(1), strict=True)])


class _Compiled:
    """A module compiled for inputs of fixed shapes. Calls from threads never share a buffer."""

    def __init__(self, module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None):
        version = openvino.__version__.split("-")[0]
        model = _converted(module, examples, kept / version if kept else None)
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
        self._model = openvino.Core().compile_model(model, "CPU", hints)

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        request = self._model.create_infer_request()
        return torch.from_numpy(request.infer([given.contiguous().numpy() for given in inputs])[0].copy())


def _converted(module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None) -> openvino.Model:
    """The network as OpenVINO's, read back from `kept` where it is there and whole."""
    if kept and (kept / "model.xml").is_file():
        try:
            return openvino.Core().read_model(kept / "model.xml")
        except RuntimeError:  # damaged: made anew below
            shutil.rmtree(kept, ignore_errors=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # OpenVINO's converter calls deprecated parts of torch
        model = openvino.convert_model(module, example_input=examples)
    model.reshape({at: list(example.shape) for at, example in enumerate(examples)})
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
