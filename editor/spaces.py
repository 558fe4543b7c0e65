"""The nodes of the picture in `editor/__init__.py`: the spaces a face passes through on its way to an image.

W+ is StyleGAN2's extended latent space: one 512-vector for each of the generator's 18 style inputs
(Abdal et al., "Image2StyleGAN", 2019). W* is what a trained flow T makes of it (Shukor et al., ICIP 2022).
Both are [B, 18, 512] float tensors; the types keep one from being handed where the other is meant.
"""

from typing import NewType

import torch

LAYERS = 18
CHANNELS = 512

WPlus = NewType("WPlus", torch.Tensor)
"""Codes the generator understands, [B, 18, 512]."""

WStar = NewType("WStar", torch.Tensor)
"""Codes in the unfolded space, [B, 18, 512]."""


def broadcast_w(w: torch.Tensor) -> WPlus:
    """Lift [B, 512] codes of W to W+ by giving every layer the same vector."""
    return WPlus(w[:, None, :].expand(-1, LAYERS, -1).contiguous())
