"""W+ <-> W*: the normalizing flow T that unfolds the latent space."""

from editor.flow.real_nvp import FlowConfig, Hyperplanes, RealNVP, read_flow, read_hyperplanes, write_flow

__all__ = ["FlowConfig", "Hyperplanes", "RealNVP", "read_flow", "read_hyperplanes", "write_flow"]
