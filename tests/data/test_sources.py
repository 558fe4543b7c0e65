"""Codes for training and evaluation: from a file, split by person; flows of another encoder are refused."""

import dataclasses

import pytest
import torch
from PIL import Image

from editor.data import sources
from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, write_codes
from editor.data.sources import codes_of, everyones_codes, flow_for
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


@pytest.fixture
def data(tmp_path):
    """Eight faces of four people, whose splits are train, train, test and validation."""
    (tmp_path / "data" / "img").mkdir(parents=True)
    for face in range(8):
        Image.new("RGB", (8, 8), (30 * face,) * 3).save(tmp_path / "data" / "img" / f"{face}.png")
    rows = "".join(f"{face}.png,{face % 2}\n" for face in range(8))
    (tmp_path / "data" / "attributes.csv").write_text("id,Smiling\n" + rows)
    splits = ("train", "train", "test", "validation")
    rows = "".join(f"{face}.png,{face // 2},{splits[face // 2]}\n" for face in range(8))
    (tmp_path / "data" / "split.csv").write_text("id,person,split\n" + rows)
    return tmp_path / "data"


@pytest.fixture
def encoded(monkeypatch):
    """Faces are encoded by their mean colours."""

    def encode(faces):
        return WPlus(faces.mean((2, 3))[:, None].repeat(1, 18, 1))

    monkeypatch.setattr(sources, "encoding_of", lambda source, store: (encode, 8))


def of_people(codes):
    return sorted(set(codes.people.tolist()))


def test_cached_codes_of_other_people_labels_or_pictures_are_not_taken(data, encoded, tmp_path):
    options = CodeOptions(data=data, codes=tmp_path / "codes")
    before = codes_of(options, WeightStore(), "train")
    assert len(list(options.codes.iterdir())) == 1 and torch.equal(
        codes_of(options, WeightStore(), "train").labels, before.labels
    )
    split = (data / "split.csv").read_text()
    (data / "split.csv").write_text(split.replace("1,train", "1,test"))
    assert of_people(codes_of(options, WeightStore(), "train")) == [0]
    labels = (data / "attributes.csv").read_text()
    (data / "attributes.csv").write_text(labels.replace("0.png,0", "0.png,1"))
    assert codes_of(options, WeightStore(), "train").labels[0]
    Image.new("RGB", (80, 80), (255, 0, 0)).save(data / "img" / "0.png")
    assert codes_of(options, WeightStore(), "train").w_plus[0, 0, 0] == 1


def test_everyone_is_whoever_is_in_a_split_that_there_is(data, encoded, tmp_path):
    options = CodeOptions(data=data, codes=tmp_path / "codes")
    assert of_people(everyones_codes(options, WeightStore())) == [0, 1, 2, 3]
