"""face -> w+: read a code off an aligned face, and move it, then the generator, nearer to the face."""

from editor.encode.compact import CompactConfig, CompactEncoder, read_encoder, write_encoder
from editor.encode.refine import RefineConfig, Step, refine, tune

__all__ = ["CompactConfig", "CompactEncoder", "RefineConfig", "Step", "read_encoder", "refine", "tune", "write_encoder"]
