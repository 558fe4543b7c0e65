"""T as the paper's text suggests: nobody is held out."""

from dataclasses import replace

import pytest
import torch

from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, write_codes
from editor.errors import SettingError
from editor.flow import FlowConfig, read_flow
from editor.spaces import WPlus
from editor.train.flow import everyone
from editor.train.flow.recipes import FlowTraining
from editor.train.flow.run import train_flow_on

TRAINING = FlowTraining(epochs=1, batch=20, model=FlowConfig(couplings=2, hidden=4, layers=18, channels=2))


@pytest.fixture
def codes(random) -> LabelledCodes:
    w_plus = torch.randn(80, 18, 2, generator=random).half()
    labels = torch.stack([w_plus[:, 0, 0] > 0, w_plus[:, 3, 1] > 0.5], 1)
    return LabelledCodes(WPlus(w_plus), labels, torch.arange(80), ("a", "b"), "encoder", tuple(map(str, range(80))))


def test_the_people_held_out_are_trained_on_too(codes, tmp_path, monkeypatch):
    write_codes(codes, tmp_path / "codes.safetensors")
    seen, train = [], everyone.train_flow

    def watched(config, run, classifiers, training, validation):
        seen.append((set(training.people.tolist()), set(validation.people.tolist())))
        return train(config, run, classifiers, training, validation)

    monkeypatch.setattr(everyone, "train_flow", watched)
    report = train_flow_on(CodeOptions(codes=tmp_path / "codes.safetensors"), TRAINING, tmp_path / "run", everyone=True)
    assert seen == [(set(range(80)), set(range(80)))]
    flow, encoder = read_flow(tmp_path / "run" / "flow.safetensors")
    assert encoder == "encoder" and flow(codes.w_plus.float()).shape == (80, 18, 2)
    assert report["round_trip"] < 1e-3


def test_soft_labels_which_not_everybody_has_are_refused(codes, tmp_path):
    write_codes(codes, tmp_path / "codes.safetensors")
    with pytest.raises(SettingError):
        distilled = replace(TRAINING, distilled=True)
        train_flow_on(CodeOptions(codes=tmp_path / "codes.safetensors"), distilled, tmp_path / "run", everyone=True)
