"""W+ <-> W*: the normalizing flow T that unfolds the latent space."""

from editor.flow.real_nvp import FlowConfig, RealNVP, read_flow, write_flow

__all__ = ["FlowConfig", "RealNVP", "read_flow", "write_flow"]
