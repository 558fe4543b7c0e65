"""Gradients written down as a graph equal those that PyTorch computes, for every operation that has a rule here."""

import pytest
import torch
import torch.nn.functional as F

from editor.compiled.static import StaticGraph
from editor.generate.mobile import inverse_haar
from editor.generate.runtimes.gradient import with_gradients
from editor.images import shrink

PLAIN, DEEP = torch.randn(3, 4, 3, 3), torch.randn(4, 1, 3, 3)
FUNCTIONS = {
    "convolution": lambda x: F.conv2d(x, PLAIN, padding=1),
    "depthwise": lambda x: F.conv2d(x, DEEP, padding=1, groups=4),
    "unpadded": lambda x: F.conv2d(x, DEEP, groups=4),
    "strided": lambda x: F.conv2d(F.pad(x, (0, 1, 0, 1)), PLAIN, stride=2),
    "strided, depthwise": lambda x: F.conv2d(F.pad(x, (0, 1, 0, 1)), DEEP, stride=2, groups=4),
    "enlarged": lambda x: F.interpolate(x, size=(13, 13), mode="bilinear", align_corners=False),
    "shrunk bilinearly": lambda x: F.interpolate(x, size=(5, 5), mode="bilinear", align_corners=False),
    "a part": lambda x: x[..., 2:-3, 1:4],
    "one channel": lambda x: x[:, -2],
    "wavelet": inverse_haar,
    "leaky": lambda x: F.leaky_relu(x, 0.2),
    "clipped": lambda x: F.relu6(4 * x),
    "normalised": lambda x: F.normalize(x.mean((2, 3)), dim=1),
    "averaged": lambda x: shrink(x[:, :3], 4),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_is_the_one_that_pytorch_computes(name, random):
    x = torch.randn(1, 4, 8, 8, generator=random)
    weights = torch.randn(FUNCTIONS[name](x).shape, generator=random)

    def function(x, weights):
        return (FUNCTIONS[name](x) * weights).sum(), ()

    leaf = x.clone().requires_grad_()
    (expected,) = torch.autograd.grad(function(leaf, weights)[0], leaf)
    (found,) = with_gradients(function, [x, weights], of=[0])(x, weights)
    assert torch.allclose(found, expected, atol=1e-5)


def test_what_no_rule_covers_is_refused_and_not_wrong(random):
    x = torch.randn(1, 4, 8, 8, generator=random)
    with pytest.raises(NotImplementedError, match="strides"):
        with_gradients(lambda x: (F.conv2d(x, PLAIN, stride=3).sum(), ()), [x], of=[0])


def test_a_graph_reads_inputs_that_lie_otherwise_in_memory(random):
    """They are copied, and the copies must live until the graph has run."""
    x = torch.randn(1, 64, 64, 4, generator=random).permute(0, 3, 1, 2)
    graph = StaticGraph(lambda: torch.nn.Identity(), [x])
    for _ in range(3):
        assert torch.equal(graph(x)[0], x)
