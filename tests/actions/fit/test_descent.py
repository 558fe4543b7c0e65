"""The descent on a toy generator: it gets nearer, keeps the best, and can be stopped."""

from itertools import islice
from typing import NamedTuple

import pytest
import torch

from editor.actions.fit.descent import FitConfig, fall
from editor.actions.fit.refine import optimise_code
from editor.actions.fit.tune import optimise_lora
from editor.spaces import WPlus


class Toy(NamedTuple):
    pixel: torch.Tensor
    perceptual: torch.Tensor
    identity: torch.Tensor


BASIS = torch.randn(18 * 512, 3 * 8 * 8, generator=torch.Generator().manual_seed(0)) / 100
STD = torch.full((512,), 0.5)


def draw(w_plus):
    return (w_plus.float().flatten(1) @ BASIS).tanh().view(-1, 3, 8, 8)


class Likeness:
    """Counts how often it looks at the target."""

    def __init__(self):
        self.looks = 0

    def see(self, faces):
        self.looks += not faces.requires_grad
        return (faces,)

    def between(self, one, target):
        error = (one[0].float() - target[0].float()).square().mean((1, 2, 3))
        return Toy(error, error, error)


def error(w_plus, face):
    return (draw(w_plus) - face[..., ::2, ::2]).square().mean()


@pytest.fixture
def face(random):
    return draw(torch.randn(1, 18, 512, generator=random)).repeat_interleave(2, 2).repeat_interleave(2, 3)


START = WPlus(torch.zeros(1, 18, 512))


def run(face, steps=30, config=FitConfig()):
    return list(optimise_code(face, START, STD, draw, draw, Likeness(), steps, config))


def test_it_gets_nearer_and_never_farther(face):
    losses = [at.loss for at in run(face)]
    assert losses[-1] < 0.5 * losses[0] and losses == sorted(losses, reverse=True)


def test_every_step_is_told_and_the_first_is_the_start(face):
    steps = run(face, steps=5)
    assert [at.step for at in steps] == list(range(6)) and torch.equal(steps[0].best, START)


def test_stopping_early_keeps_what_was_reached(face):
    walk = optimise_code(face, START, STD, draw, draw, Likeness(), 100)
    at = next(islice(walk, 10, None))
    assert at.step == 10
    walk.close()
    assert error(at.best, face) < error(START, face)


def test_staying_keeps_the_code_near_the_encoders(face):
    near, far = (run(face, config=FitConfig(stay=stay))[-1].best for stay in (10.0, 0.0))
    assert near.square().mean() < 0.5 * far.square().mean()


def test_the_start_is_not_changed_and_nothing_is_left_to_differentiate(face):
    before = START.clone()
    last = run(face, steps=3)[-1]
    assert torch.equal(START, before) and not last.best.requires_grad


def test_a_small_generator_that_errs_does_not_lead_astray(face):
    """The small one draws everything too bright; what counts is what the full one draws."""

    def bright(w_plus):
        return draw(w_plus) + 0.3

    free = FitConfig(stay=0.0)
    aimed, corrected = (
        list(optimise_code(face, START, STD, small, draw, Likeness(), 40, free))[-1] for small in (draw, bright)
    )
    assert error(corrected.best, face) < 1.5 * error(aimed.best, face) + 1e-4
    assert error(corrected.best, face) < 0.1 * error(START, face)


def test_the_target_is_looked_at_once(face):
    likeness = Likeness()
    list(optimise_code(face, START, STD, draw, draw, likeness, 5))
    assert likeness.looks == 1


def test_the_rate_is_whole_and_then_falls():
    assert fall(0) == fall(0.49) == 1 and fall(1) == pytest.approx(0.1)


class Shift(NamedTuple):
    """A change of a toy generator: something added to every code."""

    parameters: list[torch.Tensor]

    def map(self, change):
        return Shift([change(factor) for factor in self.parameters])

    def size(self):
        return self.parameters[0].square().mean()


def shifted(shift):
    return draw(START + shift.parameters[0])


def test_tuning_moves_the_generator_and_leaves_what_it_was_given(face):
    nothing = Shift([torch.zeros(1, 18, 512)])
    steps = list(optimise_lora(face, nothing, shifted, shifted, Likeness(), 40))
    losses = [at.loss for at in steps]
    assert losses[-1] < 0.5 * losses[0] and losses == sorted(losses, reverse=True)
    assert not nothing.parameters[0].any() and not steps[-1].best.parameters[0].requires_grad
    assert not steps[0].best.parameters[0].any(), "what was kept is not moved by later steps"


def test_a_firm_hold_keeps_the_generator_as_it_was(face):
    nothing = Shift([torch.zeros(1, 18, 512)])
    loose, firm = (
        list(optimise_lora(face, nothing, shifted, shifted, Likeness(), 30, FitConfig(tune_stay=stay)))[-1].best.size()
        for stay in (0.0, 100.0)
    )
    assert firm < 0.5 * loose
