"""One affine coupling of a Real NVP (Dinh et al., "Density estimation using Real NVP", ICLR 2017), without batch norm.

A mask b in {0, 1} splits the numbers of a code. Those it keeps decide how the others are scaled and shifted:

    forward    y = b x + (1 - b) (x exp(s(b x)) + t(b x))          log|det| = sum (1 - b) s(b x)
    inverse    x = b y + (1 - b) (y - t(b y)) exp(-s(b y))

As in the paper, s and t are three fully connected layers each, LeakyReLU between them and Tanh at the end; the Tanh keeps
every scale between exp(-1) and exp(1), times a bound of its own. They read only the numbers that are kept and answer only for
the others: half the weights and half the work of masking with zeros, and the same function.
"""

import torch
from torch import nn


def fully_connected(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Three fully connected layers, LeakyReLU hidden, Tanh out: [..., inputs] -> [..., outputs] in (-1, 1).

    The last layer starts at zero, so a fresh flow is the identity.

    >>> fully_connected(4, 8, 2)(torch.randn(3, 4))
    tensor([[0., 0.],
            [0., 0.],
            [0., 0.]], grad_fn=<TanhBackward0>)
    """
    last = nn.Linear(hidden, outputs)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.LeakyReLU(),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(),
        last,
        nn.Tanh(),
    )


class Coupling(nn.Module):
    """An invertible map of the last dimension, [..., C] -> [..., C].

    >>> coupling = Coupling(torch.tensor([True, False, True]), hidden=8, bound=0.5)
    >>> _ = nn.init.normal_(coupling.scale[-2].weight)  # a fresh one is the identity
    >>> x = torch.randn(2, 3)
    >>> torch.allclose(coupling.inverse(coupling(x)[0]), x, atol=1e-5)
    True
    """

    kept: torch.Tensor
    free: torch.Tensor

    def __init__(self, mask: torch.Tensor, hidden: int, bound: float):
        """
        Args:
            mask: [C] bool; the numbers that are kept.
            hidden: width of s and t.
            bound: largest |s|; log-scales beyond it cannot be reached, so the inverse stays well conditioned.
        """
        super().__init__()
        for name, chosen in (("kept", mask), ("free", ~mask)):
            self.register_buffer(name, chosen.nonzero().flatten(), persistent=False)
        self.bound = bound
        sizes = len(self.kept), hidden, len(self.free)
        self.scale = fully_connected(*sizes)
        self.translation = fully_connected(*sizes)

    def _scale_and_shift(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        kept = x[..., self.kept]
        return self.bound * self.scale(kept), self.translation(kept)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Transform: x [..., C] -> y [..., C], and log|det dy/dx|, [...]."""
        s, t = self._scale_and_shift(x)
        return x.index_copy(-1, self.free, x[..., self.free] * s.exp() + t), s.sum(-1)

    def inverse(self, y: torch.Tensor) -> torch.Tensor:
        """Undo `forward`: y [..., C] -> the x [..., C] that `forward` maps to y."""
        s, t = self._scale_and_shift(y)
        return y.index_copy(-1, self.free, (y[..., self.free] - t) * (-s).exp())
