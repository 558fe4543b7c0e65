"""The least time a drawing can take on a device: its operations at the rate of matrix products there, or its bytes at the rate
memory is copied, whichever is longer. Both rates are measured, in the same run.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from editor.generate import mobile, stylegan2
from editor.generate.trunk import Generator
from editor.spaces import WPlus

MAPS = (stylegan2.StyledConv, stylegan2.ToRgb, mobile.StyledConv, mobile.ToImage)
"""Layers whose output has to be written once and read once."""


@dataclass(frozen=True)
class Floor:
    """Attributes:
    operations: multiplications and additions of one drawing.
    moved: bytes that it must move at least: weights read once, maps written and read once.
    operations_a_second, bytes_a_second: as measured.
    """

    operations: int
    moved: int
    operations_a_second: float
    bytes_a_second: float

    @property
    def milliseconds(self) -> float:
        """The longer of the two."""
        return 1e3 * max(self.operations / self.operations_a_second, self.moved / self.bytes_a_second)


def measure_floor(generator: Generator, w_plus: WPlus) -> Floor:
    """Of drawing these codes, on the device they are on."""
    device, half = w_plus.device, w_plus.device.type == "cuda"
    moved = sum(parameter.numel() for parameter in generator.parameters()) * (2 if half else 4)
    sizes: list[int] = []

    def note(_: nn.Module, __: object, output: torch.Tensor) -> None:
        sizes.append(2 * output.numel() * output.element_size())

    hooks = [module.register_forward_hook(note) for module in generator.modules() if isinstance(module, MAPS)]
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        generator(w_plus)
    for hook in hooks:
        hook.remove()
    return Floor(counter.get_total_flops(), moved + sum(sizes), _matrix_rate(device, half), _copy_rate(device))


def _matrix_rate(device: torch.device, half: bool) -> float:
    side = 8192 if half else 2048
    one = torch.randn(side, side, device=device, dtype=torch.float16 if half else torch.float32)
    return 2 * side**3 / _seconds(lambda: one @ one, device)


def _copy_rate(device: torch.device) -> float:
    one = torch.empty(1 << (28 if device.type == "cuda" else 26), device=device)
    other = torch.empty_like(one)
    return 2 * one.numel() * one.element_size() / _seconds(lambda: other.copy_(one), device)


def _seconds(action: Callable[[], object], device: torch.device, repeats: int = 10) -> float:
    times = []
    for _ in range(repeats):
        wait(device)
        begin = time.perf_counter()
        action()
        wait(device)
        times.append(time.perf_counter() - begin)
    return min(times)


def wait(device: torch.device) -> None:
    """Until a device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
