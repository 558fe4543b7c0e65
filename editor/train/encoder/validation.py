"""How an encoder does on people it is not trained on, by the measures that count in the end.

same_person         share of photos whose drawing dlib takes for the same person; one in which it finds no face is not
identity_distance   mean of dlib's distances where it finds both faces
mse_central         mean squared error of the middle 3/4 of the frame, pixels in [-1, 1]
size, spread        mean square of the codes' moves along W's axes, and their variance over layers
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch
from PIL import Image

from editor.encode import PyramidEncoder
from editor.images import shrink, to_picture, to_signed
from editor.judge.identity import SAME_PERSON, identity_distance
from editor.judge.likeness import centre
from editor.spaces import WPlus


class Judge(Protocol):
    """Embeds faces: `editor.judge.identity.IdentityJudge`."""

    def embed(self, picture: Image.Image) -> np.ndarray | None:
        """The embedding of the largest face in a picture; None where there is none."""
        ...


class Validation:
    """Photos of people apart.

    Args:
        photos: bytes [N, 3, R, R]; R is the side at which pictures are compared.
        draw: W+ [1, 18, 512] -> a picture [1, 3, S, S] in about [-1, 1], S at least R.
    """

    def __init__(self, photos: torch.Tensor, draw: Callable[[WPlus], torch.Tensor], judge: Judge):
        self.photos, self._draw, self._judge = photos, draw, judge
        self._known: list[np.ndarray | None] | None = None

    def __call__(self, encoder: PyramidEncoder, device: torch.device) -> dict[str, float]:
        """The measures, by name; nothing without photos."""
        if not len(self.photos):
            return {}
        if self._known is None:
            self._known = [self._judge.embed(to_picture(to_signed(photo))) for photo in self.photos.split(1)]
        rows = [self._row(encoder, device, *pair) for pair in zip(self.photos.split(1), self._known, strict=True)]
        error, distance, size, spread = np.array(rows).T
        found = distance[~np.isnan(distance)]
        return {
            "same_person": float((np.nan_to_num(distance, nan=np.inf) < SAME_PERSON).mean()),
            "identity_distance": float(found.mean()) if len(found) else float("nan"),
            "mse_central": float(error.mean()),
            "validation_size": float(size.mean()),
            "validation_spread": float(spread.mean()),
        }

    @torch.no_grad()
    def _row(
        self, encoder: PyramidEncoder, device: torch.device, photo: torch.Tensor, known: np.ndarray | None
    ) -> tuple[float, float, float, float]:
        face = to_signed(photo)
        moves = encoder.moves(face.to(device))
        drawn = shrink(self._draw(encoder.codes(moves)).float().cpu().clamp(-1, 1), face.shape[-1])
        mine = self._judge.embed(to_picture(drawn))
        distance = np.nan if known is None or mine is None else identity_distance(known, mine)
        spread = moves.var(dim=1).mean().item()
        return centre((drawn - face).square()).mean().item(), distance, moves.square().mean().item(), spread
