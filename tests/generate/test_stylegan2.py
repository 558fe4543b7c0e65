"""StyleGAN2 draws what the paper's formulas say, from either layout of its weights, whole or in two pieces."""

import pytest
import torch

from editor.generate.layouts import read_stylegan2
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.stylegan2 import StyleGan2, StyleGan2Config, style_statistics
from editor.generate.trunk import early_generator, whole_generator, zero_lora
from tests.generate.stylegan2_files import (
    SMALL,
    nvidia_state,
    persistent_tree,
    random_stylegan2,
    reference_image,
    rosinality_state,
    write_nvidia,
    write_rosinality,
)


@pytest.fixture(scope="module")
def network() -> StyleGan2:
    return random_stylegan2()


@pytest.fixture
def w_plus(random) -> torch.Tensor:
    return torch.randn(2, 18, 512, generator=random)


@pytest.fixture(params=["rosinality", "decoder", "nvidia"])
def file(request, network, tmp_path, monkeypatch):
    if request.param == "rosinality":
        return write_rosinality(network, tmp_path / "stylegan2.pt")
    if request.param == "decoder":
        holder = {"state_dict": rosinality_state(network, "decoder."), "latent_avg": torch.linspace(-1, 1, 512).repeat(18, 1)}
        torch.save(holder, tmp_path / "psp.pt")
        return tmp_path / "psp.pt"
    tree = lambda: {"G": None, "D": None, "G_ema": persistent_tree(nvidia_state(network)), "augment_pipe": None}  # noqa: E731
    return write_nvidia(tree, tmp_path / "ffhq.pkl", monkeypatch)


@pytest.mark.parametrize("far", [1.0, 10.0], ids=["near the mean", "as far out as pSp goes"])
def test_it_is_the_papers_arithmetic(network, w_plus, far):
    drawn = network(w_plus * far)
    for code, image in zip(w_plus * far, drawn, strict=True):
        wanted = torch.from_numpy(reference_image(network.state_dict(), code))
        assert (image - wanted).abs().max() < 1e-4 * wanted.std()


def test_every_layout_draws_the_same_image(network, file, w_plus):
    read, mean = read_stylegan2(file)
    assert (read(w_plus) - network(w_plus)).abs().max() < 1e-4
    assert torch.allclose(mean, torch.linspace(-1, 1, 512)) and read.config == SMALL
    z = torch.randn(3, 512)
    assert torch.equal(read.style(z), network.style(z))


@pytest.mark.parametrize("widths", [(8,) * 5, (8,) * 9], ids=["64", "1024"])
def test_sizes_follow_from_the_tensors(widths, tmp_path):
    made = StyleGan2(StyleGan2Config(widths, depth=1))
    read, _ = read_stylegan2(write_rosinality(made, tmp_path / "any.pt"))
    assert read.resolution == made.resolution == 4 * 2 ** (len(widths) - 1)


def test_at_1024_px_it_has_the_checkpoints_names_and_shapes():
    with torch.device("meta"):
        state = rosinality_state(StyleGan2())
    assert len(state) == 171
    assert sum(tensor.numel() for tensor in state.values()) == 30_370_060 + 2_796_432
    assert state["convs.15.conv.weight"].shape == (1, 32, 32, 3, 3) and state["noises.noise_16"].shape[-1] == 1024


def test_each_layer_of_a_code_is_read(network, w_plus):
    code = w_plus[:1].clone().requires_grad_()
    network(code).square().sum().backward()
    assert (code.grad.abs().sum((0, 2)) > 0).tolist() == [layer < 10 for layer in range(18)]


@pytest.mark.parametrize("source", [4, 16, 64])
def test_trunk_and_tail_are_the_whole(network, w_plus, source):
    assert torch.allclose(whole_generator(network, source)(w_plus), network(w_plus), atol=1e-5)


def test_the_preview_is_the_image_as_far_as_it_is_drawn(network, w_plus):
    small = early_generator(network, until=32, source=16)(w_plus)
    assert torch.allclose(small, network.features(w_plus, 32)[:, -3:], atol=1e-5) and small.shape[-1] == 32


def test_a_delta_changes_three_by_three_weights_too(network, w_plus, random):
    generator = whole_generator(network, 16)
    nothing = zero_lora(generator.trunk, rank=2)
    assert sorted(nothing.factors) == [f"synthesis.convs.{k}.conv.weight" for k in range(4)]
    assert torch.equal(generator.with_trunk(generator.trunk.fitted(nothing))(w_plus), generator(w_plus))
    moved = nothing.map(lambda factor: torch.randn(factor.shape, generator=random).requires_grad_())
    generator.with_trunk(generator.trunk.fitted(moved))(w_plus).square().mean().backward()
    assert all(factor.grad.abs().sum() > 0 for factor in moved.parameters)


@pytest.mark.parametrize("far", [1.0, 10.0])
def test_half_precision_is_safe_where_it_is_used(network, w_plus, far):
    """Half from 16 px on, here in torch's own emulation on the CPU."""
    exact, half = (whole_generator(network, 16, half)(w_plus * far) for half in (False, True))
    assert half.dtype == torch.float32 and half.isfinite().all()
    assert (half - exact).abs().max() < 2e-2 * exact.std()


def test_without_the_factors_that_demodulation_cancels_half_would_overflow(network, w_plus):
    generator = whole_generator(network, 16, half=True)
    with torch.no_grad():
        network.convs[6].conv.modulation.weight.mul_(1e4)
        try:
            exact, half = whole_generator(network, 16)(w_plus), generator(w_plus)
        finally:
            network.convs[6].conv.modulation.weight.mul_(1e-4)
    assert half.isfinite().all() and (half - exact).abs().max() < 2e-2 * exact.std()


def test_openvino_draws_it_too(network, w_plus):
    drawn = OpenVinoRuntime(whole_generator(network, 16))(w_plus)
    assert (drawn - network(w_plus)).abs().max() < 1e-3 * drawn.std()


def test_statistics_of_w(network):
    mean, std = style_statistics(network, 2000)
    w = network.style(torch.randn(2000, 512))
    assert mean.shape == (512,) and torch.allclose(std, w.std(0), rtol=0.2) and (mean - w.mean(0)).abs().max() < 0.2
