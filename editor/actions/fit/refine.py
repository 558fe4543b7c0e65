"""Latent optimisation: move a portrait's code until the generator draws the person in the photo.

    w+ = w_0+ + A z,        stay(z) = mean z^2

w_0+ is the code it starts from: the encoder's, if the portrait was not refined before. A holds the principal axes of W, so z
counts standard deviations along them (`editor.generate.axes`). Staying near keeps the code one that can be edited: what an
encoder gives is, and what lies far from it often is not (Tov et al., "Designing an Encoder for StyleGAN Image Manipulation",
2021).
"""

from collections.abc import Sequence

import torch

from editor.actions.fit.descent import FitConfig, Moves, gradients
from editor.actions.fit.inversion import Inversion
from editor.actions.fit.optimizers import Adam, Optimizer, Preconditioned
from editor.generate.preconditioner import Preconditioner
from editor.generate.trunk import LoRA
from editor.spaces import WPlus


def code_moves(
    w_plus: WPlus,
    axes: torch.Tensor,
    lora: LoRA | None = None,
    preconditioner: Preconditioner | None = None,
    config: FitConfig = FitConfig(),
) -> Moves:
    """Moves of a code, [1, 18, 512].

    Args:
        axes: of W, [512, 512], on the same device.
        lora: stays as it is.
        preconditioner: for these axes, on the same device; None: steps are Adam's, which knows nothing of faces.

    >>> moves = code_moves(WPlus(torch.zeros(1, 18, 512)), torch.eye(512))
    >>> moves.now().w_plus.abs().max().item(), moves.part
    (0.0, 'w_plus')
    """
    with gradients():
        start = w_plus.detach().clone()
        moved = torch.zeros_like(start, requires_grad=True)

    def optimizer(leaves: Sequence[torch.Tensor]) -> Optimizer:
        if preconditioner is None:
            return Adam(leaves, config.momentum, config.scaling)
        (leaf,) = leaves
        return Preconditioned(leaf, preconditioner, config.momentum, config.scaling, config.damping, config.power)

    return Moves(
        part="w_plus",
        leaves=[moved],
        now=lambda: Inversion(WPlus(start + moved @ axes.t()), lora),
        stay=lambda: config.stay * moved.square().mean(),
        rate=config.plain_rate if preconditioner is None else config.rate,
        optimizer=optimizer,
    )
