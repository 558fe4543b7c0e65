"""Normals that directions are compared with: fitted once."""

import pytest
import torch

from editor.data.codes import LabelledCodes
from editor.evaluate.baselines.default_c import default_normals
from editor.flow import FlowConfig
from editor.spaces import WPlus
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
