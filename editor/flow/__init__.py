"""W+ <-> W*: the normalizing flow T that unfolds the latent space.

real_nvp.py   T and T^-1, and its file
coupling.py   one affine coupling
config.py     its sizes
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from editor.flow.config import FlowConfig
    from editor.flow.real_nvp import RealNVP, read_flow, write_flow

_HOMES = {
    "FlowConfig": "editor.flow.config",
    "RealNVP": "editor.flow.real_nvp",
    "read_flow": "editor.flow.real_nvp",
    "write_flow": "editor.flow.real_nvp",
}

__all__ = [
    "FlowConfig",
    "RealNVP",
    "read_flow",
    "write_flow",
]


def __getattr__(name: str) -> Any:
    """Import a name from its module when it is first asked for: sizes can then be read without the networks."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
