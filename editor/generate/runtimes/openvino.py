"""A generator on a CPU: OpenVINO draws the same image several times faster than PyTorch does.

It knows no gradients, so whatever optimises through the generator asks for the module itself; and it keeps weights as they
were, so the trunk of a photo that was fitted runs in PyTorch.
"""

import os
import threading
from pathlib import Path

import numpy as np
import openvino
import torch
from torch import nn

from editor.generate.runtimes.converted import converted, stored_maps
from editor.generate.trunk import Generator, Trunk
from editor.spaces import CHANNELS, LAYERS, Codes, MaskedCodes, WPlus, one_by_one

MASKS = 32
"""Side of the maps of masks that compiled pieces take; others are brought to it."""


class OpenVinoRuntime:
    """The generator's pieces compiled for this CPU in full precision. A lone request gets every core."""

    name = "openvino cpu"

    def __init__(self, generator: Generator, kept: Path | None = None, beside: "OpenVinoRuntime | None" = None):
        """Compile `generator`; for codes with regions only at their first drawing, or when `prepare` is called.

        Args:
            kept: folder to keep the converted network in; converting takes ten seconds, reading it back none. Its name must
                change with the weights.
            beside: a runtime whose generator has the same trunk, which is then shared.
        """
        code = torch.zeros(1, LAYERS, CHANNELS)
        self._generator, self._kept, self._beside = generator, kept, beside
        self._trunk = beside._trunk if beside else _Compiled(generator.trunk, (code,), kept and kept / "trunk")
        self._tail = _Compiled(generator.tail, (self._trunk(code), code), kept and kept / "tail")
        self._masked: tuple[_Compiled, _Compiled] | None = None
        self._turn = threading.Lock()

    def prepare(self) -> "tuple[_Compiled, _Compiled]":
        """Compile the pieces that draw codes with regions: trunk and tail."""
        with self._turn:
            if self._masked is None:
                codes, masks = torch.zeros(1, 2, LAYERS, CHANNELS), torch.full((1, 2, MASKS, MASKS), 0.5)
                self._masked = self._compiled(codes, masks)
            return self._masked

    def _compiled(self, *given: torch.Tensor) -> "tuple[_Compiled, _Compiled]":
        """Trunk and tail for several codes and their masks, however many."""
        kept, generator = self._kept, self._generator
        if self._beside:
            trunk = self._beside.prepare()[0]
        else:
            trunk = _Compiled(_WithPlaces(generator.trunk), given, kept and kept / "trunk-in-place", (0, 1))
        tail = _Compiled(_WithPlaces(generator.tail), (trunk(*given), *given), kept and kept / "tail-in-place", (1, 2))
        return trunk, tail

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        return torch.cat([self._draw(one, trunk) for one in one_by_one(codes)])

    def _draw(self, one: Codes, fitted: Trunk | None) -> torch.Tensor:
        if isinstance(one, MaskedCodes):
            trunk, tail = self.prepare()
            one = MaskedCodes(one.codes.detach().float().cpu(), one.masks_at(MASKS).float().cpu())
            given = (one.codes, one.masks)
        else:
            trunk, tail = self._trunk, self._tail
            one = WPlus(one.detach().float().cpu())
            given = (one,)
        if fitted is None:
            return tail(trunk(*given), *given)
        with torch.inference_mode():
            features = fitted(one)
        return tail(features, *given)


class _WithPlaces(nn.Module):
    """A trunk or a tail that takes codes and masks as tensors, after the features if it is a tail."""

    def __init__(self, piece: nn.Module):
        super().__init__()
        self.piece = piece

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        *features, codes, masks = inputs
        return self.piece(*features, MaskedCodes(codes, masks))


class _Compiled:
    """A module compiled for inputs of fixed shapes. Threads take turns, since one request has the buffers of one picture."""

    def __init__(self, module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None, free: tuple[int, ...] = ()):
        """Args:
        free: which inputs may differ in the length of their second axis.
        """
        shapes = {at: list(example.shape) for at, example in enumerate(examples)}
        for at in free:
            shapes[at][1] = -1
        model = converted(module, examples, shapes, kept)
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"} | _threads()
        self._request = openvino.Core().compile_model(model, "CPU", hints).create_infer_request()
        self._turn = threading.Lock()
        self._given: dict[int, np.ndarray] = {}
        maps = stored_maps(module)
        for at, given in enumerate(model.inputs[len(examples) :], len(examples)):
            self._give(at, maps[given.get_any_name()])

    def __call__(self, *inputs: torch.Tensor) -> torch.Tensor:
        with self._turn:
            for at, given in enumerate(inputs):
                self._give(at, given)
            self._request.infer()
            return torch.from_numpy(self._request.get_output_tensor(0).data.copy())

    def _give(self, at: int, given: torch.Tensor) -> None:
        self._given[at] = values = given.contiguous().numpy()  # the request reads it where it lies, and does not keep it
        self._request.set_input_tensor(at, openvino.Tensor(values, shared_memory=True))


def _threads() -> dict[str, int]:
    """As many as a process is told to use that shares the machine with others like it: see `editor.batch.engines`."""
    told = os.environ.get("EDITOR_THREADS", "")
    return {"INFERENCE_NUM_THREADS": int(told)} if told.isdecimal() and int(told) else {}
