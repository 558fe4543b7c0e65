"""The lasso within bounds, by coordinate descent: few amounts that explain what is wanted.

    a = argmin  1/2 sum_i weight_i (wanted_i - J_i a)^2 + sum_h penalty_h |a_h| + ridge/2 |a|^2      with low <= a <= high

scikit-learn's lasso has neither bounds of each amount nor penalties of each, and is not there where faces are edited.
"""

import torch

SWEEPS = 60
"""Most passes over all amounts."""
SETTLED = 1e-4
"""Largest change of an amount in a pass that ends the search."""


def lasso(
    answers: torch.Tensor,
    wanted: torch.Tensor,
    weights: torch.Tensor,
    penalties: torch.Tensor,
    bounds: torch.Tensor,
    ridge: float = 0.0,
) -> torch.Tensor:
    """The amounts a, [H].

    Args:
        answers: J, [M, H].
        wanted, weights: [M] each; weights are not negative.
        penalties: [H], not negative.
        bounds: low and high, [2, H].

    >>> one = torch.ones(2)
    >>> lasso(torch.eye(2), torch.tensor([1.25, 0.2]), one, 0.25 * one, torch.stack([-2 * one, 2 * one]))
    tensor([1., 0.])
    """
    gram = (answers.t() @ (weights[:, None] * answers)).double()
    toward = (answers.t() @ (weights * wanted)).double()
    low, high = bounds.double()
    amounts = torch.zeros_like(toward).clamp(low, high)
    for _ in range(SWEEPS):
        before = amounts.clone()
        for h, own in enumerate(gram.diagonal().tolist()):
            pull = float(toward[h] - gram[h] @ amounts) + own * float(amounts[h])
            size = max(abs(pull) - float(penalties[h]), 0.0) / max(own + ridge, 1e-9)
            amounts[h] = min(max(size if pull > 0 else -size, float(low[h])), float(high[h]))
        if len(amounts) == 0 or float((amounts - before).abs().max()) < SETTLED:
            break
    return amounts.to(answers)
