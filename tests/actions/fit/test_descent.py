"""The descent on a toy generator: it gets nearer, keeps the best, and can be stopped."""

import threading
from itertools import islice
from typing import NamedTuple

import pytest
import torch

from editor.actions.fit.descent import Comparison, FitConfig, Judged, descend, fall
from editor.actions.fit.inversion import Inversion
from editor.actions.fit.objective import Slope
from editor.actions.fit.refine import code_moves
from editor.actions.fit.tune import lora_moves
from editor.judge.quality import ReconstructionQuality
from editor.reconstructor import Drawn
from editor.spaces import WPlus

BASIS = torch.randn(18 * 512, 3 * 8 * 8, generator=torch.Generator().manual_seed(0)) / 100
AXES = torch.eye(512) / 2
START = WPlus(torch.zeros(1, 18, 512))
GIVEN = (6.0, 4.0, 2.0)


def draw(w_plus):
    return (w_plus.float().flatten(1) @ BASIS).tanh().view(-1, 3, 8, 8)


class Toy:
    """Draws codes, or codes shifted by a LoRA's first factor, and compares pixels only."""

    side = 8

    def __init__(self, bright=0.0):
        self.bright, self.looks, self.corrections = bright, 0, []
        self.compares = lambda picture: picture

    def see(self, faces):
        self.looks += 1
        return faces

    def __call__(self, at, part, target, correction, weights):
        self.corrections.append(correction is not None)
        at = at.to_differentiate(part)
        picture = self.compares(draw(at.w_plus + (at.lora.parameters[0] if at.lora else 0)) + self.bright)
        error = (picture + (0 if correction is None else correction) - target).square().mean()
        gradients = torch.autograd.grad(sum(weights) * error, list(at.tensors(part)))
        return Slope(picture.detach(), error.detach().expand(4), gradients)


def error(w_plus, face):
    return (draw(w_plus) - face).square().mean()


@pytest.fixture
def face(random):
    return draw(torch.randn(1, 18, 512, generator=random))


def judging(face):
    def judge(at):
        assert not at.w_plus.requires_grad
        picture = draw(at.w_plus + (at.lora.parameters[0] if at.lora else 0))
        far = float((picture - face).square().mean())
        return Judged(at, Drawn(picture, ReconstructionQuality(far, far, far)))

    return judge


def run(face, steps=30, config=FitConfig(correct=5), toy=None, start=None):
    comparison = Comparison(face, [toy or Toy()], judging(face), start)
    return list(descend(code_moves(START, AXES, config=config), comparison, steps, config))


def test_it_gets_nearer_and_what_is_kept_never_farther(face):
    found = [at.best for at in run(face) if at.best]
    losses = [FitConfig().weigh(best.drawn.quality) for best in found]
    assert losses == sorted(losses, reverse=True) and losses[-1] < 0.5 * sum(GIVEN) * error(START, face)


def test_every_step_is_told_and_the_first_is_the_start(face):
    steps = run(face, steps=5)
    assert [at.step for at in steps] == list(range(6)) and torch.equal(steps[0].now.w_plus, START)


def test_nothing_is_drawn_in_full_before_it_is_due_and_the_end_always_is(face):
    steps = run(face, steps=7, config=FitConfig(correct=4))
    assert [at.best is not None for at in steps] == [False] * 4 + [True] * 4
    assert steps[-1].best is not steps[4].best


def test_stopping_early_keeps_what_was_reached(face):
    walk = descend(code_moves(START, AXES), Comparison(face, [Toy()]), 100, FitConfig())
    at = next(islice(walk, 10, None))
    assert at.step == 10
    walk.close()
    assert error(at.now.w_plus, face) < error(START, face)


def test_staying_keeps_the_code_near_the_encoders(face):
    near, far = (run(face, config=FitConfig(stay=stay))[-1].now.w_plus for stay in (300.0, 0.0))
    assert near.square().mean() < 0.5 * far.square().mean()


def test_the_start_is_not_changed_and_nothing_is_left_to_differentiate(face):
    before = START.clone()
    last = run(face, steps=3)[-1]
    assert torch.equal(START, before) and not last.now.w_plus.requires_grad


def test_steps_follow_the_axes_of_w(face):
    """Along an axis without any length nothing moves."""
    axes = torch.diag(torch.tensor([1.0] * 256 + [0.0] * 256))
    moved = run_along(axes, face)
    assert moved[..., :256].abs().max() > 0 and moved[..., 256:].abs().max() == 0


def run_along(axes, face):
    return list(descend(code_moves(START, axes), Comparison(face, [Toy()]), 3, FitConfig()))[-1].now.w_plus


def test_a_small_generator_that_errs_does_not_lead_astray(face):
    """The small one draws everything too bright; what counts is what the full one draws."""
    free = FitConfig(stay=0.0, correct=5)
    aimed, corrected = (run(face, 40, free, Toy(bright))[-1].best.inversion for bright in (0.0, 0.3))
    assert error(corrected.w_plus, face) < 1.5 * error(aimed.w_plus, face) + 1e-3
    assert error(corrected.w_plus, face) < 0.1 * error(START, face)


def test_a_start_that_is_drawn_already_corrects_from_the_first_step(face):
    known, unknown, small = Toy(), Toy(), FitConfig(coarse=1.0)
    run(face, 3, small, known, start=judging(face)(Inversion(START)))
    run(face, 3, small, unknown)
    assert all(known.corrections[1:]) and not any(unknown.corrections)


def test_a_short_descent_is_corrected_once_where_the_larger_drawings_begin(face):
    toy = Toy()
    steps = run(face, 20, FitConfig(correct=24, coarse=0.5), toy)
    assert [at.best is not None for at in steps].index(True) == 10
    del toy.corrections[10]  # the small drawing that the full one is compared with
    assert toy.corrections == [False] * 10 + [True] * 10


def test_a_few_steps_are_not_led_astray_either(face):
    config = FitConfig(stay=0.0)
    once, never = (
        list(descend(code_moves(START, AXES, config=config), Comparison(face, [Toy(0.3)], judge), 20, config))[-1].now.w_plus
        for judge in (judging(face), None)
    )
    assert error(once, face) < 0.5 * error(never, face)


def test_the_target_is_looked_at_once_at_each_size(face):
    small, large = Toy(), Toy()
    large.side = 16
    large.compares = lambda picture: picture.repeat_interleave(2, 2).repeat_interleave(2, 3)
    whole = face.repeat_interleave(2, 2).repeat_interleave(2, 3)
    list(descend(code_moves(START, AXES), Comparison(whole, [small, large]), 6, FitConfig(coarse=0.5)))
    assert (small.looks, large.looks) == (1, 1) and (len(small.corrections), len(large.corrections)) == (3, 3)


def test_each_computation_takes_its_turn_and_gives_it_back(face):
    turn = threading.Lock()
    held = []

    class Watched(Toy):
        def __call__(self, *given):
            held.append(turn.locked())
            return super().__call__(*given)

    for _ in descend(code_moves(START, AXES), Comparison(face, [Watched()], turn=turn), 3, FitConfig()):
        assert not turn.locked()
    assert held == [True] * 3


def test_the_rate_is_whole_and_then_falls():
    assert fall(0) == fall(0.49) == 1 and fall(1) == pytest.approx(0.1)


class Shift(NamedTuple):
    """A change of a toy generator: something added to every code."""

    parameters: list[torch.Tensor]

    def map(self, change):
        return Shift([change(factor) for factor in self.parameters])

    def size(self):
        return self.parameters[0].square().mean()


def tuned(face, steps, config=FitConfig(correct=5)):
    nothing = Shift([torch.zeros(1, 18, 512)])
    comparison = Comparison(face, [Toy()], judging(face))
    return nothing, list(descend(lora_moves(START, nothing, config), comparison, steps, config))


def test_tuning_moves_the_generator_and_leaves_what_it_was_given(face):
    nothing, steps = tuned(face, 40)
    first, last = steps[5].best, steps[-1].best
    assert FitConfig().weigh(last.drawn.quality) < FitConfig().weigh(first.drawn.quality)
    assert not nothing.parameters[0].any() and not last.inversion.lora.parameters[0].requires_grad
    assert not steps[0].now.lora.parameters[0].any(), "what was given is not moved by later steps"
    assert torch.equal(last.inversion.w_plus, START)


def test_a_firm_hold_keeps_the_generator_as_it_was(face):
    loose, firm = (tuned(face, 30, FitConfig(tune_stay=stay))[1][-1].now.lora.size() for stay in (0.0, 300.0))
    assert firm < 0.5 * loose
