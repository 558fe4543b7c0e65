"""A module compiled for this CPU: inputs of fixed shapes, several results."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import openvino
import torch
from torch import nn

from editor.compiled.converted import kept_model, traced
from editor.compiled.threads import thread_hints


class StaticGraph:
    """A module compiled for inputs of the examples' shapes. Threads take turns, since it has the buffers of one call.

    Args:
        make: the module; called only where it is not kept.
        kept: folder of its own; its name must change with the module's weights. None: nothing is kept.
        precision: "f32", or "bf16" where the CPU has instructions for it.
        threads: that compute; None: one for each core. A single one is the thread that calls, with its priority.

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
    ):
        def model() -> openvino.Model:
            made = traced(make(), examples)
            made.reshape({at: list(example.shape) for at, example in enumerate(examples)})
            return made

        hints = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"} | thread_hints(threads)
        self._request = openvino.Core().compile_model(kept_model(kept, model), "CPU", hints).create_infer_request()
        self._turn = threading.Lock()

    def __call__(self, *inputs: torch.Tensor) -> list[torch.Tensor]:
        """All results, each a tensor of its own."""
        with self._turn:
            arrays = [given.detach().contiguous().numpy() for given in inputs]  # shared, so they live until it has run
            for at, array in enumerate(arrays):
                self._request.set_input_tensor(at, openvino.Tensor(array, shared_memory=True))
            self._request.infer()
            return [torch.from_numpy(result.data.copy()) for result in self._request.output_tensors]
