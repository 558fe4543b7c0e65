"""What is missing from a small drawing, added where it still belongs."""

import pytest
import torch
import torch.nn.functional as F

from editor.generate.detail import CHANGE, SIDE, Detail


@pytest.fixture
def full(random):
    return torch.rand(1, 3, 1024, 1024, generator=random) * 2 - 1


@pytest.fixture
def small(full):
    """What a small generator might make of it: smaller, softer and darker."""
    return F.avg_pool2d(F.interpolate(full, size=(256, 256), mode="area"), 5, 1, 2) - 0.1


def test_the_same_face_comes_back_as_it_was_drawn_in_full(full, small):
    drawn = Detail.between(full, small).add_to(small)
    expected = F.interpolate(full, size=(SIDE, SIDE), mode="area")
    assert drawn.shape == (1, 3, SIDE, SIDE) and torch.allclose(drawn, expected, atol=1e-3)


def test_another_picture_gets_next_to_nothing_of_it(full, small):
    other = torch.ones_like(small)
    drawn = Detail.between(full, small).add_to(other)
    assert (drawn - 1).abs().mean() < 0.1 * (Detail.between(full, small).missing.abs().mean() + 0.1)


def test_what_changed_in_one_place_keeps_its_detail_elsewhere(full, small):
    detail, changed = Detail.between(full, small), small.clone()
    changed[..., :64, :64] = 1
    drawn = detail.add_to(changed)
    assert torch.equal(drawn[..., 256:], detail.add_to(small)[..., 256:])
    assert (drawn[..., :96, :96] - 1).abs().mean() < 0.1


def test_half_is_added_at_the_change_that_says_so():
    small = torch.zeros(1, 3, 16, 16)
    detail = Detail.between(torch.full((1, 3, 32, 32), 0.5), small)
    assert torch.allclose(detail.add_to(small + CHANGE), torch.tensor(CHANGE + 0.25))


def test_a_generator_whose_pictures_are_small_anyway_stays_at_their_size():
    same = torch.zeros(1, 3, 64, 64)
    assert Detail.between(same + 0.5, same).add_to(same).shape == same.shape
