"""face -> w+: read a code off an aligned face, and move it, then the generator, nearer to the face."""

from editor.encode.compact import CompactConfig, CompactEncoder, read_encoder, write_encoder
from editor.encode.psp import PspConfig, PspEncoder, read_psp
from editor.encode.refine import RefineConfig, Step, refine, tune

__all__ = [
    "CompactConfig",
    "CompactEncoder",
    "PspConfig",
    "PspEncoder",
    "RefineConfig",
    "Step",
    "read_encoder",
    "read_psp",
    "refine",
    "tune",
    "write_encoder",
]
