"""face -> w+: read a code off an aligned face, and move it nearer to the face."""

from editor.encode.compact import CompactConfig, CompactEncoder, read_encoder, write_encoder
from editor.encode.refine import RefineConfig, RefineStep, refine

__all__ = ["CompactConfig", "CompactEncoder", "RefineConfig", "RefineStep", "read_encoder", "refine", "write_encoder"]
