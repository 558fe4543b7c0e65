"""Locked attributes do not move, and the edited one moves as far as before."""

import torch
import torch.nn.functional as F

from editor.edit.directions import SpaceDirections
from editor.edit.locks import MAX_LENGTHENING, all_others_locked, locked_directions, locked_normals


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


def test_a_locked_direction_is_its_own_and_one_within_its_span_is_nothing():
    n = normals()
    part = SpaceDirections(torch.cat([n, n[:1]]), torch.zeros(6), torch.ones(6), torch.ones(6))
    locked = locked_directions(part, [0, 1]).normals
    assert torch.equal(locked[:2], n[:2]) and (locked[2:5] @ n[:2].t()).abs().max() < 1e-5
    assert locked[5].norm() < 1e-3 and locked.isfinite().all()
    assert torch.allclose((locked[2:5] * n[2:5]).sum(1), torch.ones(3), atol=1e-5), "each goes as far along its own normal"
