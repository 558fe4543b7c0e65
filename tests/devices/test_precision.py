"""bf16 only where the processor has instructions for it."""

import pytest
import torch

from editor.devices.precision import autocast, has_fast_bf16


@pytest.mark.parametrize(("able", "fast"), [({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"avx2": True}, False)])
def test_a_cpu_is_asked_what_it_can_do(able, fast, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able, raising=False)
    assert has_fast_bf16(torch.device("cpu")) is fast
    with autocast(torch.device("cpu")):
        product = torch.zeros(2, 2) @ torch.zeros(2, 2)
    assert product.dtype is (torch.bfloat16 if fast else torch.float32)


def test_an_older_torch_knows_nothing_and_full_precision_is_kept(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not has_fast_bf16(torch.device("cpu")) and has_fast_bf16(torch.device("cuda"))
