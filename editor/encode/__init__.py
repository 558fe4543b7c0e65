"""face -> w+: read a code off an aligned face.

compact.py   this project's small encoder
psp.py       pSp and e4e, from their checkpoints
config.py    sizes of the small encoder
face.py      either of them on a device, one face at a time
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from editor.encode.compact import CompactEncoder, read_encoder, write_encoder
    from editor.encode.config import CompactConfig
    from editor.encode.psp import PspConfig, PspEncoder, read_psp

_HOMES = {
    "CompactConfig": "editor.encode.config",
    "CompactEncoder": "editor.encode.compact",
    "PspConfig": "editor.encode.psp",
    "PspEncoder": "editor.encode.psp",
    "read_encoder": "editor.encode.compact",
    "read_psp": "editor.encode.psp",
    "write_encoder": "editor.encode.compact",
}

__all__ = [
    "CompactConfig",
    "CompactEncoder",
    "PspConfig",
    "PspEncoder",
    "read_encoder",
    "read_psp",
    "write_encoder",
]


def __getattr__(name: str) -> Any:
    """Import a name from its module when it is first asked for: sizes can then be read without the networks."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
