"""A generator on a GPU: every kernel of a drawing recorded once and replayed, and what happens when memory runs out.

A drawing is some 150 kernels, most of them shorter than it takes to launch them one by one; a CUDA graph launches them all at
once. Graphs are recorded for the numbers of codes that the editor draws at a time; others, codes with regions, and codes of
photos that were fitted (whose weights are their own), run kernel by kernel.
"""

import threading
import warnings

import torch

from editor.devices.memory import joined, make_room, on_cpu
from editor.generate.runtimes.plain import Runtime, TorchRuntime
from editor.generate.trunk import Generator, Trunk, full_precision
from editor.spaces import CHANNELS, LAYERS, Codes, MaskedCodes, WPlus, one_by_one

RECORDED = (1, 2)
"""Codes in a drawing: one picture, or one of each space."""
WARM_UP = 3
"""Drawings before recording, in which cuDNN chooses its kernels."""
GIVEN_UP = "The GPU's memory ran out, so pictures are drawn on the CPU now: slowly. Close what else uses the GPU and restart."


class CudaRuntime:
    """The module on a GPU, its common drawings recorded."""

    def __init__(self, generator: Generator, device: torch.device):
        self.name = f"torch {device.type}"
        self._eager = TorchRuntime(generator, device)
        self._device = device
        self._graphs = {count: _Recorded(self._eager, device, count) for count in RECORDED}
        self.name += ", graphs"

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        if isinstance(codes, MaskedCodes) or trunk is not None or len(codes) not in self._graphs:
            return self._eager(codes, trunk)
        return self._graphs[len(codes)](codes)


class _Recorded:
    """One drawing of a fixed number of codes, recorded. It reads and writes fixed buffers, so threads take turns."""

    def __init__(self, eager: TorchRuntime, device: torch.device, count: int):
        self._lock = threading.Lock()
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
        with self._lock, torch.inference_mode():
            self._codes.copy_(w_plus, non_blocking=True)
            self._graph.replay()
            return self._images.clone()  # the next replay draws over it


class CarefulRuntime:
    """Another runtime, and what to do when the GPU's memory runs out: one code at a time, then without it.

    The GPU is given up for good, since what fills it (another program, most often) seldom goes soon; `notice` says so.
    """

    def __init__(self, runtime: Runtime, generator: Generator):
        self._runtime = runtime
        self._generator = generator
        self._on_cpu: Runtime | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What draws now."""
        return (self._on_cpu or self._runtime).name

    @property
    def notice(self) -> str | None:
        """What a person should know of how pictures are drawn; None when all is well."""
        return GIVEN_UP if self._on_cpu else None

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        if self._on_cpu is None:
            try:
                return self._runtime(codes, trunk)
            except torch.OutOfMemoryError:
                make_room()
            if len(codes) > 1:
                return joined([self(code, trunk) for code in one_by_one(codes)])
        moved = codes.to(torch.device("cpu"))
        codes = moved if isinstance(moved, MaskedCodes) else WPlus(moved)
        return self._fallback()(codes, trunk and on_cpu(trunk))

    def _fallback(self) -> Runtime:
        """The runtime on the CPU; the thread that comes first makes it, the others wait for it."""
        with self._lock:
            if self._on_cpu is None:
                self._on_cpu = TorchRuntime(full_precision(on_cpu(self._generator)), torch.device("cpu"))
                warnings.warn(GIVEN_UP, stacklevel=3)
                make_room()
            return self._on_cpu
