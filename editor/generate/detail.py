"""A small drawing nearly as good as a full one, once a full one of nearly the same face is there.

What the small generator misses (texture, sharpness, a shift of colours) hardly changes from one position of a slider to the
next. So it is measured where the slider last rested, at w_0, and added to what is drawn small while it moves:

    image(w) = up(small(w)) + a [ full(w_0) - up(small(w_0)) ],        a = 1 / (1 + d / CHANGE^2)

d is the mean squared change from small(w_0) to small(w) in a patch: where the picture is another, what was missing there says
little. `editor.actions.fit.descent` adds the same difference, without the weights.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from editor.images import shrink

SIDE = 512
"""Side in pixels of what comes out: at twice the preview's, faces look finished, and JPEGs are still quick to make."""
PATCH = 8
"""Side in pixels of the patches, at the small size."""
CHANGE = 0.25
"""Change of a patch, in [-1, 1], at which half is added. Chosen on 6 drawn faces x 4 attributes x 4 strengths, where
anything from 0.2 to 0.4 and patches of 4 to 16 are within 0.1 dB."""


@dataclass(frozen=True, eq=False)
class Detail:
    """What a small drawing misses near one face.

    Attributes:
        small: the face drawn small, [1, 3, r, r] in about [-1, 1].
        missing: what has to be added to it, enlarged, float16 [1, 3, R, R].

    >>> full = torch.rand(1, 3, 64, 64) * 2 - 1
    >>> small = shrink(full, 16)
    >>> torch.allclose(Detail.between(full, small).add_to(small), full, atol=2e-3)
    True
    """

    small: torch.Tensor
    missing: torch.Tensor

    @classmethod
    def between(cls, full: torch.Tensor, small: torch.Tensor) -> "Detail":
        """What `small`, [1, 3, r, r], misses of `full`, [1, 3, S, S], the same face; S at least r."""
        small, full = small.clamp(-1, 1), shrink(full.to(small), max(min(SIDE, full.shape[-1]), small.shape[-1]))
        return cls(small, (full.clamp(-1, 1) - _enlarge(small, full.shape[-1])).half())

    def add_to(self, small: torch.Tensor) -> torch.Tensor:
        """A face near this one, drawn small, [1, 3, r, r] -> [1, 3, R, R] in [-1, 1]."""
        small = small.clamp(-1, 1).to(self.small.device)  # the GPU may have been given up since this was measured
        change = F.avg_pool2d((small - self.small).square().mean(1, keepdim=True), PATCH)
        share = self.enlarge(1 / (1 + change / CHANGE**2))
        return self.enlarge(small).addcmul(share, self.missing.float()).clamp(-1, 1)

    def enlarge(self, small: torch.Tensor) -> torch.Tensor:
        """The small drawing alone, [1, 3, r, r] -> [1, 3, R, R], the size of what comes out."""
        return _enlarge(small, self.missing.shape[-1])


def _enlarge(image: torch.Tensor, side: int) -> torch.Tensor:
    return F.interpolate(image, size=(side, side), mode="bilinear", align_corners=False)
