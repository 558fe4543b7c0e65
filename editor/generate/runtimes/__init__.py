"""Ways to run a generator behind one interface: OpenVINO where there is only a CPU, CUDA graphs on a GPU, PyTorch elsewhere."""

from pathlib import Path

import torch

from editor.devices.precision import has_fast_bf16
from editor.generate.runtimes.cuda import CarefulRuntime, CudaRuntime
from editor.generate.runtimes.plain import Runtime, TorchRuntime
from editor.generate.trunk import Generator

__all__ = ["CarefulRuntime", "CudaRuntime", "Runtime", "TorchRuntime", "best_runtime"]


def best_runtime(
    generator: Generator, device: torch.device, kept: Path | None = None, beside: Runtime | None = None
) -> Runtime:
    """The fastest on a device.

    Args:
        kept: folder in which OpenVINO's runtime keeps the converted network; its name must change with the weights.
        beside: a runtime whose generator has the same trunk, which OpenVINO's runtimes then share.
    """
    if device.type == "cpu":
        from editor.generate.runtimes.openvino import OpenVinoRuntime  # 50 MB that a training on a GPU can do without

        return OpenVinoRuntime(generator, kept, beside if isinstance(beside, OpenVinoRuntime) else None, has_fast_bf16(device))
    runtime = CudaRuntime(generator, device) if device.type == "cuda" else TorchRuntime(generator, device)
    return CarefulRuntime(runtime, generator)
