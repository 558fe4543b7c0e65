"""The encoder's shapes, its independence of the input's size, and its mean code."""

import pytest
import torch

from editor.encode import CompactConfig, CompactEncoder

TINY = CompactConfig(widths=(8, 8, 16, 16, 16), depth=1, pyramid=8, summary=4)


@pytest.fixture
def encoder() -> CompactEncoder:
    torch.manual_seed(0)
    return CompactEncoder(TINY).eval()


@pytest.mark.parametrize("side", [128, 256, 1024])
def test_faces_of_any_size_become_codes(encoder, side):
    assert encoder(torch.zeros(2, 3, side, side)).shape == (2, 18, 512)


def test_an_enlarged_face_has_the_same_code(encoder):
    face = torch.rand(1, 3, 128, 128) * 2 - 1
    assert torch.allclose(encoder(face), encoder(face.repeat_interleave(2, 2).repeat_interleave(2, 3)), atol=1e-5)


def test_no_offset_is_the_mean_code(encoder):
    encoder.w_mean.copy_(torch.arange(512.0))
    for head in encoder.heads:
        torch.nn.init.zeros_(head.linear.weight)
        torch.nn.init.zeros_(head.linear.bias)
    assert torch.equal(encoder(torch.rand(1, 3, 128, 128))[0], torch.arange(512.0).expand(18, -1))
