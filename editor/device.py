"""Which device the networks run on."""

import torch

from editor.errors import SettingError


def chosen_device(name: str | None) -> torch.device:
    """The device asked for, by default CUDA where there is one.

    Raises:
        SettingError: there is no such device here.
    """
    try:
        device = torch.device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
    except RuntimeError as error:
        raise SettingError(f"There is no device called {name!r}. There are: cpu, cuda.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SettingError("There is no CUDA device here, or PyTorch does not see it. Leave --device out, or say cpu.")
    return device
