"""The schedule of the learning rate, and the moving average of weights."""

import math

import torch
from torch import nn


def schedule(step: int, steps: int, warmup: int = 200) -> float:
    """The learning rate at a step as a share of its peak, in (0, 1]: linear warm-up, then half a cosine down to 0.02.

    >>> [round(schedule(step, steps=1000, warmup=200), 3) for step in (0, 199, 600, 1000)]
    [0.005, 0.907, 0.359, 0.02]
    """
    fall = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, (step + 1) / warmup) * (0.02 + 0.98 * fall)


def update_average(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Move `average` towards `model` in place: average <- decay average + (1 - decay) model, parameters and buffers alike.

    Buffers of whole numbers, such as counts, are copied.

    >>> average, model = nn.Linear(1, 1), nn.Linear(1, 1)
    >>> before, target = average.weight.item(), model.weight.item()
    >>> update_average(average, model, decay=0.75)
    >>> abs(average.weight.item() - (0.75 * before + 0.25 * target)) < 1e-6
    True
    """
    with torch.no_grad():
        for mine, theirs in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(theirs, 1 - decay)
            else:
                mine.copy_(theirs)
