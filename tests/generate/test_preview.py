"""The preview draws what the generator draws, smaller, and lets gradients through."""

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

from editor.data.generated import sample_codes
from editor.errors import WeightsError
from editor.generate.mobile import Synthesis, read_mapping
from editor.generate.preview import PreviewGenerator, SlimBlocks, read_preview
from editor.generate.trunk import Trunk

WIDTHS = (16, 8, 4)


@pytest.fixture
def slim(random) -> SlimBlocks:
    blocks = SlimBlocks(WIDTHS, source=8, hidden=4, total=3)
    for parameter in blocks.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    return blocks


def test_each_block_has_an_exit_at_twice_its_resolution(slim, random):
    features, w_plus = torch.randn(2, 16, 8, 8, generator=random), torch.randn(2, 18, 512, generator=random)
    assert [image.shape for image in slim(features, w_plus)] == [(2, 3, side, side) for side in (32, 64)]
    assert slim.resolutions == [32, 64]


def test_an_exit_reads_what_skipped_blocks_would_have_read(slim, random):
    generator = PreviewGenerator(Trunk(Synthesis((16, 16, 16)).requires_grad_(False), 8), slim, 32)
    for parameter in generator.trunk.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    w_plus = torch.randn(1, 18, 512, generator=random, requires_grad=True)
    generator(w_plus).square().mean().backward()
    assert (w_plus.grad.abs().sum((0, 2)) > 0).tolist() == [layer < 10 for layer in range(18)]


def test_the_same_networks_draw_at_another_size(slim, random):
    small = PreviewGenerator(Trunk(Synthesis((16, 16, 16)), 8), slim, 32)
    for parameter in small.trunk.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    w_plus = torch.randn(1, 18, 512, generator=random)
    both = slim(small.trunk(w_plus), w_plus)
    assert torch.equal(small(w_plus), both[0]) and torch.equal(PreviewGenerator(small.trunk, slim, 64)(w_plus), both[1])
    with pytest.raises(ValueError):
        PreviewGenerator(small.trunk, slim, 128)


@pytest.mark.parametrize("side, decibels", [(128, 24), (256, 24)])
def test_the_shipped_preview_is_close_to_the_full_render(store, editor, side, decibels):
    mapping, shipped = read_mapping(store.path("mobilestylegan-ffhq")), editor.models.preview
    preview = PreviewGenerator(shipped.trunk, shipped.tail.slim, side)
    codes = sample_codes(mapping, editor.models.encoder.w_mean, 8, torch.Generator().manual_seed(77))
    full = F.interpolate(editor.renderer.draw(codes), size=side, mode="area").clamp(-1, 1)
    with torch.no_grad():
        drawn = preview(codes).clamp(-1, 1)
    error = (drawn - full).square().mean((1, 2, 3))
    assert (10 * torch.log10(4 / error)).mean() > decibels


def test_gradients_reach_the_code(editor):
    w_plus = torch.zeros(1, 18, 512, requires_grad=True)
    editor.models.preview(w_plus).square().mean().backward()
    assert (w_plus.grad[:, :16].abs().sum(2) > 0).all()


def test_blocks_are_read_back_as_they_were(slim, tmp_path):
    save_file(slim.state_dict(), tmp_path / "preview.safetensors")
    read = read_preview(tmp_path / "preview.safetensors", Synthesis((16, 16, 16)), 64)
    assert read.resolution == 64 and read.trunk.resolution == 8
    assert all(torch.equal(mine, slim.state_dict()[name]) for name, mine in read.tail.slim.state_dict().items())
    with pytest.raises(WeightsError, match="not at 512"):
        read_preview(tmp_path / "preview.safetensors", Synthesis((16, 16, 16)), 512)


def test_other_tensors_are_refused(tmp_path):
    save_file({"weight": torch.zeros(1)}, tmp_path / "wrong.safetensors")
    with pytest.raises(WeightsError, match="preview"):
        read_preview(tmp_path / "wrong.safetensors", Synthesis((8, 8)), 128)
