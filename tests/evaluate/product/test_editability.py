"""Flips on an editor whose images and classifier are known."""

from types import SimpleNamespace

import pytest
import torch

from editor.edit.attributes import BEST
from editor.evaluate.product.editability import generated_thresholds, measure_editability

REACH = {"w_plus": 0.5, "w_star": 1.0}
"""How far one unit moves a face's number for an attribute, in each space."""


@pytest.fixture
def editor(monkeypatch):
    """The first numbers of a code are the attributes, and the image shows the code."""

    def edit(_, w_plus, strengths, space):
        moved = w_plus.clone()
        for name, strength in strengths.items():
            moved[..., BEST.index(name)] += REACH[space] * strength
        return moved

    monkeypatch.setattr("editor.evaluate.product.editability.edited_code", edit)
    draw = SimpleNamespace(draw=lambda w_plus, lora, live: w_plus / 10)
    return SimpleNamespace(renderer=draw, models=None)


class Classifier:
    attributes = BEST
    prevalence = torch.full((len(BEST),), 0.25)
    logit_std = torch.full((len(BEST),), 2.0)

    def __call__(self, images):
        return 10 * images[:, 0, : len(BEST)]


def face(value: float):
    code = torch.zeros(1, 18, 512)
    code[..., : len(BEST)] = value
    return code, None


def test_thresholds_leave_as_many_above_as_photos_have(editor):
    threshold = generated_thresholds(editor, Classifier(), [face(value / 10) for value in range(9)])
    assert torch.allclose(threshold, torch.full((len(BEST),), 0.6))


def test_a_face_flips_where_one_step_reaches_the_threshold_from_either_side(editor):
    faces = [face(value) for value in (-0.8, -0.3, 0.3, 0.8)]
    result = measure_editability(editor, Classifier(), torch.zeros(len(BEST)), faces)
    assert (result.n, result.w_plus, result.w_star) == (4, 0.5, 1.0)
    assert result.by_attribute["Young"] == {"w_plus": 0.5, "w_star": 1.0}
    assert result.w_plus_ci95 == pytest.approx(1.96 * (1 / 3) ** 0.5 / 2) and result.w_star_ci95 == 0


def test_how_far_a_face_starts_and_how_far_an_edit_moves_it_are_told_in_deviations(editor):
    result = measure_editability(editor, Classifier(), torch.full((len(BEST),), 0.2), [face(1.2), face(-0.2)])
    assert result.away == pytest.approx((1.0 + 0.4) / 2 / 2)
    assert result.effect == pytest.approx({"w_plus": 0.25, "w_star": 0.5})
    assert result.effect_ci95 == pytest.approx({"w_plus": 0.0, "w_star": 0.0}, abs=1e-6)
