"""Which device the networks run on."""

import torch

from editor.errors import SettingError


def chosen_device(name: str | None) -> torch.device:
    """The device asked for, by default CUDA where there is one.

    Args:
        name: `cpu`, `cuda`, or `cuda:1` for one of several. PyTorch knows more, on which the networks were never run.

    Raises:
        SettingError: there is no such device here.

    >>> chosen_device("cpu")
    device(type='cpu')
    >>> chosen_device("tpu")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.SettingError: There is no device called 'tpu'. The networks run on ...
    """
    available = devices()
    name = name or ("cuda" if "cuda" in available else "cpu")
    if name == "cuda" and name not in available:
        raise SettingError("There is no CUDA device here, or PyTorch does not see it. Leave --device out, or say cpu.")
    if name not in available:
        known = ", ".join(available)
        raise SettingError(
            f"There is no device called {name[:40]!r}. The networks run on cpu, cuda or cuda:N, and here there is: {known}."
        )
    return torch.device(name)


def devices() -> tuple[str, ...]:
    """The names of the devices here that networks can run on: `cpu`, and where there is a GPU `cuda`, `cuda:0` and so on.

    >>> devices()[0]
    'cpu'
    """
    if not torch.cuda.is_available():
        return ("cpu",)
    return ("cpu", "cuda", *(f"cuda:{index}" for index in range(torch.cuda.device_count())))
