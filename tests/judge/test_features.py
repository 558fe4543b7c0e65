"""Distances at the eyes and the mouth: what is elsewhere hardly counts, and colour counts more than light."""

import pytest
import torch

from editor.judge.features import COLOUR, features_distance, marks

GREY = torch.zeros(1, 3, 64, 64)


def with_patch(y, x, colour):
    face = GREY.clone()
    face[:, :, y - 2 : y + 2, x - 2 : x + 2] = torch.tensor(colour).view(1, 3, 1, 1)
    return face


def test_the_eyes_and_the_mouth_are_marked_alike_on_both_sides():
    found = marks(64)
    assert torch.allclose(found, found.flip(1), atol=1e-5) and found.mean().item() == pytest.approx(1, abs=1e-4)
    assert found[48, 32] > 5 and found[2, 2] < 1e-3


@pytest.mark.parametrize(("y", "x"), [(30, 24), (30, 40), (48, 32)])
def test_a_patch_on_an_eye_or_the_mouth_counts_and_one_on_the_forehead_hardly(y, x):
    there, elsewhere = (features_distance(with_patch(*at, (0.5,) * 3), GREY, marks(64)) for at in ((y, x), (10, 32)))
    assert there > 100 * elsewhere


def test_of_errors_as_large_colour_counts_more():
    light, colour = ((0.2, 0.2, 0.2), (0.2, -0.2, 0.0))
    lighter, coloured = (features_distance(with_patch(30, 24, each), GREY, marks(64)) for each in (light, colour))
    assert coloured.item() == pytest.approx((1 + COLOUR) * 2 / 3 * lighter.item(), rel=1e-4)


def test_each_face_has_its_own_distance():
    both = torch.cat([with_patch(30, 24, (0.5,) * 3), GREY])
    found = features_distance(both, GREY.expand(2, -1, -1, -1), marks(64))
    assert found.shape == (2,) and found[0] > 0 and found[1] == 0
