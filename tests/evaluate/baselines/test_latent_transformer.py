"""The transformer moves its attribute through the classifier and leaves what is not tied to it."""

import pytest
import torch

from editor.data.codes import LabelledCodes
from editor.evaluate.baselines import latent_transformer
from editor.evaluate.baselines.latent_transformer import LatentTransformerConfig, cached_transformers, train_latent_transformer
from editor.flow import FlowConfig, RealNVP
from editor.spaces import WPlus


@pytest.fixture
def codes(random) -> LabelledCodes:
    w_plus = torch.randn(300, 18, 4, generator=random)
    labels = torch.stack([w_plus[:, 0, 0] > 0, w_plus[:, 1, 1] > 0], 1)
    return LabelledCodes(WPlus(w_plus), labels, torch.arange(300), ("a", "b"), "hash")


def reads(numbers):
    return 3 * torch.stack([numbers[:, 0] + 0.3 * numbers[:, 5], numbers[:, 5]], 1)


def test_it_moves_one_attribute_and_keeps_the_other(codes):
    numbers = codes.w_plus.flatten(1)
    config = LatentTransformerConfig(steps=800, batch=32, rate=3e-3)
    transformer = train_latent_transformer(0, numbers, codes.labels, reads, config)  # type: ignore[arg-type]
    lacks = numbers[reads(numbers)[:, 0] < 0]
    change = reads(lacks + transformer(lacks)).sigmoid() - reads(lacks).sigmoid()
    assert change[:, 0].mean() > 0.5
    assert change[:, 1].abs().mean() < 0.4 * change[:, 0].mean()


def test_they_are_trained_once(codes, tmp_path, monkeypatch):
    flow = RealNVP(FlowConfig(couplings=2, hidden=4, layers=18, channels=4))
    config = LatentTransformerConfig(steps=2, batch=8)
    first = cached_transformers(flow, codes, config, tmp_path)
    monkeypatch.setattr(latent_transformer, "train_all", None)
    again = cached_transformers(flow, codes, config, tmp_path)
    numbers = codes.w_plus.flatten(1)
    assert len(again) == 2 and torch.allclose(first[1](numbers), again[1](numbers))
