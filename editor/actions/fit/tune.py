"""Pivotal tuning: where no code draws the face, the code stays and the generator gives way.

The factors of a LoRA of the generator's first blocks are moved (`editor.generate.trunk`), and stay is its size (Roich et al.,
"Pivotal Tuning for Latent-based Editing of Real Images", 2022).
"""

from editor.actions.fit.descent import FitConfig, Moves, gradients
from editor.actions.fit.inversion import Inversion
from editor.actions.fit.optimizers import Adam
from editor.generate.trunk import LoRA
from editor.spaces import WPlus


def lora_moves(w_plus: WPlus, lora: LoRA, config: FitConfig = FitConfig()) -> Moves:
    """Moves of a LoRA.

    Args:
        w_plus: the pivotal code, [1, 18, 512]; stays as it is.
        lora: the one to begin with, float32, on the device of the code.

    >>> import torch
    >>> moves = lora_moves(WPlus(torch.zeros(1, 18, 512)), LoRA({"weight": (torch.zeros(4, 2), torch.ones(2, 3))}))
    >>> len(moves.leaves), moves.stay().item()
    (2, 0.0)
    """
    with gradients():
        moved = lora.map(lambda factor: factor.detach().clone().requires_grad_())
    return Moves(
        part="lora",
        leaves=moved.parameters,
        now=lambda: Inversion(w_plus, moved),
        stay=lambda: config.tune_stay * moved.size(),
        rate=config.tune_rate,
        optimizer=lambda leaves: Adam(leaves, config.momentum, config.scaling),
    )
