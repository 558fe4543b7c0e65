"""face -> w+: read a code off an aligned face.

compact.py   this project's small encoder
psp.py       pSp and e4e, from their checkpoints
face.py      either of them on a device, one face at a time
"""

from editor.encode.compact import CompactConfig, CompactEncoder, read_encoder, write_encoder
from editor.encode.psp import PspConfig, PspEncoder, read_psp

__all__ = [
    "CompactConfig",
    "CompactEncoder",
    "PspConfig",
    "PspEncoder",
    "read_encoder",
    "read_psp",
    "write_encoder",
]
