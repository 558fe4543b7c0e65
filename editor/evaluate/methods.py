"""The ways to edit that are compared: each moves codes along one attribute by an amount of its own unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from editor.edit.directions import SpaceDirections
from editor.edit.locks import all_others_locked
from editor.flow import RealNVP
from editor.spaces import WPlus, WStar
from editor.train.latent_transformer import LatentTransformer


class Method(Protocol):
    """Moves codes [B, 18, 512] along attribute `k` by amounts [B], signed; 0 leaves a code as it is."""

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus: ...


@dataclass(frozen=True)
class AlongNormalsInWPlus:
    """InterFaceGAN: normals [K, 9216] times steps [K], in normalised numbers."""

    flow: RealNVP
    shifts: torch.Tensor

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus:
        return self.flow.denormalise(self.flow.normalise(w_plus) + amounts[:, None] * self.shifts[k])


@dataclass(frozen=True)
class AlongNormalsInWStar:
    """This project's: the same in W*."""

    flow: RealNVP
    shifts: torch.Tensor

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus:
        w_star = self.flow(w_plus)
        shift = amounts[:, None] * self.shifts[k]
        return self.flow.inverse(WStar(w_star + shift.unflatten(1, w_star.shape[1:])))


@dataclass(frozen=True)
class ByTransformer:
    """The Latent Transformer's."""

    flow: RealNVP
    transformers: Sequence[LatentTransformer]

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> WPlus:
        numbers = self.flow.normalise(w_plus)
        return self.flow.denormalise(numbers + amounts[:, None] * self.transformers[k](numbers))


def all_methods(
    flow: RealNVP, w_plus: SpaceDirections, w_star: SpaceDirections, transformers: Sequence[LatentTransformer]
) -> dict[str, Method]:
    """The five of the comparison. Units are the calibrated steps; what was matched on images is measured, not assumed."""

    def shifts(part: SpaceDirections, normals: torch.Tensor) -> torch.Tensor:
        return part.steps[:, None] * normals

    return {
        "w_plus": AlongNormalsInWPlus(flow, shifts(w_plus, w_plus.normals)),
        "w_plus_conditional": AlongNormalsInWPlus(flow, shifts(w_plus, all_others_locked(w_plus.normals))),
        "latent_transformer": ByTransformer(flow, transformers),
        "w_star": AlongNormalsInWStar(flow, shifts(w_star, w_star.normals)),
        "w_star_locked": AlongNormalsInWStar(flow, shifts(w_star, all_others_locked(w_star.normals))),
    }
