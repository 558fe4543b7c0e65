"""Locked attributes do not move, and the edited one moves as far as before."""

import pytest
import torch
import torch.nn.functional as F

from editor.edit.directions import SpaceDirections
from editor.edit.locks import (
    MAX_LENGTHENING,
    REACH,
    all_others_locked,
    held_strengths,
    locked_directions,
    locked_normals,
)


def normals(count: int = 5, size: int = 40) -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    shared = torch.randn(size, generator=random)
    return F.normalize(torch.randn(count, size, generator=random) + 0.5 * shared, dim=1)


def test_what_is_locked_stays_and_the_edited_moves_as_far():
    n = normals()
    direction = locked_normals(n[:1], n[1:3])[0]
    assert torch.allclose(n[1:3] @ direction, torch.zeros(2), atol=1e-5)
    assert torch.isclose(n[0] @ direction, torch.tensor(1.0), atol=1e-5)
    assert (n[3] @ direction).abs() > 1e-3


def test_without_locks_nothing_changes():
    n = normals()
    assert torch.equal(locked_normals(n[:1], n[:0])[0], n[0])


def test_all_others():
    n = normals()
    assert torch.allclose(n @ all_others_locked(n).t(), torch.eye(5), atol=1e-4)


def test_an_attribute_inside_the_locked_ones_is_not_flung_away():
    n = normals()
    almost = F.normalize(n[1] + n[2] + 1e-3 * n[0], dim=0)
    assert locked_normals(almost[None], n[1:3])[0].norm() <= MAX_LENGTHENING + 1e-5


def test_several_locked_attributes_are_held_together(random):
    """Where changes are linear, nothing locked has moved, though each locked slider moves the other."""
    slopes = {k: torch.randn(2, generator=random) * 0.3 for k in range(3)}
    slopes[1], slopes[2] = torch.tensor([1.0, 0.3]), torch.tensor([-0.2, 0.8])
    measured = {k: torch.stack([-REACH * slope, REACH * slope]) for k, slope in slopes.items()}
    held = held_strengths(torch.tensor([1.2, 0.4, 0.0]), [1, 2], measured)
    moved = 1.2 * slopes[0] + (held[1] - 0.4) * slopes[1] + held[2] * slopes[2]
    assert held[0] == pytest.approx(1.2) and moved.abs().max() < 1e-3


def test_a_held_slider_stays_in_its_range():
    measured = {0: torch.tensor([[-9.0], [9.0]]), 1: torch.tensor([[-0.1], [0.1]])}
    for own in (-2.0, 0.0, 2.0):
        held = held_strengths(torch.tensor([1.0, own]), [1], measured)
        assert held[1] == -2.0
    assert held_strengths(torch.tensor([-1.0, 0.5]), [1], measured)[1] == 2.0


def test_what_was_not_measured_changes_nothing():
    strengths = torch.tensor([1.0, 0.5])
    assert torch.equal(held_strengths(strengths, [1], {}), strengths)
    assert torch.equal(held_strengths(strengths, [], {0: torch.ones(2, 0)}), strengths)
    assert torch.equal(held_strengths(strengths, [1], {0: torch.ones(2, 1)}), strengths)


def test_a_locked_direction_is_its_own_and_one_within_its_span_is_nothing():
    n = normals()
    part = SpaceDirections(torch.cat([n, n[:1]]), torch.zeros(6), torch.ones(6), torch.ones(6))
    locked = locked_directions(part, [0, 1]).normals
    assert torch.equal(locked[:2], n[:2]) and (locked[2:5] @ n[:2].t()).abs().max() < 1e-5
    assert locked[5].norm() < 1e-3 and locked.isfinite().all()
    assert torch.allclose((locked[2:5] * n[2:5]).sum(1), torch.ones(3), atol=1e-5), "each goes as far along its own normal"
