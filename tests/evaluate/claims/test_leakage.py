"""Leakage of edits whose side effects are known: images are the first numbers of codes, the classifier reads them."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from editor.evaluate.claims.leakage import MAX_AMOUNT, ImageMeter, background, measure_leakage, next_amounts
from editor.evaluate.shelf import Shelf
from editor.spaces import WPlus, distance_to_w

K = 4
NAMES = ("w_plus", "w_plus_conditional", "latent_transformer", "w_star", "w_star_locked")


class Classifier:
    attributes = tuple("abcd")
    prevalence = torch.full((K,), 0.5)

    def __call__(self, images):
        return images[:, 0, 0, :K] * 10


def meter() -> ImageMeter:
    def draw(code):
        image = torch.zeros(1, 3, 8, 8)
        image[0, 0, 0, :K] = code[0, 0, :K] / 10
        return image

    identity = SimpleNamespace(embed=lambda picture: np.asarray(picture, dtype=float)[0, :K, 0])
    return ImageMeter(draw, Classifier(), identity, torch.full((K,), 2.0), torch.zeros(K))  # type: ignore[arg-type]


def spilling(share: float, gain: float = 1.0):
    """Moves the edited attribute by `gain` a unit and every other by a share of that."""

    def method(w_plus, k, amounts):
        moved = w_plus.clone()
        moved[:, :, :K] += (amounts * gain * share)[:, None, None]
        moved[:, :, k] += (amounts * gain * (1 - share))[:, None]
        return moved

    return method


@pytest.fixture
def codes(random) -> WPlus:
    return WPlus(torch.randn(6, 18, 512, generator=random) * 0.5)


def test_leakage_is_what_spills(codes):
    result = measure_leakage(meter(), codes, {"w_plus": spilling(0.5), "w_star": spilling(0.1, gain=3.0)})
    for name, share in (("w_plus", 0.5), ("w_star", 0.1)):
        assert result[name]["leakage"] == pytest.approx(share, rel=0.1)
        assert result[name]["reached"] == 1
        assert np.diag(result[name]["matrix"]) == pytest.approx(np.ones(K), abs=0.05)
    assert result["w_star"]["identity"] < result["w_plus"]["identity"]


def test_an_edit_that_does_nothing_reaches_nobody(codes):
    result = measure_leakage(meter(), codes, {"w_plus": spilling(0.0), "still": lambda w_plus, k, amounts: w_plus})
    assert result["still"]["reached"] == 0 and result["w_plus"]["reached"] == 1
    assert result["w_plus"]["compared"] == 0


def test_amounts_go_on_along_the_line_and_stay_bounded():
    zero = torch.zeros(3)
    first = (torch.full((3,), 0.5), torch.tensor([0.25, 1.0, 0.0]))
    assert torch.allclose(next_amounts([(zero, zero), first])[:2], torch.tensor([2.0, 0.5]))
    assert next_amounts([(zero, zero), first])[2] <= MAX_AMOUNT


def test_codes_of_w_are_not_off_it():
    w = torch.randn(2, 1, 512).expand(-1, 18, -1)
    assert distance_to_w(WPlus(w)).abs().max() < 1e-6
    assert distance_to_w(WPlus(w + torch.randn(2, 18, 512))).min() > 0.1


def test_the_background_is_the_corners():
    mask = background(64)
    assert mask[0, 0] and mask[0, -1] and not mask[32, 32] and not mask[50, 32]
    assert 0.1 < mask.float().mean() < 0.45


def test_a_stopped_measurement_goes_on_and_ends_as_an_unbroken_one(codes, tmp_path):
    methods = {"w_plus": spilling(0.5), "w_star": spilling(0.1, gain=3.0)}
    unbroken = measure_leakage(meter(), codes, methods)
    seen = []

    def stopping(w_plus, k, amounts):
        seen.append(k)
        if len(seen) > 20:
            raise KeyboardInterrupt
        return methods["w_star"](w_plus, k, amounts)

    with pytest.raises(KeyboardInterrupt):
        measure_leakage(meter(), codes, methods | {"w_star": stopping}, Shelf(tmp_path, "models"))
    done = len(list(tmp_path.rglob("*-w_star.safetensors")))
    assert 0 < done < len(codes)
    seen.clear()
    again = measure_leakage(
        meter(), codes, methods | {"w_star": lambda *a: seen.append(a[1]) or methods["w_star"](*a)}, Shelf(tmp_path, "models")
    )
    assert len(seen) == 2 * K * (len(codes) - done), "what is cached is not measured again"
    assert again["w_star"]["leakage"] == pytest.approx(unbroken["w_star"]["leakage"]), again["w_star"]["leakage"]
    assert again["w_plus"]["matrix"] == unbroken["w_plus"]["matrix"]
    more = measure_leakage(meter(), codes, {"w_plus": spilling(0.2)}, Shelf(tmp_path, "other models"))
    assert more["w_plus"]["leakage"] < unbroken["w_plus"]["leakage"], "what other models gave is not taken for these'"


def bending(w_plus, k, amounts):
    """The further, the more a unit does."""
    return spilling(0.5)(w_plus, k, amounts * (0.6 + 0.4 * amounts.abs()))


def test_an_amount_is_tried_until_the_change_is_close(codes):
    seen = []
    straight = spilling(0.5)
    methods = {"w_plus": lambda *given: seen.append(given[1]) or straight(*given), "bent": bending}
    result = measure_leakage(meter(), codes[:1], methods)
    assert len(seen) == 2 * K, "the second trial along a line is right"
    assert result["bent"]["reached"] == 1
    assert np.diag(result["bent"]["matrix"]) == pytest.approx(np.ones(K), abs=0.1)


def sudden(w_plus, k, amounts):
    """Little until it comes at once, at an amount of 0.6: more than the wanted change, and then slowly more."""
    return spilling(0.5)(w_plus, k, amounts.sign() * (amounts.abs() > 0.6) * 2.2 + amounts * 0.24)


def test_what_comes_suddenly_is_found(codes):
    result = measure_leakage(meter(), codes[:1], {"w_plus": spilling(0.5), "w_star": sudden})
    assert result["w_star"]["reached"] == 1


def test_an_amount_that_cannot_grow_is_not_tried_again(codes):
    seen = []
    weak = spilling(0.5, gain=0.1)
    measure_leakage(meter(), codes[:1], {"w_plus": lambda *given: seen.append(given[2].item()) or weak(*given)})
    assert len(seen) == 2 * K and {abs(amount) for amount in seen} == {0.5, MAX_AMOUNT}
