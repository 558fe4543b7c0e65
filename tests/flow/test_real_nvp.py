"""What makes a flow a flow: an exact inverse and a true log-determinant."""

from dataclasses import replace

import pytest
import torch

from editor.errors import WeightsError
from editor.flow import FlowConfig, RealNVP, read_flow, write_flow
from editor.flow.coupling import Coupling
from editor.flow.real_nvp import alternating_masks
from editor.spaces import CHANNELS, LAYERS

TINY = FlowConfig(couplings=4, hidden=16, layers=3, channels=4)


@pytest.fixture(
    params=[{}, {"masks": "halves"}, {"masks": "random"}, {"per_layer": True}],
    ids=["stripes", "halves", "random", "per layer"],
)
def flow(request) -> RealNVP:
    """A small flow far from the identity, in float64 where a test needs it."""
    torch.manual_seed(0)
    flow = RealNVP(replace(TINY, **request.param))
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.6)
    flow.mean.normal_()
    flow.std.uniform_(0.5, 2)
    return flow.eval().requires_grad_(False)


@pytest.fixture
def codes(random) -> torch.Tensor:
    return torch.randn(20, 3, 4, generator=random) * 3


def test_the_inverse_undoes_the_flow(flow, codes):
    assert torch.allclose(flow.inverse(flow(codes)), codes, atol=1e-4)
    assert torch.allclose(flow(flow.inverse(codes)), codes, atol=1e-4)


def test_the_flow_moves_codes(flow, codes):
    assert (flow(codes) - flow.normalise(codes).view_as(codes)).abs().mean() > 0.1


def test_log_det_is_the_jacobians(flow, codes):
    flow = flow.double()
    for code in codes[:5].double():
        jacobian = torch.autograd.functional.jacobian(lambda x: flow(x[None])[0].flatten(), code).flatten(1)
        expected = torch.linalg.slogdet(jacobian).logabsdet + flow.std.log().sum()
        assert torch.isclose(flow.transform(code[None])[1][0], expected, atol=1e-8)


def test_a_fresh_flow_only_normalises(codes):
    flow = RealNVP(TINY)
    assert torch.allclose(flow(codes), codes)


def test_scales_are_bounded():
    coupling = Coupling(torch.tensor([True, False]), hidden=8, bound=0.5)
    for parameter in coupling.parameters():
        torch.nn.init.constant_(parameter, 10)
    _, log_det = coupling(torch.full((1, 2), 100.0))
    assert log_det.abs().item() <= 0.5 + 1e-6


def test_a_coupling_keeps_what_its_mask_keeps(codes):
    mask = torch.tensor([True, False, True, False])
    coupling = Coupling(mask, 8, 0.5)
    torch.nn.init.normal_(coupling.scale[-2].weight)
    changed, _ = coupling(codes)
    assert torch.equal(changed[..., mask], codes[..., mask])
    assert not torch.equal(changed[..., ~mask], codes[..., ~mask])


def test_a_flow_per_layer_treats_layers_alike_and_apart(codes):
    torch.manual_seed(0)
    flow = RealNVP(replace(TINY, per_layer=True))
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.6)
    with torch.no_grad():
        assert torch.allclose(flow(codes.flip(1)), flow(codes).flip(1), atol=1e-5)
        changed = codes.clone()
        changed[:, 0] += 1
        assert torch.allclose(flow(changed)[:, 1:], flow(codes)[:, 1:], atol=1e-6)


def test_every_number_is_changed_by_a_pair_of_masks():
    masks = list(alternating_masks(FlowConfig(couplings=6)))
    for one, other in zip(masks[::2], masks[1::2], strict=True):
        assert torch.equal(one, ~other) and one.sum() == 18 * 256
    assert not torch.equal(masks[0], masks[2])


def test_an_odd_number_of_couplings_is_a_bug():
    with pytest.raises(ValueError, match="pairs"):
        RealNVP(FlowConfig(couplings=3))


def test_the_file_gives_the_flow_back(flow, codes, tmp_path):
    write_flow(flow, tmp_path / "f.safetensors", encoder="abc")
    again, encoder = read_flow(tmp_path / "f.safetensors")
    assert encoder == "abc" and (again(codes) - flow(codes)).norm() < 0.005 * flow(codes).norm()
    assert torch.allclose(again.inverse(again(codes)), codes, atol=1e-4)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "f.safetensors").write_bytes(b"nothing")
    with pytest.raises(WeightsError):
        read_flow(tmp_path / "f.safetensors")


@pytest.mark.parametrize("strength", [-2, 0, 2])
def test_the_shipped_flow_is_invertible_after_the_largest_edit(editor, portrait, strength):
    flow, directions = editor.models.flow, editor.models.directions
    w_plus = portrait.w_plus
    with torch.inference_mode():
        for k in range(len(directions.attributes)):
            strengths = torch.zeros(len(directions.attributes))
            strengths[k] = strength
            w_star = flow(w_plus) + directions.w_star.shift(strengths).view(1, 18, 512)
            back = flow(flow.inverse(w_star))
            assert (back - w_star).norm() / w_star.norm() < 1e-3
        assert (flow.inverse(flow(w_plus)) - w_plus).norm() / w_plus.norm() < 1e-3


def test_codes_have_the_sizes_of_the_spaces():
    """`config.py` repeats them, since it imports nothing that takes long."""
    assert (FlowConfig().layers, FlowConfig().channels) == (LAYERS, CHANNELS)
