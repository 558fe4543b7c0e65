"""SVMs with scikit-learn's default C of 1, as in the paper and InterFaceGAN: they show what the choice of C does."""

from pathlib import Path

import torch

from editor.classify.linear import DEFAULT_C, fit_svm
from editor.data.codes import LabelledCodes, normalised_codes
from editor.flow import RealNVP
from editor.spaces import Space
from editor.weights.tensors import kept_tensor


def default_normals(flow: RealNVP, train: LabelledCodes, space: Space, cached: Path) -> torch.Tensor:
    """Unit normals [K, 9216] of SVMs on these codes with scikit-learn's C.

    Args:
        cached: the file that they are read from; they are fitted and written if it does not exist.

    >>> default_normals(flow, codes, "w_plus", folder / "normals.safetensors").norm(dim=1)
    tensor([1.0000, 1.0000])
    """

    def fitted() -> torch.Tensor:
        codes = normalised_codes(flow, train, space)
        return fit_svm(codes, train.labels, DEFAULT_C).normals()

    return kept_tensor(cached, "normals", fitted)
