"""Attributes from few photos: who brings photos never judges, and what is measured is what it says."""

import numpy as np
import torch

from editor.evaluate.product.own import balanced, drawn
from editor.evaluate.product.turn import turn_of, turned_sides


def test_people_who_bring_photos_never_judge():
    people = torch.arange(300) // 3
    have, lack = torch.arange(300) % 5 == 0, torch.arange(300) % 5 == 1
    for seed in range(5):
        draw = drawn(have, lack, people, 10, seed)
        brought = {*people[draw.shows].tolist(), *people[draw.lacks].tolist()}
        assert not brought & set(people[draw.judges].tolist()) and len(brought) > 5
        assert have[draw.shows].all() and lack[draw.lacks].all() and (have | lack)[draw.judges].all()


def test_another_seed_draws_other_people():
    have = torch.arange(300) % 2 == 0
    one, other = (drawn(have, ~have, torch.arange(300) // 3, 10, seed).judges for seed in (0, 1))
    assert not torch.equal(one, other)


def test_a_constant_answer_is_worth_a_half():
    assert balanced(torch.ones(10), torch.arange(10) < 2) == 0.5


def test_a_turn_does_not_depend_on_size_or_roll():
    landmarks = np.array([[30.0, 40.0], [70.0, 40.0], [56.0, 60.0], [35.0, 80.0], [65.0, 80.0]])
    cos, sin = np.cos(0.3), np.sin(0.3)
    rolled = 2.5 * landmarks @ np.array([[cos, sin], [-sin, cos]]) + 7
    assert np.isclose(turn_of(landmarks), 0.15) and np.isclose(turn_of(rolled), 0.15)
    assert np.isclose(turn_of(landmarks[[1, 0, 2, 4, 3]] * [-1, 1]), -0.15)


def test_a_face_that_was_not_found_is_on_neither_side():
    left, right = turned_sides(torch.tensor([float("nan"), -1, 0, 1, float("nan")]), share=0.5)
    assert not (left & right).any() and not left[[0, 4]].any() and not right[[0, 4]].any()
