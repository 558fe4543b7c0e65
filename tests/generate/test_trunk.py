"""A generator in two pieces draws as a whole one, and a LoRA changes one trunk without touching it."""

import gc
import weakref

import pytest
import torch

from editor.generate.mobile import Synthesis
from editor.generate.runtimes import TorchRuntime
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.trunk import FittedTrunks, Generator, whole_generator, zero_lora

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
def lora(generator, random):
    return zero_lora(generator.trunk, rank=2).map(lambda factor: torch.randn(factor.shape, generator=random))


@pytest.fixture
def w_plus(random) -> torch.Tensor:
    return torch.randn(2, 18, 512, generator=random)


def drawn(generator, w_plus, lora):
    return generator.with_trunk(generator.trunk.fitted(lora))(w_plus)


@pytest.mark.parametrize("source", [4, 8, 16, 32])
def test_trunk_and_tail_are_the_whole(source, synthesis, w_plus):
    assert torch.allclose(whole_generator(synthesis, source)(w_plus), synthesis(w_plus), atol=1e-6)


def test_a_delta_covers_the_trunk_and_nothing_else_and_begins_as_nothing(generator, w_plus):
    nothing = zero_lora(generator.trunk)
    assert sorted(nothing.factors) == [f"synthesis.layers.{k}.conv{n}.conv.weight" for k in (0, 1) for n in (1, 2)]
    assert torch.equal(drawn(generator, w_plus, nothing), generator(w_plus)) and nothing.size() == 0


def test_a_delta_changes_the_image_and_leaves_the_generator_alone(generator, lora, w_plus):
    before = generator(w_plus)
    assert (drawn(generator, w_plus, lora) - before).abs().max() > 1e-3
    assert torch.equal(generator(w_plus), before)


def test_gradients_reach_every_factor(generator, lora, w_plus):
    leaves = lora.map(lambda factor: factor.clone().requires_grad_())
    drawn(generator, w_plus, leaves).square().mean().backward()
    assert all(factor.grad.abs().sum() > 0 for factor in leaves.parameters)


def test_both_runtimes_draw_with_a_delta_and_share_a_trunk(generator, lora, w_plus):
    expected, trunk = drawn(generator, w_plus, lora), generator.trunk.fitted(lora)
    halved = generator.trunk.fitted(lora.map(torch.Tensor.half))
    scale, whole = expected.std(), OpenVinoRuntime(generator)
    for runtime in (TorchRuntime(generator, CPU), whole, OpenVinoRuntime(generator, beside=whole)):
        assert (runtime(w_plus, trunk) - expected).abs().max() < 1e-4 * scale
        assert (runtime(w_plus, halved) - expected).abs().max() < 3e-2 * scale
        assert (runtime(w_plus) - generator(w_plus)).abs().max() < 1e-4 * scale


def test_a_fitted_trunk_shares_all_but_the_changed_weights(generator, lora):
    fitted, changed = generator.trunk.fitted(lora), set(lora.factors)
    own = {name for name, tensor in fitted.state_dict().items() if tensor is not generator.trunk.state_dict()[name]}
    shared = {tensor.data_ptr() for name, tensor in generator.trunk.state_dict().items() if name not in changed}
    assert changed <= own
    assert {tensor.data_ptr() for name, tensor in fitted.state_dict().items() if name not in changed} <= shared


def test_what_was_fitted_in_inference_mode_can_be_differentiated_through(generator, lora, w_plus):
    """A slider is drawn in inference mode, and the same fitted trunk may then serve to refine the code."""
    trunks = FittedTrunks(generator.trunk)
    with torch.inference_mode():
        trunk = trunks(lora)
    codes = w_plus.clone().requires_grad_()
    generator.with_trunk(trunk)(codes).square().mean().backward()
    assert codes.grad is not None and codes.grad.abs().sum() > 0


def test_fitted_trunks_are_made_once_and_go_with_their_photo(generator, lora):
    trunks = FittedTrunks(generator.trunk, most=2)
    others = [lora.map(torch.clone) for _ in range(2)]
    assert trunks(lora) is trunks(lora)
    first, goes = trunks(lora), weakref.ref(trunks(others[0]))
    trunks(others[1])
    assert trunks(lora) is not first, "the one that was used longest ago is made anew"
    del others
    gc.collect()
    assert goes() is None
