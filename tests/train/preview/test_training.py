"""Distilling slim blocks from a small generator of random weights."""

import dataclasses

import pytest
import torch

from editor.errors import SettingError
from editor.generate.mobile import Mapping, Synthesis
from editor.generate.preview import PreviewGenerator, SlimBlocks
from editor.generate.runtimes import TorchRuntime
from editor.generate.trunk import Trunk, whole_generator
from editor.images import to_signed
from editor.spaces import WPlus
from editor.train.history import Run
from editor.train.preview import training as preview
from editor.train.preview.training import PreviewConfig, PreviewTrainer, mean_psnr, render_pairs
from editor.train.preview.trim import trim

CONFIG = PreviewConfig(widths=(16, 8, 8), source=8, hidden=4, total=3, size=64, renders=24, steps=40, rate=3e-3)
CPU = torch.device("cpu")


@pytest.fixture
def synthesis() -> Synthesis:
    torch.manual_seed(0)
    network = Synthesis(widths=(16, 16, 16, 16, 16))  # draws 128 px
    for name, parameter in network.named_parameters():
        torch.nn.init.normal_(parameter, mean=float(name.endswith("modulation.bias")), std=0.25)
    for parameter in (network.to_img.conv.weight, network.to_img.bias):
        parameter.data *= 0.2  # so that images lie in [-1, 1]
    return network.eval().requires_grad_(False)


@pytest.fixture
def pairs(synthesis, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "RENDERS_PER_SHARD", 8)
    monkeypatch.setattr(preview, "FITTED", 8)
    torch.manual_seed(0)
    runtime = TorchRuntime(whole_generator(synthesis, source=8), CPU)
    return render_pairs(runtime, Mapping(depth=2).requires_grad_(False), torch.zeros(512), CONFIG, tmp_path / "renders")


def quality(synthesis, slim, pairs) -> float:
    return mean_psnr(PreviewGenerator(Trunk(synthesis, 8), slim, 64), WPlus(pairs[0][:8]), pairs[1][:8], CPU)


def test_renders_are_made_once(pairs, tmp_path):
    def never(_):
        raise AssertionError("drawn again")

    codes, renders = render_pairs(never, Mapping(depth=2), torch.zeros(512), CONFIG, tmp_path / "renders")
    assert torch.equal(codes, pairs[0]) and torch.equal(renders, pairs[1])
    assert codes.shape == (24, 18, 512) and renders.shape == (24, 3, 64, 64)


def test_training_brings_the_blocks_nearer_and_resumes(synthesis, pairs, tmp_path):
    trainer = PreviewTrainer(synthesis, *pairs, CPU)
    run = Run(tmp_path / "a", CONFIG)
    slim = trainer.train(CONFIG, run)
    assert quality(synthesis, slim, pairs) > quality(synthesis, trainer.begin(CONFIG), pairs) + 0.5
    again = trainer.train(CONFIG, Run(tmp_path / "a", CONFIG))
    assert all(torch.equal(x, y) for x, y in zip(slim.state_dict().values(), again.state_dict().values(), strict=True))


def test_blocks_of_other_sizes_are_refused(synthesis, pairs):
    other = SlimBlocks((16, 12, 8), source=8, hidden=4, total=3)
    with pytest.raises(SettingError, match="sizes"):
        PreviewTrainer(synthesis, *pairs, CPU, start=other).begin(CONFIG)


def test_a_run_can_begin_where_another_ended(synthesis, pairs, tmp_path):
    short = dataclasses.replace(CONFIG, steps=3)
    first = PreviewTrainer(synthesis, *pairs, CPU).train(short, Run(tmp_path / "a", short))
    begun = PreviewTrainer(synthesis, *pairs, CPU, start=first).begin(CONFIG)
    assert all(torch.equal(value, begun.state_dict()[name]) for name, value in first.state_dict().items())


def test_thin_blocks_fitted_to_the_whole_ones_draw_nearer_than_fresh_ones(synthesis, pairs):
    torch.manual_seed(0)
    fresh, fitted = (SlimBlocks((16, 12, 12), source=8, hidden=16, total=3) for _ in range(2))
    for parameter in fresh.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    trim(synthesis, fitted, WPlus(pairs[0][8:]), to_signed(pairs[1][8:]))
    assert quality(synthesis, fitted, pairs) > quality(synthesis, fresh, pairs) + 2


def test_blocks_as_wide_as_the_generators_give_its_features(synthesis, pairs):
    whole = SlimBlocks((16, 16, 16), source=8, hidden=4, total=3)
    codes = WPlus(pairs[0][8:])
    trim(synthesis, whole, codes, to_signed(pairs[1][8:]))
    x = synthesis.features(codes, 8)
    for block, side in ((0, 16), (1, 32)):
        x = whole.step(block, x, codes)
        assert torch.allclose(x, synthesis.features(codes, side), atol=2e-2 * x.detach().std().item())
