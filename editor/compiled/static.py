"""A module compiled for this CPU: inputs of fixed shapes, several results."""

import queue
from collections.abc import Callable, Sequence
from pathlib import Path

import openvino
import torch
from torch import nn

from editor.compiled.converted import kept_model, traced
from editor.compiled.threads import thread_hints


class StaticGraph:
    """A module compiled for inputs of the examples' shapes. Threads take turns, as many at a time as there are streams.

    Args:
        make: the module; called only where it is not kept.
        kept: folder of its own; its name must change with the module's weights. None: nothing is kept.
        precision: "f32", or "bf16" where the CPU has instructions for it.
        threads: that compute a call; None: one for each core. A single one is the thread that calls, with its priority.
        streams: calls that run at a time, each with buffers of its own. Of several, each has one thread.
            All together are as quick, and do not wait where another process has a core.

    >>> graph = StaticGraph(lambda: nn.Softmax(-1), [torch.zeros(1, 2)])
    >>> graph(torch.zeros(1, 2))
    [tensor([[0.5000, 0.5000]])]
    """

    def __init__(
        self,
        make: Callable[[], nn.Module],
        examples: Sequence[torch.Tensor],
        kept: Path | None = None,
        precision: str = "f32",
        threads: int | None = None,
        streams: int = 1,
    ):
        def model() -> openvino.Model:
            made = traced(make(), examples)
            made.reshape({at: list(example.shape) for at, example in enumerate(examples)})
            return made

        hints = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"} | thread_hints(threads)
        if streams > 1:
            hints |= {"NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": streams}
        compiled = openvino.Core().compile_model(kept_model(kept, model), "CPU", hints)
        self._idle: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
        for _ in range(streams):
            self._idle.put(compiled.create_infer_request())

    def __call__(self, *inputs: torch.Tensor) -> list[torch.Tensor]:
        """All results, each a tensor of its own."""
        request = self._idle.get()
        try:
            arrays = [given.detach().contiguous().numpy() for given in inputs]  # shared, so they live until it has run
            for at, array in enumerate(arrays):
                request.set_input_tensor(at, openvino.Tensor(array, shared_memory=True))
            request.infer()
            return [torch.from_numpy(result.data.copy()) for result in request.output_tensors]
        finally:
            self._idle.put(request)
