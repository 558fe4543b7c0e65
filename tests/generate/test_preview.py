"""The preview draws what the generator draws, smaller, and lets gradients through."""

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from editor.errors import WeightsError
from editor.generate.mobile import Synthesis, read_mapping
from editor.generate.preview import PreviewHead, read_preview
from editor.train.generated import sample_codes


def test_a_head_doubles_its_source(random):
    head = PreviewHead(inputs=8, width=4, source=64)
    features, w_plus = torch.randn(2, 8, 64, 64, generator=random), torch.randn(2, 18, 512, generator=random)
    assert head(features, w_plus).shape == (2, 3, 128, 128) and head.first_layer == 9


def test_the_shipped_preview_is_close_to_the_full_render(gate, editor):
    preview, mapping = editor.models.preview, read_mapping(gate.path("mobilestylegan-ffhq"))
    codes = sample_codes(mapping, editor.models.encoder.w_mean, 8, torch.Generator().manual_seed(77))
    full = F.interpolate(editor.runtime(codes), size=128, mode="area").clamp(-1, 1)
    with torch.no_grad():
        drawn = preview(codes).clamp(-1, 1)
    error = (drawn - full).square().mean((1, 2, 3))
    assert (10 * torch.log10(4 / error)).mean() > 24


def test_gradients_reach_the_code(editor):
    preview = editor.models.preview
    w_plus = torch.zeros(1, 18, 512, requires_grad=True)
    preview(w_plus).square().mean().backward()
    assert (w_plus.grad[:, :16].abs().sum(2) > 0).all()


@pytest.mark.parametrize("source", [64, 128, 256])
def test_a_head_is_read_back_at_its_own_size(source, tmp_path):
    head = PreviewHead(inputs=8, width=4, source=source)
    save_file(head.state_dict(), tmp_path / "head.safetensors")
    assert read_preview(tmp_path / "head.safetensors", Synthesis((8, 8))).resolution == 2 * source


def test_other_tensors_are_refused(tmp_path):
    save_file({"weight": torch.zeros(1)}, tmp_path / "wrong.safetensors")
    with pytest.raises(WeightsError, match="preview"):
        read_preview(tmp_path / "wrong.safetensors", Synthesis((8, 8)))
