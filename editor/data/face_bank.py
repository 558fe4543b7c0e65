"""A cache of the last generated faces, so that each is learned from more than once."""

from collections.abc import Callable

import torch

from editor.images import to_signed
from editor.spaces import WPlus

Faces = tuple[torch.Tensor, torch.Tensor]
"""Codes [N, 18, 512] in half precision and their faces as bytes [N, 3, R, R], on one device."""


class FaceBank:
    """The faces generated in the last `memory` steps.

    What it holds at a step follows from `make` and the step alone: after a resume the missing faces are generated again.
    """

    def __init__(self, make: Callable[[int], Faces], memory: int):
        """
        Args:
            make: step -> the faces generated at it; a function of the step.
        """
        self._make = make
        self._memory = memory
        self._generated: dict[int, Faces] = {}

    def batch(self, step: int, count: int, random: torch.Generator) -> tuple[WPlus, torch.Tensor]:
        """`count` codes and their faces [count, 3, R, R] in [-1, 1]: this step's, then some of the last steps'.

        Steps must be requested in order.
        """
        for missing in [s for s in range(max(0, step - self._memory), step + 1) if s not in self._generated]:
            self._generated[missing] = self._make(missing)
        self._generated.pop(step - self._memory - 1, None)
        fresh, held = self._generated[step], list(self._generated.values())
        pieces = [(fresh[0][i], fresh[1][i]) for i in range(len(fresh[0]))]
        while len(pieces) < count:
            codes, faces = held[int(torch.randint(len(held), (), generator=random))]
            index = int(torch.randint(len(codes), (), generator=random))
            pieces.append((codes[index], faces[index]))
        codes = WPlus(torch.stack([code for code, _ in pieces]).float())
        return codes, to_signed(torch.stack([face for _, face in pieces]))
