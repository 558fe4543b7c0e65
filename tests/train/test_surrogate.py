"""The surrogate learns what a move does, and its file gives it back to its own encoder only."""

import pytest
import torch

from editor.errors import WeightsError
from editor.train.answers import FAMILY
from editor.train.surrogate import (
    Surrogate,
    SurrogateConfig,
    differences,
    explained,
    fit_surrogate,
    read_surrogate,
    targets,
    write_surrogate,
)

CONFIG = SurrogateConfig(hidden=32, dropout=0.0, decay=0.0, epochs=30, batch=64, rate=3e-3, parts=2)


def test_differences_are_to_the_first_of_the_family():
    rows = torch.arange(2.0 * FAMILY)[:, None]
    assert differences(rows)[:, 0].tolist() == [1, 2, 3, 1, 2, 3]


def test_targets_are_one_deviation_wide(random):
    logits, embeddings = torch.randn(200, 3, generator=random) * 4 + 1, torch.randn(200, 10, generator=random)
    wanted = targets(logits, embeddings, CONFIG)
    assert wanted.shape == (200, 5) and torch.allclose(wanted[:, :3].std(0), torch.ones(3), atol=1e-4)


def test_it_explains_families_it_did_not_see(random):
    numbers = torch.randn(1200, 6, generator=random)
    wanted = torch.stack([numbers[:, 0], numbers[:, 1].abs(), numbers[:, 2] * 0.5, numbers[:, 3]], 1)
    net, report = fit_surrogate(numbers, wanted, 2, CONFIG)
    assert report["logit_values"] > 0.8 and report["logit_differences"] > 0.8
    fresh = explained(Surrogate(6, 2, CONFIG).eval(), numbers, wanted)
    assert fresh["logit_values"] < 0.2
    assert not any(parameter.requires_grad for parameter in net.parameters())


def test_the_file_is_for_its_encoder(tmp_path, random):
    net, path = Surrogate(6, 3, CONFIG).eval(), tmp_path / "s.safetensors"
    write_surrogate(net, CONFIG, path, "abc")
    numbers = torch.randn(4, 6, generator=random)
    assert torch.equal(read_surrogate(path, "abc")(numbers), net(numbers))
    with pytest.raises(WeightsError, match="another encoder"):
        read_surrogate(path, "def")
    path.write_bytes(b"nothing")
    with pytest.raises(WeightsError):
        read_surrogate(path, "abc")
