"""Checkpoints of other projects: files of theirs -> plain containers of tensors. Untrusted: nothing in them is ever run."""

from editor.checkpoints.nvidia_pickle import NvidiaModule, named_tensors, read_nvidia_pickle
from editor.checkpoints.torch_file import read_torch_file

__all__ = ["NvidiaModule", "named_tensors", "read_nvidia_pickle", "read_torch_file"]
