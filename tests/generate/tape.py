"""A tape stands in for a CUDA graph: it notes every operation with the very tensors it read and wrote, and plays them again."""

from contextlib import nullcontext

import torch
from torch.utils._python_dispatch import TorchDispatchMode


class Tape(TorchDispatchMode):
    """Every operation, with its tensors."""

    def __init__(self):
        super().__init__()
        self.operations = []

    def __torch_dispatch__(self, operation, types, arguments=(), named=None):
        result = operation(*arguments, **(named or {}))
        self.operations.append((operation, arguments, named or {}, result))
        return result

    @torch.no_grad()
    def play(self):
        for operation, arguments, named, result in self.operations:
            again = operation(*arguments, **named)
            pairs = zip(result, again, strict=True) if isinstance(result, tuple | list) else [(result, again)]
            for place, value in pairs:
                if isinstance(place, torch.Tensor) and place.data_ptr() != value.data_ptr():
                    place.copy_(value)


class Taping:
    """Records drawings on tapes, while there is room for them; what is differentiated, with gradients."""

    def __init__(self, room=100, gradients=False):
        self.room, self.recorded, self.gradients = room, 0, gradients

    def __call__(self, draw):
        if self.recorded >= self.room:
            raise torch.OutOfMemoryError("CUDA out of memory")
        self.recorded += 1
        with nullcontext() if self.gradients else torch.inference_mode(), Tape() as tape:
            images = draw()

        def replay():
            tape.play()
            return images

        return replay
