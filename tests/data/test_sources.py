"""Codes for training and evaluation: from a file, split by person; flows of another encoder are refused."""

import dataclasses

import pytest
import torch

from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, write_codes
from editor.data.sources import codes_of, flow_for
from editor.errors import SettingError
from editor.flow import FlowConfig, RealNVP, write_flow
from editor.spaces import WPlus
from editor.weights import WeightStore


@pytest.fixture
def codes() -> LabelledCodes:
    return LabelledCodes(
        WPlus(torch.ones(60, 2, 4)), torch.eye(2).bool().repeat(30, 1), torch.arange(60) // 3, ("a", "b"), "abc"
    )


def test_a_file_is_split_by_person(codes, tmp_path):
    write_codes(codes, tmp_path / "codes.safetensors")
    options = CodeOptions(codes=tmp_path / "codes.safetensors")
    train, test, unused = (codes_of(options, WeightStore(), split) for split in ("train", "test", "unused"))
    assert len(train) + len(test) == 60 and 3 <= len(test) <= 15 and len(unused) == 0
    assert not set(train.people.tolist()) & set(test.people.tolist())


def test_an_attribute_of_one_class_is_named(codes, tmp_path):
    labels = codes.labels.clone()
    labels[:, 1] = True
    write_codes(dataclasses.replace(codes, labels=labels), tmp_path / "codes.safetensors")
    with pytest.raises(SettingError, match="has b"):
        codes_of(CodeOptions(codes=tmp_path / "codes.safetensors"), WeightStore(), "train")


def test_nothing_named_is_said(tmp_path):
    with pytest.raises(SettingError, match="--data"):
        codes_of(CodeOptions(codes=tmp_path), WeightStore(), "train")


def test_a_flow_of_another_encoder_is_refused(codes, tmp_path):
    path, flow = tmp_path / "f.safetensors", RealNVP(FlowConfig(couplings=2, hidden=4, layers=2, channels=4))
    write_flow(flow, path, "abc")
    assert isinstance(flow_for(path, codes), RealNVP)
    write_flow(flow, path, "def")
    with pytest.raises(SettingError, match="another encoder"):
        flow_for(path, codes)
