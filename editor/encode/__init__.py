"""face -> w+: read a code off an aligned face.

pyramid.py   this project's encoder: a pyramid over a pretrained eye
eye.py       what it sees faces with
compact.py   this project's first encoder, which learnt to see by itself
stored.py    files of either
psp.py       pSp and e4e, from their checkpoints
config.py    sizes of both
face.py      any of them on a device, one face at a time
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from editor.encode.compact import CompactEncoder
    from editor.encode.config import CompactConfig, PyramidConfig
    from editor.encode.psp import PspConfig, PspEncoder, read_psp
    from editor.encode.pyramid import PyramidEncoder
    from editor.encode.stored import OwnEncoder, read_encoder, write_encoder

_HOMES = {
    "CompactConfig": "editor.encode.config",
    "CompactEncoder": "editor.encode.compact",
    "OwnEncoder": "editor.encode.stored",
    "PspConfig": "editor.encode.psp",
    "PspEncoder": "editor.encode.psp",
    "PyramidConfig": "editor.encode.config",
    "PyramidEncoder": "editor.encode.pyramid",
    "read_encoder": "editor.encode.stored",
    "read_psp": "editor.encode.psp",
    "write_encoder": "editor.encode.stored",
}

__all__ = [
    "CompactConfig",
    "CompactEncoder",
    "OwnEncoder",
    "PspConfig",
    "PspEncoder",
    "PyramidConfig",
    "PyramidEncoder",
    "read_encoder",
    "read_psp",
    "write_encoder",
]


def __getattr__(name: str) -> Any:
    """Import a name from its module when it is first asked for: sizes can then be read without the networks."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
