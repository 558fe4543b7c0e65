"""The objective as one static graph computes what PyTorch computes, of codes and of LoRAs."""

import pytest
import torch

from editor.actions.fit import compiled
from editor.actions.fit.compiled import CompiledObjective
from editor.actions.fit.inversion import Inversion
from editor.actions.fit.objective import AutogradObjective
from editor.generate.trunk import zero_lora
from editor.judge.likeness import Likeness, LikenessNet
from editor.spaces import WPlus
from tests.generate.previews import random_preview

WEIGHTS = (6.0, 3.0, 4.0, 2.0)


@pytest.fixture(scope="module")
def networks():
    return random_preview(), Likeness(LikenessNet()).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def both(networks, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "has_fast_bf16", lambda device: False)
        kept = tmp_path_factory.mktemp("kept")
        made = CompiledObjective(*networks, kept)
        patch.setattr(compiled, "with_gradients", None)  # what is kept is not made again
        again = CompiledObjective(*networks, kept)
    generator, likeness = networks
    return made, again, AutogradObjective(generator, generator.resolution, likeness)


@pytest.mark.parametrize("part", ["w_plus", "lora"])
@pytest.mark.parametrize("corrected", [False, True])
def test_it_is_what_pytorch_computes(both, networks, random, monkeypatch, part, corrected):
    monkeypatch.setattr("editor.devices.precision.has_fast_bf16", lambda device: False)
    lora = zero_lora(networks[0].trunk).map(lambda factor: factor + 0.1 * torch.randn(factor.shape, generator=random))
    at = Inversion(WPlus(torch.randn(1, 18, 512, generator=random)), lora)
    face = torch.rand(1, 3, 32, 32, generator=random) * 2 - 1
    correction = 0.1 * torch.randn(face.shape, generator=random) if corrected else None
    *ours, theirs = (each(at, part, each.see(face), correction, WEIGHTS) for each in both)
    for found in ours:
        assert torch.allclose(found.picture, theirs.picture, atol=1e-3, rtol=1e-3)
        assert torch.allclose(found.distances, theirs.distances, rtol=1e-3, atol=1e-4)
        for one, other in zip(found.gradients, theirs.gradients, strict=True):
            assert torch.cosine_similarity(one.flatten(), other.flatten(), dim=0) > 0.999


def test_without_a_lora_it_is_the_generator_as_it_is(both, networks, random):
    code = WPlus(torch.randn(1, 18, 512, generator=random))
    target = both[0].see(torch.zeros(1, 3, 32, 32))
    nothing = both[0](Inversion(code, zero_lora(networks[0].trunk)), "w_plus", target, None, WEIGHTS)
    assert torch.equal(both[0](Inversion(code), "w_plus", target, None, WEIGHTS).picture, nothing.picture)
