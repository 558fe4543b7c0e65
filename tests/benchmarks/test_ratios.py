"""Ratios are taken move by move, and all drawers draw the same picture."""

import pytest
import torch

from benchmarks import ratios
from benchmarks.ratios import compared, decibels, plain_openvino
from editor.generate.runtimes import TorchRuntime
from editor.generate.stylegan2 import StyleGan2Config
from editor.generate.trunk import whole_generator
from editor.spaces import MaskedCodes
from tests.generate.stylegan2_files import random_stylegan2


def local(random):
    masks = torch.rand(2, 2, 32, 32, generator=random)
    return MaskedCodes(torch.randn(2, 2, 18, 512, generator=random), masks / masks.sum(1, keepdim=True))


def test_ratios_are_those_of_neighbours(monkeypatch, random):
    now = [0.0]
    monkeypatch.setattr(ratios, "perf_counter", lambda: now[0])
    load = iter((1.0, 1.0, 10.0, 1.0))  # the first is not timed; then the machine is slow for one move

    def app(codes):
        now.append(next(load))
        now[0] += now[-1]
        return torch.zeros(2, 3, 4, 4)

    def other(codes):
        now[0] += 3 * now[-1]
        return torch.full((2, 3, 4, 4), 0.02)

    found = compared({"app": app, "other": other}, local(random), moves=3)
    assert found == {"n": 3, "ms": {"app": 1000.0, "other": 3000.0}, "other_over_app": 3.0, "decibels_to_other": 40.0}


def test_equal_pictures_have_no_distance():
    assert decibels(torch.zeros(3), torch.zeros(3)) is None
    assert decibels(torch.zeros(3), torch.full((3,), 2.0)) == pytest.approx(0.0)


@pytest.mark.filterwarnings("ignore")  # of the converter
def test_plain_openvino_draws_what_pytorch_draws(random):
    generator = whole_generator(random_stylegan2(StyleGan2Config(widths=(8, 8), depth=1)), 4)
    codes = local(random)
    wanted = TorchRuntime(generator, torch.device("cpu"))(codes)
    assert (plain_openvino(generator, codes)(codes) - wanted).abs().max() < 1e-3 * wanted.std()
