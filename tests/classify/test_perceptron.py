"""The perceptron finds what no hyperplane does."""

import torch

from editor.classify.linear import fit_linear
from editor.classify.perceptron import fit_perceptron


def test_it_finds_a_ring(random):
    numbers = torch.randn(1500, 6, generator=random)
    labels = (numbers[:, :2].square().sum(1) > 1.4)[:, None]
    train, validation = (numbers[:1000], labels[:1000]), (numbers[1000:], labels[1000:])
    net = fit_perceptron(train, validation, hidden=64, epochs=30, batch=32, rate=3e-3)
    with torch.no_grad():
        accuracy = ((net(validation[0]) > 0) == validation[1]).float().mean().item()
    assert accuracy > fit_linear(*train, 0.1).accuracy(*validation).item() + 0.1
