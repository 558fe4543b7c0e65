"""face -> w+: read a code off an aligned face."""

from editor.encode.compact import CompactConfig, CompactEncoder, read_encoder, write_encoder

__all__ = ["CompactConfig", "CompactEncoder", "read_encoder", "write_encoder"]
