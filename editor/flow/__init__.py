"""W+ <-> W*: the normalizing flow T that unfolds the latent space.

real_nvp.py   T and T^-1, and its file
coupling.py   one affine coupling
"""

from editor.flow.real_nvp import FlowConfig, RealNVP, read_flow, write_flow

__all__ = ["FlowConfig", "RealNVP", "read_flow", "write_flow"]
