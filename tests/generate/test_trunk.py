"""A generator in two pieces draws as a whole one, and a delta changes one trunk without touching it."""

import pytest
import torch

from editor.generate.mobile import Synthesis
from editor.generate.runtimes import TorchRuntime
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.trunk import Generator, no_delta, whole_generator

CPU = torch.device("cpu")


@pytest.fixture
def synthesis(random) -> Synthesis:
    network = Synthesis(widths=(16, 16, 16, 16))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    return network.eval().requires_grad_(False)


@pytest.fixture
def generator(synthesis) -> Generator:
    return whole_generator(synthesis, source=16)


@pytest.fixture
def delta(generator, random):
    return no_delta(generator.trunk, rank=2).map(lambda factor: torch.randn(factor.shape, generator=random))


@pytest.fixture
def w_plus(random) -> torch.Tensor:
    return torch.randn(2, 18, 512, generator=random)


@pytest.mark.parametrize("source", [4, 8, 16, 32])
def test_trunk_and_tail_are_the_whole(source, synthesis, w_plus):
    assert torch.allclose(whole_generator(synthesis, source)(w_plus), synthesis(w_plus), atol=1e-6)


def test_a_delta_covers_the_trunk_and_nothing_else_and_begins_as_nothing(generator, w_plus):
    nothing = no_delta(generator.trunk)
    assert sorted(nothing.factors) == [f"synthesis.layers.{k}.conv{n}.conv.weight" for k in (0, 1) for n in (1, 2)]
    assert torch.equal(generator(w_plus, nothing), generator(w_plus)) and nothing.size() == 0


def test_a_delta_changes_the_image_and_leaves_the_generator_alone(generator, delta, w_plus):
    before = generator(w_plus)
    assert (generator(w_plus, delta) - before).abs().max() > 1e-3
    assert torch.equal(generator(w_plus), before)


def test_gradients_reach_every_factor(generator, delta, w_plus):
    leaves = delta.map(lambda factor: factor.clone().requires_grad_())
    generator(w_plus, leaves).square().mean().backward()
    assert all(factor.grad.abs().sum() > 0 for factor in leaves.parameters)


def test_both_runtimes_draw_with_a_delta_and_share_a_trunk(generator, delta, w_plus):
    expected = generator(w_plus, delta)
    scale, whole = expected.std(), OpenVinoRuntime(generator)
    for runtime in (TorchRuntime(generator, CPU), whole, OpenVinoRuntime(generator, beside=whole)):
        assert (runtime(w_plus, delta) - expected).abs().max() < 1e-4 * scale
        assert (runtime(w_plus, delta.map(torch.Tensor.half)) - expected).abs().max() < 3e-2 * scale
        assert (runtime(w_plus) - generator(w_plus)).abs().max() < 1e-4 * scale
