"""DCI on importances and codes where the answer is known."""

import numpy as np
import pytest
import torch

from editor.evaluate.claims.dci import entropy, measure_dci, scores_of


def test_one_number_for_each_attribute_is_perfect():
    assert scores_of(np.eye(4)) == pytest.approx((1, 1))


def test_every_number_for_every_attribute_is_the_worst():
    assert scores_of(np.ones((4, 4))) == pytest.approx((0, 0), abs=1e-9)


def test_many_numbers_for_one_attribute_are_disentangled_and_not_complete():
    importance = np.zeros((4, 2))
    importance[:2, 0] = importance[2:, 1] = 1
    disentanglement, completeness = scores_of(importance)
    assert disentanglement == pytest.approx(1)
    assert completeness == pytest.approx(1 - np.log(2) / np.log(4))


def test_numbers_count_by_their_share():
    importance = np.array([[3.0, 0.0], [1.0, 1.0]])  # three fifths serve one attribute, two fifths both
    assert scores_of(importance)[0] == pytest.approx(0.6)


def test_nothing_predicts_nothing():
    assert scores_of(np.zeros((3, 2))) == (0, 0)


def test_entropy_by_hand():
    assert entropy(np.array([[1.0, 1.0], [1.0, 0.0]])) == pytest.approx([1, 0])


def test_codes_that_hold_the_labels(random):
    labels = torch.rand(400, 3, generator=random) > 0.5
    clean = torch.cat([labels * 2.0 - 1, torch.randn(400, 5, generator=random)], 1)
    mixed = clean @ torch.linalg.qr(torch.randn(8, 8, generator=random)).Q
    good, bad = (measure_dci((c[:300], labels[:300]), (c[300:], labels[300:])) for c in (clean, mixed))
    assert good.disentanglement > 0.99 and good.completeness > 0.99
    assert bad.disentanglement < good.disentanglement and bad.completeness < good.completeness
    assert good.informativeness == pytest.approx(0.05, abs=0.01)  # the Lasso's shrinkage alone


def test_the_unit_of_the_numbers_does_not_matter(random):
    numbers = torch.randn(300, 6, generator=random)
    labels = numbers[:, :2] + 0.3 * torch.randn(300, 2, generator=random) > 0
    one = measure_dci((numbers, labels), (numbers, labels))
    other = measure_dci((numbers * 100 + 5, labels), (numbers * 100 + 5, labels))
    assert other.disentanglement == pytest.approx(one.disentanglement) and other.informativeness == pytest.approx(
        one.informativeness
    )
