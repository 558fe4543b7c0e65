"""A two-layer perceptron on codes: how much about attributes is in them that no hyperplane finds."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

Part = tuple[torch.Tensor, torch.Tensor]
"""Vectors [N, D] and bool labels [N, K]."""


def fit_perceptron(
    train: Part, validation: Part, hidden: int = 512, epochs: int = 10, batch: int = 128, rate: float = 1e-3, seed: int = 0
) -> nn.Module:
    """Fit with dropout and a one-cycle rate; returns the epoch of the best mean validation accuracy, frozen, in eval mode.

    Args:
        train, validation: vectors [N, D] and bool labels [N, K] each.
        hidden: width of the hidden layer.
        batch: samples a step; the training part needs at least as many.
        rate: the highest learning rate of the cycle.
        seed: of PyTorch's global random vectors.

    >>> vectors = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))
    >>> net = fit_perceptron((vectors, vectors[:, :1] > 0), (vectors, vectors[:, :1] > 0), hidden=8, epochs=1, batch=32)
    >>> net(vectors).shape
    torch.Size([64, 1])
    """
    vectors, labels = train
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Dropout(0.3), nn.Linear(vectors.shape[1], hidden), nn.GELU(), nn.Dropout(0.5), nn.Linear(hidden, labels.shape[1])
    )
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    steps = max(1, len(vectors) // batch)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, epochs * steps)
    best, state = -1.0, net.state_dict()
    for _ in range(epochs):
        net.train()
        for chosen in torch.randperm(len(vectors))[: steps * batch].split(batch):
            loss = F.binary_cross_entropy_with_logits(net(vectors[chosen]), labels[chosen].float())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cycle.step()
        net.eval()
        with torch.no_grad():
            accuracy = ((net(validation[0]) > 0) == validation[1]).float().mean().item()
        if accuracy > best:
            best, state = accuracy, copy.deepcopy(net.state_dict())
    net.load_state_dict(state)
    return net.eval().requires_grad_(False)
