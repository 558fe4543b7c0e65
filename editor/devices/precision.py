"""Half precision where it is fast, full precision elsewhere.

A CPU without bf16 instructions (most of them) emulates bf16 at a hundredth of the speed of float32.
"""

import torch


def has_fast_bf16(device: torch.device) -> bool:
    """Whether matrix products in bf16 run on instructions of the device's own.

    >>> has_fast_bf16(torch.device("cuda"))
    True
    """
    if device.type != "cpu":
        return True
    able = getattr(torch.cpu, "get_capabilities", dict)()  # since torch 2.12
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def autocast(device: torch.device) -> torch.autocast:
    """bf16 for what is safe in it, where the device is fast at it; else nothing changes.

    >>> with autocast(torch.device("cpu")):
    ...     torch.exp(torch.zeros(2))
    tensor([1., 1.])
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=has_fast_bf16(device))
