"""A training of T that learns and resumes, by the paper's losses."""

import pytest
import torch

from editor.classify.linear import Linear, fit_linear
from editor.data.codes import LabelledCodes
from editor.flow import FlowConfig
from editor.spaces import WPlus
from editor.train.flow.recipes import FlowTraining
from editor.train.flow.training import round_trip_error, train_flow
from editor.train.history import Run


@pytest.fixture
def codes() -> LabelledCodes:
    """Codes whose first attribute is a ring: no line separates it, a flow can."""
    random = torch.Generator().manual_seed(0)
    w_plus = torch.randn(600, 2, 4, generator=random)
    ring = w_plus[:, 0, :2].square().sum(1) > 1.4
    return LabelledCodes(
        WPlus(w_plus), torch.stack([ring, w_plus[:, 1, 0] > 0], 1), torch.arange(600), ("ring", "side"), "hash"
    )


CONFIG = FlowTraining(epochs=12, batch=32, rate=3e-3, model=FlowConfig(couplings=4, hidden=32, layers=2, channels=4))


def classifiers_of(codes: LabelledCodes) -> Linear:
    return fit_linear(codes.w_plus.flatten(1), codes.labels, 0.1, "logistic")


def test_training_separates_what_no_line_did(codes, tmp_path, capsys):
    train, validation = codes.by_person(0.3, 0)
    classifiers = classifiers_of(train)
    flow = train_flow(CONFIG, Run(tmp_path, CONFIG), classifiers, train, validation)
    printed = capsys.readouterr()
    assert not printed.out and "accuracy=" in printed.err, "what is printed for programs to read stays theirs"
    with torch.no_grad():
        after = classifiers.accuracy(flow(validation.w_plus).flatten(1), validation.labels)
    before = classifiers.accuracy(flow.normalise(validation.w_plus), validation.labels)
    assert after[0] > before[0] + 0.1
    assert round_trip_error(flow, validation.w_plus) < 1e-4


def test_a_resumed_run_ends_as_the_unbroken_one(codes, tmp_path):
    train, validation = codes.by_person(0.3, 0)
    classifiers = classifiers_of(train)
    unbroken = train_flow(CONFIG, Run(tmp_path / "a", CONFIG), classifiers, train, validation)
    train_flow(CONFIG, Run(tmp_path / "b", CONFIG), classifiers, train, validation, stop_at=5)
    resumed = train_flow(CONFIG, Run(tmp_path / "b", CONFIG), classifiers, train, validation)
    for one, other in zip(unbroken.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_nobody_is_in_both_parts(codes):
    doubled = LabelledCodes(codes.w_plus, codes.labels, codes.people // 3, codes.attributes, codes.encoder)
    train, validation = doubled.by_person(0.25, 1)
    assert not set(train.people.tolist()) & set(validation.people.tolist())
    assert len(train) + len(validation) == 600 and 100 < len(validation) < 200
