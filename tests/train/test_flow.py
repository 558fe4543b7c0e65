"""A training of T that learns and resumes, by the paper's losses and by the judged ones."""

import pytest
import torch

from editor.flow import FlowConfig
from editor.spaces import WPlus
from editor.train.codes import Codes
from editor.train.flow import FlowTraining, Teachers, round_trip_error, train_flow, unit_steps, validate
from editor.train.linear import Linear, fit_linear
from editor.train.run import Run


@pytest.fixture
def codes() -> Codes:
    """Codes whose first attribute is a ring: no line separates it, a flow can."""
    random = torch.Generator().manual_seed(0)
    w_plus = torch.randn(600, 2, 4, generator=random)
    ring = w_plus[:, 0, :2].square().sum(1) > 1.4
    return Codes(WPlus(w_plus), torch.stack([ring, w_plus[:, 1, 0] > 0], 1), torch.arange(600), ("ring", "side"), "hash")


SIZES = FlowConfig(couplings=4, hidden=32, layers=2, channels=4)
CONFIG = FlowTraining(epochs=12, batch=32, rate=3e-3, model=FlowConfig(couplings=4, hidden=32, layers=2, channels=4))


def classifiers_of(codes: Codes) -> Linear:
    return fit_linear(codes.w_plus.flatten(1), codes.labels, 0.1, "logistic")


def test_training_separates_what_no_line_did(codes, tmp_path, capsys):
    train, apart = codes.by_person(0.3, 0)
    classifiers = classifiers_of(train)
    flow = train_flow(CONFIG, Run(tmp_path, CONFIG), Teachers(classifiers), train, apart)
    printed = capsys.readouterr()
    assert not printed.out and "accuracy=" in printed.err, "what is printed for programs to read stays theirs"
    with torch.no_grad():
        after = classifiers.accuracy(flow(apart.w_plus).flatten(1), apart.labels)
    before = classifiers.accuracy(flow.normalise(apart.w_plus), apart.labels)
    assert after[0] > before[0] + 0.1
    assert round_trip_error(flow, apart.w_plus) < 1e-4


def test_a_resumed_run_ends_as_the_unbroken_one(codes, tmp_path):
    train, apart = codes.by_person(0.3, 0)
    classifiers = Teachers(classifiers_of(train))
    unbroken = train_flow(CONFIG, Run(tmp_path / "a", CONFIG), classifiers, train, apart)
    train_flow(CONFIG, Run(tmp_path / "b", CONFIG), classifiers, train, apart, stop_at=5)
    resumed = train_flow(CONFIG, Run(tmp_path / "b", CONFIG), classifiers, train, apart)
    for one, other in zip(unbroken.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other)


class Reads(torch.nn.Module):
    """A surrogate that reads two attributes off a code: the second comes along with the first's own number."""

    attributes = 2

    def forward(self, numbers):
        first, second, third = numbers[:, 0], numbers[:, 1], numbers[:, 4]
        return torch.stack([first + 0.5 * third, second + 0.8 * first, third], 1)


def test_the_judged_recipe_unties_what_a_straight_move_ties(codes, tmp_path):
    train, apart = codes.by_person(0.3, 0)
    planes = Linear(torch.eye(2, 8), torch.zeros(2))
    config = FlowTraining(
        losses="judged",
        epochs=15,
        batch=32,
        rate=5e-3,
        attribute=0.0,
        margin=0.0,
        effect=4.0,
        reach=1.5,
        decay=0.0,
        average=0.9,
        cooled=True,
        model=SIZES,
    )
    teachers = Teachers(planes, Reads(), torch.ones(2))  # type: ignore[arg-type]
    first = train_flow(config, Run(tmp_path, config), teachers, train, apart, stop_at=0)
    flow = train_flow(config, Run(tmp_path, config), teachers, train, apart)
    before, after = (validate(f, teachers, apart, config) for f in (first, flow))
    assert after["validation_preservation"] < 0.5 * before["validation_preservation"]
    assert after["validation_effect"] < 0.1
    assert round_trip_error(flow, apart.w_plus) < 1e-4


def test_the_judged_recipe_needs_a_surrogate(codes, tmp_path):
    config = FlowTraining(losses="judged", epochs=1, model=CONFIG.model)
    with pytest.raises(ValueError, match="surrogate"):
        train_flow(config, Run(tmp_path, config), Teachers(classifiers_of(codes)), codes, codes)


def test_a_unit_changes_the_logit_by_one():
    steps = unit_steps(Reads(), torch.tensor([[1.0] + 7 * [0.0], 8 * [8**-0.5]]), torch.zeros(3, 8))  # type: ignore[arg-type]
    assert steps.tolist() == pytest.approx([1.0, 8**0.5 / 1.8], rel=1e-4)


def test_nobody_is_in_both_parts(codes):
    doubled = Codes(codes.w_plus, codes.labels, codes.people // 3, codes.attributes, codes.encoder)
    train, apart = doubled.by_person(0.25, 1)
    assert not set(train.people.tolist()) & set(apart.people.tolist())
    assert len(train) + len(apart) == 600 and 100 < len(apart) < 200
