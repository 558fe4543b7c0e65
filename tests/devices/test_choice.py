"""Only devices that the networks run on are taken, and only those that are here."""

import pytest
import torch

from editor.devices.choice import chosen_device, devices
from editor.errors import SettingError


def test_every_device_named_is_one_that_holds_a_tensor():
    for name in devices():
        assert torch.zeros(1, device=chosen_device(name)).device.type == name.partition(":")[0]


def test_by_default_the_last_kind_named_is_used():
    assert chosen_device(None) == chosen_device("") == torch.device("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize(
    "name", ["mps", "meta", "xpu", "xla", "CPU", "cpu:0", "cuda:-1", "cuda:0x", "cuda:99", "nonsense", "9" * 5000]
)
def test_any_other_device_is_one_sentence_with_those_there_are(name):
    with pytest.raises(SettingError, match=f"no device called.*here there is: {', '.join(devices())}\\."):
        chosen_device(name)


def test_cuda_where_there_is_none_is_told(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SettingError, match="no CUDA device here"):
        chosen_device("cuda")


def test_each_of_several_gpus_has_a_name(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert chosen_device("cuda:1") == torch.device("cuda", 1) and chosen_device(None) == torch.device("cuda")
    with pytest.raises(SettingError, match="here there is: cpu, cuda, cuda:0, cuda:1"):
        chosen_device("cuda:2")
