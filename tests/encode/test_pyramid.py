"""The encoder over a pretrained eye: its shapes, what its axes do, and that the eye stays as it is."""

import pytest
import torch

from editor.encode import PyramidConfig, PyramidEncoder
from editor.encode.eye import Eye

TINY = PyramidConfig(resolution=32, pyramid=4, summary=2, glance=8)


@pytest.fixture(scope="module")
def encoder() -> PyramidEncoder:
    torch.manual_seed(0)
    return PyramidEncoder(TINY).eval().requires_grad_(False)


@pytest.mark.parametrize("side", [32, 128, 1024])
def test_faces_of_any_size_become_codes(encoder, side):
    assert encoder(torch.zeros(2, 3, side, side)).shape == (2, 18, 512)


def test_no_move_is_the_mean_code(encoder):
    mean = torch.arange(512.0)
    encoder.w_mean.copy_(mean)
    assert torch.equal(encoder.codes(torch.zeros(1, 18, 512))[0], mean.expand(18, -1))


def test_one_move_goes_along_one_axis(encoder):
    encoder.axes.copy_(torch.randn(512, 512, generator=torch.Generator().manual_seed(0)))
    move = torch.zeros(1, 18, 512)
    move[0, 3, 7] = 2.0
    gone = encoder.codes(move) - encoder.codes(torch.zeros_like(move))
    assert torch.allclose(gone[0, 3], 2 * encoder.axes[:, 7], atol=1e-3)
    assert gone.abs().sum((0, 2)).count_nonzero() == 1, "other layers stay"


def test_layers_share_a_code(encoder):
    face = torch.rand(1, 3, 32, 32)
    before = encoder.moves(face)
    with torch.no_grad():
        encoder.common.bias += 1
    after = encoder.moves(face)
    with torch.no_grad():
        encoder.common.bias -= 1
    assert torch.allclose(after - before, torch.ones(1, 18, 512), atol=1e-5)


def test_the_eye_keeps_its_statistics_while_the_pyramid_learns(encoder):
    other = PyramidEncoder(TINY).train()
    before = {name: value.clone() for name, value in other.named_buffers()}
    other(torch.rand(4, 3, 32, 32))
    changed = {name for name, value in other.named_buffers() if not torch.equal(value, before[name])}
    assert changed and not any(name.startswith("eye.") for name in changed)


def test_later_parameters_are_those_behind_the_finest_level():
    eye = Eye()
    finest = eye(torch.rand(1, 3, 32, 32))[-1]
    with torch.no_grad():
        for parameter in eye.later:
            parameter.zero_()
    again = eye(torch.rand(1, 3, 32, 32).zero_() + 0.5)
    assert again[-1].shape == finest.shape and again[-1].abs().sum() > 0
    assert again[0].abs().sum() == 0
