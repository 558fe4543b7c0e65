"""A generator on a GPU: every kernel of a drawing recorded once and replayed, and what happens when memory runs out.

A drawing is some 150 kernels, most of them shorter than it takes to launch them one by one; a CUDA graph launches them all at
once. Graphs are recorded for the numbers of codes that the editor draws at a time; others, codes with places, and codes with a
delta (whose weights are made anew for each photo), run kernel by kernel.
"""

import warnings

import torch

from editor.generate.placed import Codes, PlacedCodes, one_by_one
from editor.generate.runtimes.plain import Runtime, TorchRuntime
from editor.generate.trunk import Delta, Generator, full_precision
from editor.memory import channels_last, make_room, on_cpu
from editor.spaces import CHANNELS, LAYERS, WPlus

RECORDED = (1, 2)
"""Codes in a drawing: one picture, or one of each space."""
WARM_UP = 3
"""Drawings before recording, in which cuDNN chooses its kernels."""


class CudaRuntime:
    """The module on a GPU, its common drawings recorded."""

    def __init__(self, generator: Generator, device: torch.device):
        self.name = f"torch {device.type}"
        self._eager = TorchRuntime(channels_last(generator), device)
        self._device = device
        self._graphs = {count: _Recorded(self._eager, device, count) for count in RECORDED}
        self.name += ", graphs"

    def __call__(self, codes: Codes, delta: Delta | None = None) -> torch.Tensor:
        if isinstance(codes, PlacedCodes) or delta is not None or len(codes) not in self._graphs:
            return self._eager(codes, delta)
        return self._graphs[len(codes)](codes)


class _Recorded:
    """One drawing of a fixed number of codes, recorded."""

    def __init__(self, eager: TorchRuntime, device: torch.device, count: int):
        self._codes = torch.zeros(count, LAYERS, CHANNELS, device=device)
        aside = torch.cuda.Stream(device)
        aside.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                eager(WPlus(self._codes))
        torch.cuda.current_stream(device).wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph, capture_error_mode="thread_local"):
            self._images = eager(WPlus(self._codes))

    def __call__(self, w_plus: WPlus) -> torch.Tensor:
        with torch.inference_mode():
            self._codes.copy_(w_plus, non_blocking=True)
            self._graph.replay()
            return self._images.clone()  # the next replay draws over it


class CarefulRuntime:
    """Another runtime, and what to do when the GPU's memory runs out: one code at a time, then without it.

    The GPU is given up for good, since what fills it (another program, most often) seldom goes soon; `notice` says so.
    """

    notice: str | None = None

    def __init__(self, runtime: Runtime, generator: Generator):
        self._runtime = runtime
        self._generator = generator

    @property
    def name(self) -> str:
        """What draws now."""
        return self._runtime.name

    def __call__(self, codes: Codes, delta: Delta | None = None) -> torch.Tensor:
        try:
            return self._runtime(codes, delta)
        except torch.OutOfMemoryError:
            make_room()
        if len(codes) > 1:
            return torch.cat([self(code, delta) for code in one_by_one(codes)])
        self.notice = (
            "The GPU's memory ran out, so pictures are drawn on the CPU now: slowly. Close what else uses the GPU and restart."
        )
        warnings.warn(self.notice, stacklevel=2)
        self._runtime = TorchRuntime(full_precision(on_cpu(self._generator)), torch.device("cpu"))
        make_room()
        moved = codes.to(torch.device("cpu"))
        codes = moved if isinstance(moved, PlacedCodes) else WPlus(moved)
        return self._runtime(codes, delta and delta.map(lambda factor: factor.cpu()))
