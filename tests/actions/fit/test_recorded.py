"""Recorded steps are the steps they were recorded of, whichever face, code, LoRA, correction and weights are asked about."""

from itertools import product

import pytest
import torch

from editor.actions.fit.descent import gradients
from editor.actions.fit.inversion import Inversion
from editor.actions.fit.objective import AutogradObjective
from editor.actions.fit.recorded import RecordedObjective
from editor.generate.runtimes.cuda import CudaGraphs
from editor.generate.trunk import zero_lora
from editor.judge.likeness import Likeness, LikenessNet
from editor.spaces import WPlus
from tests.generate.previews import random_preview
from tests.generate.tape import Taping

STEPS = list(product(("w_plus", "lora"), (1, 2), (False, True))) * 2
"""What is moved, the seed of the rest, and whether the drawing is corrected."""


@pytest.fixture(scope="module")
def plain():
    generator, likeness = random_preview(), Likeness(LikenessNet()).eval().requires_grad_(False)
    return AutogradObjective(generator, generator.resolution, likeness)


def asked(plain, part, seed, corrected, device="cpu"):
    """The arguments of one step."""
    random = torch.Generator().manual_seed(seed)

    def drawn(*shape):
        return torch.randn(*shape, generator=random).to(device)

    lora = zero_lora(plain._generator.trunk).map(lambda factor: (factor + 0.1 * drawn(*factor.shape).to(factor)).to(device))
    at = Inversion(WPlus(drawn(1, 18, 512)), lora if part == "lora" or seed == 2 else None)
    face = drawn(1, 3, plain.side, plain.side).clamp(-1, 1)
    return at, part, plain.see(face), 0.1 * drawn(*face.shape) if corrected else None, (6.0, 3.0, 4.0, 2.0 + seed)


def agree(found, wanted, tolerance):
    pairs = zip(tensors(found), tensors(wanted), strict=True)
    return all((one - other).norm() <= tolerance * other.norm() + 1e-12 for one, other in pairs)


def tensors(slope):
    return slope.picture, slope.distances, *slope.gradients


def test_steps_are_those_computed_without_in_any_order(plain):
    taping = Taping(gradients=True)
    recorded = RecordedObjective(plain, taping)
    with gradients():
        found = [recorded(*asked(plain, *step)) for step in STEPS]  # none is computed over by the next
        assert all(agree(one, plain(*asked(plain, *step)), 1e-4) for one, step in zip(found, STEPS, strict=True))
    assert taping.recorded == 3, "steps of a code, of a code with a LoRA, and of a LoRA"


def test_steps_of_a_code_are_recorded_before_anybody_asks(plain):
    taping = Taping(gradients=True)
    recorded, step = RecordedObjective(plain, taping), asked(plain, "w_plus", 1, True)
    recorded.prepare(torch.device("cpu"))
    with gradients():
        assert agree(recorded(*step), plain(*step), 1e-4) and taping.recorded == 1


def test_without_room_to_record_steps_are_computed_without(plain):
    step = asked(plain, "w_plus", 1, False)
    with gradients():
        assert agree(RecordedObjective(plain, Taping(room=0))(*step), plain(*step), 0)


def test_a_recording_that_fails_is_told_once_and_does_without(plain):
    def failing(compute):
        raise RuntimeError("operation not permitted when stream is capturing")

    recorded, step = RecordedObjective(plain, failing), asked(plain, "w_plus", 1, False)
    with gradients():
        with pytest.warns(UserWarning, match="could not be recorded.*capturing"):
            recorded(*step)
        assert agree(recorded(*step), plain(*step), 0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_cuda_graphs_compute_what_the_gpu_computes_without():
    device = torch.device("cuda")
    generator, likeness = random_preview().to(device), Likeness(LikenessNet()).eval().requires_grad_(False).to(device)
    plain = AutogradObjective(generator, generator.resolution, likeness)
    recorded = RecordedObjective(plain, CudaGraphs(device))
    with gradients():
        for step in STEPS:
            one = asked(plain, *step, device)
            assert agree(recorded(*one), plain(*one), 0.05)  # in half precision
