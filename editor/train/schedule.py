"""The schedule of the learning rate, and the moving average of weights."""

import math

import torch
from torch import nn


def schedule(step: int, steps: int, warmup: int = 200) -> float:
    """The learning rate at a step as a share of its peak, in (0, 1]: linear warm-up, then half a cosine down to 0.02."""
    fall = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / warmup) * (0.02 + 0.98 * fall)


def update_average(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Move `average` towards `model` in place: average <- decay average + (1 - decay) model, parameters and buffers alike.

    Buffers of whole numbers, such as counts, are copied.
    """
    with torch.no_grad():
        for mine, theirs in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(theirs, 1 - decay)
            else:
                mine.copy_(theirs)
