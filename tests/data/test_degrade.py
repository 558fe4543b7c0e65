"""Degraded faces are still those faces."""

import pytest
import torch
import torch.nn.functional as F

from editor.data.degrade import Degrade


@pytest.fixture
def faces() -> torch.Tensor:
    small = torch.rand(16, 3, 8, 8, generator=torch.Generator().manual_seed(1)) * 1.6 - 0.8
    return F.interpolate(small, size=128, mode="bicubic").clamp(-1, 1)


def degraded(faces: torch.Tensor, strength: float = 1.0, seed: int = 0) -> torch.Tensor:
    return Degrade(torch.Generator().manual_seed(seed), strength)(faces)


def test_the_range_and_the_shape_stay(faces):
    out = degraded(faces)
    assert out.shape == faces.shape and out.min() >= -1 and out.max() <= 1 and out.isfinite().all()


def test_the_same_seed_gives_the_same_faces(faces):
    assert torch.equal(degraded(faces), degraded(faces))
    assert not torch.equal(degraded(faces), degraded(faces, seed=1))


def test_each_face_is_nearest_to_its_own(faces):
    distances = torch.cdist(degraded(faces).flatten(1), faces.flatten(1))
    assert (distances.argmin(1) == torch.arange(16)).float().mean() > 0.9


def test_less_strength_changes_less(faces):
    def change(strength: float) -> float:
        return (degraded(faces, strength) - faces).abs().mean().item()

    assert change(0.0) < 0.02 < change(0.4) < change(1.0)
