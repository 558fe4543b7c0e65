"""Normals of SVMs: C is the one that is asked for, and those that directions are compared with are fitted once."""

import pytest
import torch

from editor.classify.linear import fit_svm
from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, normalised_codes
from editor.errors import SettingError
from editor.evaluate.baselines.default_c import default_normals
from editor.flow import FlowConfig
from editor.spaces import SPACES, WPlus
from editor.train.directions.fit import DirectionsConfig, fit_directions, fit_svms
from editor.train.directions.run import train_directions
from editor.train.flow.classifiers import fresh_flow

LAYERS, CHANNELS = 18, 2


@pytest.fixture
def codes(random) -> LabelledCodes:
    w_plus = torch.randn(80, LAYERS, CHANNELS, generator=random)
    labels = torch.stack([w_plus[:, 0, 0] > 0, w_plus[:, 3, 1] > 0.5], 1)
    return LabelledCodes(WPlus(w_plus), labels, torch.arange(80), ("a", "b"), "encoder")


def test_normals_at_the_default_c_separate_and_are_fitted_once(codes, tmp_path):
    flow = fresh_flow(codes, FlowConfig(couplings=2, hidden=4, layers=LAYERS, channels=CHANNELS))
    found = default_normals(flow, codes, "w_plus", tmp_path / "svms" / "w_plus.safetensors")
    assert torch.allclose(found.norm(dim=1), torch.ones(2), atol=1e-5)
    along = flow.normalise(codes.w_plus) @ found.t()
    assert found[0].abs().argmax() == 0 and found[1].abs().argmax() == 3 * CHANNELS + 1
    assert ((along[:, 0] > 0) == codes.labels[:, 0]).float().mean() > 0.9
    others = LabelledCodes(codes.w_plus, ~codes.labels, codes.people, codes.attributes, codes.encoder)
    assert torch.equal(default_normals(flow, others, "w_plus", tmp_path / "svms" / "w_plus.safetensors"), found)


def test_the_c_that_is_asked_for_is_taken(codes):
    flow = fresh_flow(codes, FlowConfig(couplings=2, hidden=4, layers=LAYERS, channels=CHANNELS))
    asked, chosen = (fit_svms(flow, codes, "w_plus", DirectionsConfig(c=c)) for c in (1.0, None))
    expected = fit_svm(normalised_codes(flow, codes, "w_plus"), codes.labels, 1.0)
    assert torch.allclose(asked.weights, expected.weights)
    assert chosen.weights.norm() < 0.5 * asked.weights.norm(), "the largest C that is tried is a thousandth of it"


def test_the_unit_that_is_asked_for_is_taken_and_nothing_is_drawn(codes):
    def never(_):
        raise AssertionError("calibrated")

    flow = fresh_flow(codes, FlowConfig(couplings=2, hidden=4, layers=LAYERS, channels=CHANNELS))
    config = DirectionsConfig(c=1.0, unit=90.0)
    found = fit_directions(flow, codes, codes, never, never, config, "sha256")  # pyright: ignore[reportArgumentType]
    assert all(torch.equal(getattr(found, space).steps, torch.full((2,), 90.0)) for space in SPACES)


@pytest.mark.parametrize("config", [DirectionsConfig(c=0.0), DirectionsConfig(c=-1.0), DirectionsConfig(unit=0.0)])
def test_a_c_or_a_unit_that_is_none_is_refused(tmp_path, config):
    with pytest.raises(SettingError, match="above 0"):
        train_directions(CodeOptions(), config, tmp_path, None, None)
