"""A preview of random weights, small enough to be compiled in seconds."""

import torch

from editor.generate.mobile import Synthesis
from editor.generate.preview import PreviewGenerator, SlimBlocks
from editor.generate.trunk import Trunk


def random_preview() -> PreviewGenerator:
    """Draws at 32 px; the same at each call, and leaves PyTorch's random numbers where making it took them."""
    torch.manual_seed(0)
    slim = SlimBlocks(widths=(8, 4), source=8, hidden=2, total=1)
    generator = PreviewGenerator(Trunk(Synthesis((8, 8, 4)), 8), slim, 32).eval()
    for tensor in generator.state_dict().values():
        if tensor.dtype.is_floating_point:
            tensor.normal_(std=0.3)
    return generator.requires_grad_(False)
