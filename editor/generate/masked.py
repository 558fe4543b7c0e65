"""Several codes in one picture, each where it belongs.

A style scales the channels of a feature map, x_c(p) -> s_c x_c(p). Nothing asks that it be the same at every place p, so with
K codes and a share of each at every place, which sum to one,

    s_c(p) = sum_k share_k(p) s_kc

and the convolutions join what meets at a border. That the face stays the first code's outside the place an edit is meant for
is decided while it is drawn, at every resolution: no seam, no ghost, as there are between two pictures laid over each other.
"""

from collections.abc import Callable

import torch

from editor.spaces import MaskedCodes

Style = torch.Tensor | MaskedCodes
"""What one of its layers reads of them: [B, 512], or several."""


def by_mask(value: Callable[[torch.Tensor], torch.Tensor], w: Style, side: int) -> torch.Tensor:
    """What a style amounts to for a feature map of `side` pixels: [B, C, 1, 1], or [B, C, side, side] by place.

    Args:
        value: styles [..., 512] -> [..., C].
        w: styles [B, 512], or those of several codes with their masks.
        side: in pixels, a power of two.

    >>> def first(codes):
    ...     return codes[..., :1]
    >>> by_mask(first, torch.ones(2, 512), side=4).shape
    torch.Size([2, 1, 1, 1])
    >>> masked = MaskedCodes(torch.stack([torch.zeros(1, 512), torch.ones(1, 512)], 1), torch.full((1, 2, 4, 4), 0.5))
    >>> by_mask(first, masked, side=2)
    tensor([[[[0.5000, 0.5000],
              [0.5000, 0.5000]]]])
    """
    if not isinstance(w, MaskedCodes):
        return value(w)[:, :, None, None]
    masks = w.masks_at(side)
    return (value(w.codes).transpose(1, 2) @ masks.flatten(2)).unflatten(2, masks.shape[2:])
