"""A generator on a CPU: OpenVINO draws the same image several times faster than PyTorch does.

It knows no gradients, so whatever optimises through the generator asks for the module itself; and it keeps weights as they
were, so the trunk of a photo that was fitted runs in PyTorch.
"""

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import openvino
import torch
from torch import nn

from editor.compiled.converted import converted, stored_maps
from editor.compiled.threads import thread_hints
from editor.generate.known import Known
from editor.generate.mobile import Synthesis
from editor.generate.runtimes.tiled import Array, TiledTail
from editor.generate.trunk import Generator, Tail, Trunk
from editor.spaces import CHANNELS, LAYERS, Codes, MaskedCodes, WPlus, one_by_one

MASKS = 32
"""Side of the maps of masks that compiled pieces take; others are brought to it."""
AT_ONCE = 8
"""Most tiles that are drawn at a time; each needs buffers of 20 MB."""


class OpenVinoRuntime:
    """The generator's pieces compiled for this CPU. A lone request gets every core."""

    name = "openvino cpu"

    def __init__(
        self,
        generator: Generator,
        kept: Path | None = None,
        beside: "OpenVinoRuntime | None" = None,
        half: bool = False,
    ):
        """Compile `generator`; what only codes with regions need, at their first drawing or when `prepare` is called.

        Args:
            kept: folder to keep the converted network in; converting takes ten seconds, reading it back none. Its name must
                change with the weights.
            beside: a runtime whose generator has the same trunk, which is then shared.
            half: draw tiles in bf16, for CPUs that are fast at it: 56 dB and more from full precision. All else is in full.
        """
        self._trunk = beside._trunk if beside else _Whole(generator.trunk, (), kept and kept / "trunk")
        self._tail = _tail(generator.tail, self._trunk, kept, half)

    def prepare(self) -> None:
        """Compile what codes with regions need."""
        self._trunk.prepare()
        self._tail.prepare()

    def __call__(self, codes: Codes, trunk: Trunk | None = None, known: Known | None = None) -> torch.Tensor:
        return torch.cat([self._draw(one, trunk, known)[0] for one in one_by_one(codes)])

    def draw_known(self, code: WPlus, trunk: Trunk | None = None) -> tuple[torch.Tensor, Known | None]:
        """Draw one code, and keep what pictures nearly like it can be drawn with; None if they are drawn as any other."""
        image, features = self._draw(code, trunk, None)
        return image, self._tail.known(features, code, image) if isinstance(self._tail, TiledTail) else None

    def _draw(self, one: Codes, fitted: Trunk | None, known: Known | None) -> tuple[torch.Tensor, torch.Tensor]:
        """The image and the features it was drawn from."""
        if isinstance(one, MaskedCodes):
            one = MaskedCodes(one.codes.detach().float().cpu(), one.masks_at(MASKS).float().cpu())
        else:
            one = WPlus(one.detach().float().cpu())
        if fitted is None:
            features = self._trunk(one)
        else:
            with torch.inference_mode():
                features = fitted(one)
        if isinstance(self._tail, TiledTail):
            return self._tail(features, one, known), features
        return self._tail(one, features), features


def _tail(tail: nn.Module, trunk: "_Whole", kept: Path | None, half: bool) -> "TiledTail | _Whole":
    """What draws the image of features and codes: MobileStyleGAN's own tail in tiles, others at once."""
    if isinstance(tail, Tail) and isinstance(tail.synthesis, Synthesis):

        def compiled(module: nn.Module, examples: tuple[torch.Tensor, ...], name: str, free: tuple[int, ...]) -> _Parallel:
            return _Parallel(module, examples, kept and kept / name, free, half)

        return TiledTail(tail.synthesis, tail.resolution, compiled)
    return _Whole(tail, (trunk(WPlus(torch.zeros(1, LAYERS, CHANNELS))),), kept and kept / "tail")


class _Whole:
    """A trunk or a tail, compiled for plain codes, and for codes with regions when they are first drawn.

    Args:
        before: an example of what it is called with before the codes: of the features, if it is a tail.
    """

    def __init__(self, piece: nn.Module, before: tuple[torch.Tensor, ...], kept: Path | None):
        self._piece, self._before, self._kept = piece, before, kept
        self._plain = _Compiled(piece, (*before, torch.zeros(1, LAYERS, CHANNELS)), kept)
        self._masked: _Compiled | None = None
        self._turn = threading.Lock()

    def prepare(self) -> "_Compiled":
        """What takes several codes and their masks, however many."""
        with self._turn:
            if self._masked is None:
                codes, masks = torch.zeros(1, 2, LAYERS, CHANNELS), torch.full((1, 2, MASKS, MASKS), 0.5)
                kept, free = self._kept and self._kept.with_name(f"{self._kept.name}-in-place"), len(self._before)
                self._masked = _Compiled(_WithPlaces(self._piece), (*self._before, codes, masks), kept, (free, free + 1))
            return self._masked

    def __call__(self, codes: Codes, *before: torch.Tensor) -> torch.Tensor:
        if isinstance(codes, MaskedCodes):
            return self.prepare()(*before, codes.codes, codes.masks)
        return self._plain(*before, codes)


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
        model = converted(module, examples, _shapes(examples, free), kept)
        hints = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"} | thread_hints()
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


class _Parallel:
    """A module compiled to run for several inputs at a time, each on cores of its own. Threads take turns."""

    def __init__(
        self, module: nn.Module, examples: tuple[torch.Tensor, ...], kept: Path | None, free: tuple[int, ...], half: bool
    ):
        """Args:
        free: which inputs may differ in the length of their second axis.
        half: compute in bf16.
        """
        cores = thread_hints().get("INFERENCE_NUM_THREADS", os.cpu_count() or 1)
        hints: dict[str, str | int] = {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": min(AT_ONCE, cores)}
        hints |= {"INFERENCE_PRECISION_HINT": "bf16" if half else "f32"} | thread_hints()
        compiled = openvino.Core().compile_model(converted(module, examples, _shapes(examples, free), kept), "CPU", hints)
        self._queue = openvino.AsyncInferQueue(compiled)
        self._turn = threading.Lock()

    def __call__(self, parts: Iterable[Sequence[Array]], done: Callable[[int, Array], None]) -> None:
        with self._turn:
            self._queue.set_callback(lambda request, about: done(about[0], request.get_output_tensor(0).data))
            try:
                for number, part in enumerate(parts):
                    self._queue.start_async(list(part), (number, part), share_inputs=True)  # which lives until it has been run
            finally:
                self._queue.wait_all()
                self._queue.set_callback(lambda request, about: None)  # nothing of the picture is kept


def _shapes(examples: Sequence[torch.Tensor], free: Sequence[int]) -> dict[int, list[int]]:
    """Of the inputs; -1 for the second axis of the free ones."""
    shapes = {at: list(example.shape) for at, example in enumerate(examples)}
    for at in free:
        shapes[at][1] = -1
    return shapes
