"""Regions cover the frame without gaps, and masks of several edits add up to the whole picture everywhere."""

import pytest
import torch

from editor.edit.attributes import CELEBA
from editor.edit.regions import ANCHORS, LIES_IN, SIDE, parts, parts_of, regions_of

NAMES = ("Smiling", "Bangs", "Something of one's own", "Big_Nose")


def at(name: str, x: float, y: float) -> float:
    return regions_of([name]).maps[0, int(y * SIDE), int(x * SIDE)].item()


def test_parts_share_the_frame_and_both_halves_are_alike():
    found = parts()
    assert torch.allclose(found.sum(0), torch.ones(SIDE, SIDE)) and found.min() >= 0
    assert torch.allclose(found, found.flip(2), atol=1e-6)
    assert (found.amax((1, 2)) > 0.5).all(), "each has a place where it is most"


def test_every_attribute_of_celeba_has_a_place_but_blurry():
    assert set(CELEBA) - set(LIES_IN) == {"Blurry"} and set(LIES_IN) <= set(CELEBA)
    assert {part for regions in LIES_IN.values() for part in regions} <= set(ANCHORS)


@pytest.mark.parametrize(("name", "inside", "outside"), [
    ("Big_Nose", (0.5, 0.58), (0.5, 0.85)),
    ("Bangs", (0.5, 0.27), (0.5, 0.7)),
    ("Wearing_Lipstick", (0.5, 0.7), (0.37, 0.47)),
    ("Eyeglasses", (0.63, 0.48), (0.05, 0.05)),
    ("Smiling", (0.42, 0.7), (0.5, 0.1)),
])  # fmt: skip
def test_a_place_is_where_the_attribute_is_seen(name, inside, outside):
    assert at(name, *inside) > 0.8 and at(name, *outside) < 0.05


def test_what_is_not_known_lies_everywhere():
    assert parts_of(["Something of one's own"]).all()
    assert torch.allclose(regions_of(["Something of one's own"]).maps, torch.ones(1, SIDE, SIDE))


def test_shares_add_up_and_each_code_has_one_edit_more():
    regions = regions_of(NAMES)
    codes, masks = regions.in_turn(torch.tensor([0.5, 0.0, -1.0, 2.0]))
    assert codes.tolist() == [[0, 0, 0, 0], [0.5, 0, 0, 0], [0.5, 0, -1, 0], [0.5, 0, -1, 2]]
    assert torch.allclose(masks.sum(0), torch.ones(SIDE, SIDE), atol=1e-6)
    assert torch.allclose(masks[1:].sum(0), regions.maps[0], atol=1e-6) and torch.equal(masks[-1], regions.maps[3])


def test_without_edits_the_first_code_has_it_all():
    codes, masks = regions_of(NAMES).in_turn(torch.zeros(4))
    assert codes.tolist() == [[0.0] * 4] and torch.equal(masks, torch.ones(1, SIDE, SIDE))
