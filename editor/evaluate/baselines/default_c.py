"""SVMs with scikit-learn's C of 1, as the paper and InterFaceGAN have them: what the choice of C is worth."""

from pathlib import Path

import torch

from editor.classify.linear import DEFAULT_C, fit_linear
from editor.data.codes import Codes, space_numbers
from editor.flow import RealNVP
from editor.spaces import Space
from editor.weights.tensors import kept_tensor


def default_normals(flow: RealNVP, train: Codes, space: Space, kept: Path) -> torch.Tensor:
    """Unit normals [K, 9216] of SVMs on all these codes with scikit-learn's C, read from the file `kept` where it is there."""

    def fitted() -> torch.Tensor:
        numbers = space_numbers(flow, train, space)
        return fit_linear(numbers, train.labels, DEFAULT_C, iterations=150, whitened=True).normals()

    return kept_tensor(kept, "normals", fitted)
