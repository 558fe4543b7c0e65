"""The loss of drawings: what it is zero on, and that both ways to compute it agree."""

import pytest
import torch

from editor.data.pictures import AutogradPictures, StaticPictures, compared
from editor.generate.preview import PreviewGenerator
from editor.judge.features import marks
from editor.judge.likeness import Likeness
from tests.generate.previews import random_preview

WEIGHTS = (1.0, 2.0, 3.0, 4.0)


class Small(torch.nn.Module):
    """Stands for the likeness network."""

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 1)

    def forward(self, faces):
        seen = torch.nn.functional.relu6(3 * self.conv(faces))
        return torch.nn.functional.normalize(seen.float().mean((2, 3)), dim=1), [seen]


@pytest.fixture(scope="module")
def likeness() -> Likeness:
    torch.manual_seed(0)
    return Likeness(Small()).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def preview() -> PreviewGenerator:
    return random_preview()


def test_an_error_at_the_mouth_counts_more_than_one_in_a_corner(likeness):
    photo = torch.zeros(1, 3, 64, 64)
    mouth, corner = photo.clone(), photo.clone()
    mouth[..., 46:50, 30:34], corner[..., :4, :4] = 1, 1
    near, far = (compared(likeness, drawn, photo, marks(64)) for drawn in (mouth, corner))
    assert near.features > 100 * far.features


def test_both_ways_agree(likeness, preview):
    random = torch.Generator().manual_seed(0)
    codes, photos = torch.randn(3, 18, 512, generator=random), torch.rand(3, 3, 32, 32, generator=random)
    one, pull = AutogradPictures(preview, likeness, WEIGHTS, chunk=2)(codes, photos)
    other, again = StaticPictures(preview, likeness, WEIGHTS)(codes, photos)
    for first, second in zip(one, other, strict=True):
        assert torch.allclose(first, second, rtol=0.05, atol=1e-3)
    assert torch.nn.functional.cosine_similarity(pull.flatten(), again.flatten(), dim=0) > 0.98


def test_the_gradient_is_of_the_weighted_sum(likeness, preview):
    codes, photos = torch.zeros(1, 18, 512), torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    _, one = AutogradPictures(preview, likeness, (1.0, 0.0, 0.0, 0.0), chunk=1)(codes, photos)
    _, two = AutogradPictures(preview, likeness, (2.0, 0.0, 0.0, 0.0), chunk=1)(codes, photos)
    assert torch.allclose(two, 2 * one, rtol=1e-2, atol=1e-6) and one.abs().sum() > 0
