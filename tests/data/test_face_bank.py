"""The bank of generated faces: what it gives follows from the step."""

import torch

from editor.data.face_bank import FaceBank


def make(step):
    """Two faces that show the step at which they were generated."""
    return torch.full((2, 18, 512), float(step)).half(), torch.full((2, 3, 4, 4), step, dtype=torch.uint8)


def batches(bank, steps, count=5):
    return [bank.batch(step, count, torch.Generator().manual_seed(step)) for step in steps]


def test_the_newest_come_first_and_none_is_older_than_the_memory():
    for step, (codes, faces) in enumerate(batches(FaceBank(make, memory=3), range(10))):
        step_of = codes[:, 0, 0]
        assert (step_of[:2] == step).all() and (step_of >= step - 3).all() and len(codes) == 5
        assert torch.equal(((faces[:, 0, 0, 0] + 1) * 127.5).round(), step_of), "codes and faces belong together"


def test_a_bank_begun_in_the_middle_gives_the_same():
    whole, late = batches(FaceBank(make, 3), range(10))[6:], batches(FaceBank(make, 3), range(6, 10))
    assert all(torch.equal(a, b) for one, other in zip(whole, late, strict=True) for a, b in zip(one, other, strict=True))
