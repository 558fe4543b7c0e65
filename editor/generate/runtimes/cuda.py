"""A generator on a GPU: the kernels of a drawing recorded once and replayed, and what happens when memory runs out.

A drawing is some 150 kernels, most of them shorter than it takes to launch them one by one; a CUDA graph launches them all at
once. `editor.generate.runtimes.recorded` says which drawings are recorded.
"""

import threading
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import torch

from editor.devices.memory import joined, make_room, on_cpu
from editor.generate.runtimes.plain import Runtime, TorchRuntime
from editor.generate.runtimes.recorded import RecordedRuntime
from editor.generate.trunk import Generator, Trunk, full_precision
from editor.spaces import Codes, MaskedCodes, WPlus, one_by_one

Result = TypeVar("Result")
"""One tensor, or several: always the same places."""
WARM_UP = 3
"""Computations before recording, in which cuDNN chooses its kernels."""
GIVEN_UP = "The GPU's memory ran out, so pictures are drawn on the CPU now: slowly. Close what else uses the GPU and restart."


class CudaRuntime(RecordedRuntime):
    """The module on a GPU, its common drawings recorded as CUDA graphs."""

    def __init__(self, generator: Generator, device: torch.device):
        eager = TorchRuntime(generator, device)
        super().__init__(eager, eager.trunk, CudaGraphs(device), device)


class CudaGraphs:
    """Records what is computed from fixed places, such as drawings, as CUDA graphs, all with one pool of memory.

    They may be replayed in any order, since none reads what another wrote, but never two at once (PyTorch's pull request 166975
    says so, and vLLM does it). So a picture must be copied away before the next replay.
    """

    def __init__(self, device: torch.device):
        self._device = device
        self._pool: Any = None

    def __call__(self, draw: Callable[[], Result]) -> Callable[[], Result]:
        self._pool = self._pool or torch.cuda.graph_pool_handle()
        with torch.cuda.device(self._device):
            aside = torch.cuda.Stream(self._device)
            aside.wait_stream(torch.cuda.current_stream(self._device))
            with torch.cuda.stream(aside):
                for _ in range(WARM_UP):
                    draw()
            torch.cuda.current_stream(self._device).wait_stream(aside)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
                result = draw()

        def replay() -> Result:
            graph.replay()
            return result

        return replay


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

    def prepare(self) -> None:
        """Make ready what the first drawings would otherwise wait for."""
        if self._on_cpu is None:
            getattr(self._runtime, "prepare", lambda: None)()

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
