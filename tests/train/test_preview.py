"""Distilling a head from a small generator of random weights."""

import pytest
import torch

from editor.generate.mobile import Mapping, Synthesis
from editor.generate.preview import PreviewGenerator
from editor.generate.runtime import TorchRuntime
from editor.train import preview
from editor.train.preview import PreviewConfig, psnr, render_pairs, train_preview
from editor.train.run import Run

CONFIG = PreviewConfig(resolution=32, renders=24, width=16, steps=60, rate=3e-3)


@pytest.fixture
def generator() -> Synthesis:
    torch.manual_seed(0)
    network = Synthesis(widths=(16, 16, 16, 16))  # draws 64 px
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    return network.eval().requires_grad_(False)


@pytest.fixture
def pairs(generator, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "SHARD", 8)
    torch.manual_seed(0)
    runtime = TorchRuntime(generator, torch.device("cpu"))
    return render_pairs(runtime, Mapping(depth=2).requires_grad_(False), torch.zeros(512), CONFIG, tmp_path / "renders")


def test_renders_are_made_once(pairs, tmp_path):
    def never(_):
        raise AssertionError("drawn again")

    codes, renders = render_pairs(never, Mapping(depth=2), torch.zeros(512), CONFIG, tmp_path / "renders")
    assert torch.equal(codes, pairs[0]) and torch.equal(renders, pairs[1])
    assert codes.shape == (24, 18, 512) and renders.shape == (24, 3, 32, 32)


def test_training_brings_the_head_nearer_and_resumes(generator, pairs, tmp_path):
    device = torch.device("cpu")
    short = train_preview(PreviewConfig(**vars(CONFIG) | {"steps": 1}), Run(tmp_path / "a", CONFIG), generator, *pairs, device)
    run = Run(tmp_path / "b", CONFIG)
    head = train_preview(CONFIG, run, generator, *pairs, device)
    before, after = (psnr(PreviewGenerator(generator, h), pairs[0][:8], pairs[1][:8], device) for h in (short, head))
    assert after > before + 1
    again = train_preview(CONFIG, Run(tmp_path / "b", CONFIG), generator, *pairs, device)
    assert all(torch.equal(x, y) for x, y in zip(head.state_dict().values(), again.state_dict().values(), strict=True))
