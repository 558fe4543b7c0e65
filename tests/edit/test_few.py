"""A direction from few codes: it finds what parts them, is not fooled by what does not, and tells the truth about itself."""

import pytest
import torch

from editor.edit.few import Parting, Validation, cross_validated, one_direction, part_few

NUMBERS = 400
RANDOM = torch.Generator()


def codes(count: int, along: float, seed: int) -> torch.Tensor:
    """Noise, shifted along the first number; the second number varies far more than the others."""
    RANDOM.manual_seed(seed)
    noise = torch.randn(count, NUMBERS, generator=RANDOM)
    noise[:, 0] += along
    noise[:, 1] *= 30
    return noise


def test_what_varies_anyway_counts_less_than_in_the_difference_of_the_means():
    have, lack = codes(20, 6, 0), codes(20, 0, 1)
    apart = torch.nn.functional.normalize(have.mean(0) - lack.mean(0), dim=0)
    normal = part_few(have, lack).normal
    assert normal[1].abs() < 0.6 * apart[1].abs() and normal[0] > apart[0]


def test_as_much_shrinkage_as_possible_is_the_difference_of_the_means():
    have, lack = codes(20, 6, 0), codes(15, 0, 1)
    apart = torch.nn.functional.normalize(have.mean(0) - lack.mean(0), dim=0)
    assert torch.allclose(part_few(have, lack, shrinkage=1e9).normal, apart, atol=1e-4)


def test_it_is_the_formula_with_the_whole_matrix():
    have, lack = codes(8, 2, 0)[:, :30], codes(6, 0, 1)[:, :30]
    about = torch.cat([have - have.mean(0), lack - lack.mean(0)])
    scatter = about.t() @ about / len(about)
    system = scatter + 100 * scatter.diagonal().mean() * torch.eye(30)
    wanted = torch.linalg.solve(system, have.mean(0) - lack.mean(0))
    assert torch.allclose(part_few(have, lack).normal, torch.nn.functional.normalize(wanted, dim=0), atol=1e-4)


def test_the_other_way_round_it_is_the_other_direction():
    have, lack = codes(20, 6, 0), codes(20, 0, 1)
    one, other = part_few(have, lack), part_few(lack, have)
    assert torch.allclose(one.normal, -other.normal, atol=1e-5) and torch.allclose(one(have), -other(have), atol=1e-3)


def test_codes_that_are_all_alike_on_each_side_are_parted():
    have, lack = torch.ones(5, 3), torch.zeros(5, 3)
    assert torch.allclose(part_few(have, lack).normal, torch.full((3,), 3**-0.5))


def test_of_noise_nothing_is_claimed():
    found = [
        cross_validated(codes(20, 0, 2 * n), codes(20, 0, 2 * n + 1), (range(20), range(20, 40))).accuracy for n in range(10)
    ]
    assert 0.4 < sum(found) / len(found) < 0.6


def test_a_person_is_never_judged_by_a_direction_that_knows_them():
    """Each person has a code of their own, which says nothing of other people's."""
    faces = torch.randn(8, NUMBERS, generator=RANDOM.manual_seed(0))
    have, lack = faces[:4].repeat_interleave(5, 0), faces[4:].repeat_interleave(5, 0)
    people = [n // 5 for n in range(20)], [4 + n // 5 for n in range(20)]
    known = cross_validated(have, lack, (range(20), range(20, 40)))  # as if each photo were of somebody else
    assert known.accuracy == 1 and cross_validated(have, lack, people).accuracy < 0.8


def test_people_on_both_sides_are_in_one_fold():
    have, lack = codes(20, 20, 0), codes(20, 0, 1)
    found = cross_validated(have, lack, (range(20), range(20)))
    assert found.of == (20, 20) and found.accuracy > 0.8


def test_one_person_cannot_be_judged():
    with pytest.raises(ValueError, match="one person"):
        cross_validated(codes(5, 1, 0), codes(5, 0, 1), ([0] * 5, range(5)))


@pytest.mark.parametrize(("gap", "step"), [(20.0, 12.0), (0.0, 3.0), (500.0, 45.0)])
def test_a_unit_is_neither_nothing_nor_the_end_of_a_face(gap, step):
    part = one_direction(Parting(torch.eye(1, 4)[0], torch.tensor(0.5), gap), Validation((3, 3), (5, 5)))
    assert part.steps.item() == step and part.normals.shape == (1, 4) and part.accuracy.item() == pytest.approx(0.6)


@pytest.mark.parametrize(
    "people",
    [(range(11), (0, 5, 10, 0, 5)), ((0, 9), (1, 0)), ((1, 0, 0), (0, 9)), ((0, 5), range(6)), ((0, 1), (1, 0))],
)
def test_whoever_is_on_both_sides_leaves_somebody_to_judge(people):
    sizes = [len(side) for side in people]
    found = cross_validated(codes(sizes[0], 20, 0), codes(sizes[1], 0, 1), people)
    assert found.of == tuple(sizes) and 0 <= found.accuracy <= 1
