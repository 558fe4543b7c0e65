"""Move the codes of many faces nearer to them, as `Editor.refine` moves one: a descent along what drawings answer to.

    z <- z - rate P m / |P m|,      m the mean of the last gradients of  L(drawing of w_0 + A z, photo) + STAY mean z^2

A holds the principal axes of W and P is the preconditioner (`editor.generate.preconditioner`). Drawings are small, and none is
drawn in full to correct them, so this is quicker and a little less exact. One step is a second look: the encoder's code, and
what is amiss where its drawing is laid beside the photo (ReStyle, Alaluf et al., 2021, learns to tell that; here it is the
gradient).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from editor.actions.fit.descent import FitConfig, fall
from editor.actions.fit.optimizers import Preconditioned
from editor.data.pictures import CHUNK, PictureLoss, picture_loss
from editor.encode import OwnEncoder
from editor.generate.preconditioner import Preconditioner, read_preconditioner
from editor.images import shrink
from editor.spaces import WPlus
from editor.weights import WeightStore

SIDE = 128
"""Side in pixels of the drawings that photos are compared with."""
REFINED_BY = ("preconditioner", "preview", "likeness")
"""The weights, beside the encoder's, that say where a code moves."""


@dataclass(frozen=True, eq=False)
class Refiner:
    """Moves codes.

    Attributes:
        encode: faces [B, 3, R, R] in [-1, 1] -> the codes to start from.
        pictures: compares drawings with photos of `side` px.
        known: of the generator that draws.
    """

    encode: Callable[[torch.Tensor], WPlus]
    pictures: PictureLoss
    known: Preconditioner
    side: int
    device: torch.device

    def __call__(self, faces: torch.Tensor, steps: int, config: FitConfig = FitConfig(), share: float = 1.0) -> WPlus:
        """The codes of faces [B, 3, R, R] in [-1, 1] after so many steps, [B, 18, 512] on the CPU.

        Args:
            share: of the way that the steps lead, which is kept; 1: all of it.
        """
        config = config.of(steps)
        with torch.no_grad():
            faces = faces.to(self.device)
            start, wanted, axes = self.encode(faces).float(), shrink(faces, self.side), self.known.axes
            moved = torch.zeros_like(start)
            averages = config.momentum, config.scaling
            optimizer = Preconditioned(moved, self.known, *averages, config.damping, config.power)
            for step in range(steps):
                _, pull = self.pictures(WPlus(start + moved @ axes.t()), wanted)
                gradient = pull.float() @ axes + 2 * config.stay * moved / moved[0].numel()
                optimizer.step([gradient], config.rate * fall(step / steps))
            return WPlus((start + share * moved @ axes.t()).cpu())


def refiner(encoder: OwnEncoder, store: WeightStore, device: torch.device) -> Refiner:
    """What moves the codes of an encoder of the embedded generator. Making it takes half a minute on a CPU.

    Args:
        encoder: on `device`.

    >>> refiner(editor.models.encoder, store, torch.device("meta")).side
    128
    """
    known = read_preconditioner(store.path("preconditioner")).to(device)

    def encode(faces: torch.Tensor) -> WPlus:
        return WPlus(torch.cat([encoder(face) for face in faces.split(1 if device.type == "cpu" else CHUNK)]))

    return Refiner(encode, picture_loss(store, SIDE, FitConfig().weights, device), known, SIDE, device)
