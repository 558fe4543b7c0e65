"""What an edit brings along is taken back by few sliders that may, and what was asked for is as much as before."""

import pytest
import torch

from editor.edit.directions import MAX_STRENGTH
from editor.edit.preserving import CAME_ALONG, HELPERS, ROUNDS, Found, Wish, searching
from editor.edit.visible import VISIBLE, kin_of

NAMES = ("Smiling", "Male", "Young", "No_Beard", "Eyeglasses", "Gray_Hair", "Goatee", "Big_Lips", "Bangs")
SLIDERS = {*NAMES, "Own"}


class World:
    """Changes that are a bent function of the sliders: more than linear, and each moves a little of the others."""

    def __init__(self, strengths: dict[str, float], seed: int = 0, leak: float = 0.5, bend: float = 0.2):
        random = torch.Generator().manual_seed(seed)
        self.matrix = leak * torch.randn(len(NAMES), len(NAMES), generator=random)
        self.matrix[torch.arange(len(NAMES)), torch.arange(len(NAMES))] = 1.0
        self.strengths, self.bend, self.looks = strengths, bend, []

    def __call__(self, amounts):
        self.looks.append(dict(amounts))
        moved = torch.tensor([self.strengths.get(name, 0.0) + amounts.get(name, 0.0) for name in NAMES])
        linear = self.matrix @ moved
        return linear + self.bend * linear * linear.abs()


def found_by(world: World, wish: Wish, known=None) -> Found:
    *_, last = searching(world, wish, SLIDERS, known or {})
    assert last.over
    return last


def cost(changes: torch.Tensor, wish: Wish) -> float:
    others = torch.tensor([VISIBLE.get(name, 0.0) if name not in kin_of(wish.asked) else 0.0 for name in NAMES])
    return float(changes.square() @ others)


@pytest.mark.parametrize("strengths", [{"Male": 1.5}, {"Smiling": -1.0}, {"Male": 1.0, "Young": -1.5}])
def test_the_rest_stays_better_and_what_was_asked_for_is_as_much(strengths):
    wish, asked, costs = Wish(NAMES, strengths), [NAMES.index(name) for name in strengths], []
    for seed in range(8):
        world = World(strengths, seed)
        plain, kept = world({}), world(found_by(world, wish).amounts)
        costs.append((cost(plain, wish), cost(kept, wish)))
        assert torch.allclose(kept[asked], plain[asked], atol=0.25), "held, as far as bent answers tell"
    assert all(kept <= 1.05 * plain for plain, kept in costs)
    assert sum(kept for _, kept in costs) < 0.8 * sum(plain for plain, _ in costs)


@pytest.mark.parametrize("seed", range(6))
def test_helpers_are_few_stay_in_range_and_only_take_back(seed):
    strengths = {"Male": 2.0}
    world, wish = World(strengths, seed, leak=1.0), Wish(NAMES, strengths)
    found, plain = found_by(world, wish), dict(zip(NAMES, world({}).tolist(), strict=True))
    helpers = {name: amount for name, amount in found.amounts.items() if name not in strengths}
    assert len(helpers) <= HELPERS and set(helpers) <= set(VISIBLE) - kin_of(strengths)
    for name, amount in helpers.items():
        assert abs(amount) <= MAX_STRENGTH and amount * plain[name] < 0 and abs(plain[name]) * VISIBLE[name] >= CAME_ALONG
    assert "Male" not in found.amounts, "its slider is at its end"


def seen_by(wish: Wish, back: float) -> dict[str, float]:
    """The amounts for a smile that makes older; its helper also moves three of the features, back or further away."""

    def look(amounts):
        helped = amounts.get("Young", 0.0)
        smile, young = 1.0 + amounts.get("Smiling", 0.0), -0.8 + helped
        changes = torch.zeros(len(NAMES))
        changes[[NAMES.index("Smiling"), NAMES.index("Young")]] = torch.tensor([smile, young])
        return torch.cat([changes, 0.5 + back * helped * torch.ones(3)])

    *_, found = searching(look, wish, SLIDERS, {})
    return dict(found.amounts)


def test_what_is_taken_back_brings_the_picture_nearer_to_the_one_before():
    wish = Wish(NAMES, {"Smiling": 1.0})
    assert seen_by(wish, back=-0.6)["Young"] > 0.5
    assert seen_by(wish, back=0.6).get("Young", 0.0) == 0


def test_for_a_lock_alone_nearness_counts_nothing():
    wish = Wish(NAMES, {"Smiling": 1.0}, locked=("Young",), rest=False)
    assert seen_by(wish, back=0.6)["Young"] > 0.5


def test_an_asked_slider_only_goes_further():
    for seed in range(6):
        amounts = found_by(World({"Male": 1.0}, seed), Wish(NAMES, {"Male": 1.0})).amounts
        assert amounts.get("Male", 0.0) >= 0


def test_where_nothing_came_along_one_look_is_enough():
    world = World({"Smiling": 1.0}, leak=0.0)
    assert found_by(world, Wish(NAMES, {"Smiling": 1.0})).amounts == {} and world.looks == [{}]


def test_what_is_known_is_not_measured_again():
    first, again, wish = World({"Male": 1.5}), World({"Male": 1.4}), Wish(NAMES, {"Male": 1.5})
    found = found_by(first, wish)
    found_by(again, Wish(NAMES, {"Male": 1.4}), found.answers)
    assert len(again.looks) <= 1 + ROUNDS < len(first.looks)


@pytest.mark.parametrize("rest", [True, False])
def test_a_locked_attribute_stays_more_firmly_than_the_rest(rest):
    for seed in range(4):
        world = World({"Male": 1.5}, seed)
        wish = Wish(NAMES, {"Male": 1.5}, locked=("Young", "Eyeglasses"), rest=rest)
        found, at = found_by(world, wish), [NAMES.index("Young"), NAMES.index("Eyeglasses")]
        plain, kept = world({})[at].abs(), world(found.amounts)[at].abs()
        assert kept.max() < max(0.15, 0.35 * float(plain.max()))
        if not rest:
            assert set(found.amounts) <= {"Young", "Eyeglasses", "Male"}


def test_a_locked_slider_that_was_moved_has_the_room_that_is_left():
    world = World({"Male": 1.5, "Young": 1.8}, seed=1)
    wish = Wish(NAMES, {"Male": 1.5, "Young": 1.8}, locked=("Young",), rest=False)
    assert wish.asked == ["Male"]
    amount = found_by(world, wish).amounts.get("Young", 0.0)
    assert -MAX_STRENGTH <= 1.8 + amount <= MAX_STRENGTH


def test_a_search_can_be_stopped_and_what_it_measured_is_there():
    world = World({"Male": 1.5})
    walk = searching(world, Wish(NAMES, {"Male": 1.5}), SLIDERS, {})
    steps = [next(walk) for _ in range(3)]
    assert [len(step.answers) for step in steps] == [0, 1, 2] and not any(step.over for step in steps)
    found_by(second := World({"Male": 1.5}), Wish(NAMES, {"Male": 1.5}), steps[-1].answers)
    found_by(fresh := World({"Male": 1.5}), Wish(NAMES, {"Male": 1.5}))
    assert len(second.looks) == len(fresh.looks) - 2
