"""Codes with labels that others have published."""

from pathlib import Path

import numpy as np
import torch

from editor.data.codes import LabelledCodes
from editor.errors import SettingError
from editor.spaces import CHANNELS, LAYERS, WPlus


def read_latent_transformer_codes(codes: Path, labels: Path, attributes: tuple[str, ...]) -> LabelledCodes:
    """The Latent Transformer's `celebahq_dlatents_psp.npy` [N, 18, 512] with its `celebahq_anno.npy` [N, K].

    Who is who is not in them, so everybody is a person of their own.

    Raises:
        SettingError: they are not such files, or do not belong together.

    >>> np.save(folder / "dlatents.npy", np.zeros((2, 18, 512), dtype=np.float32))
    >>> np.save(folder / "anno.npy", np.array([[1, -1], [-1, 1]]))
    >>> codes = read_latent_transformer_codes(folder / "dlatents.npy", folder / "anno.npy", ("Smiling", "Young"))
    >>> codes.w_plus.shape, codes.labels.tolist(), codes.people.tolist()
    (torch.Size([2, 18, 512]), [[True, False], [False, True]], [0, 1])
    """
    try:
        w_plus, values = np.load(codes, mmap_mode="r", allow_pickle=False), np.load(labels, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise SettingError(f"{codes.name} and {labels.name} cannot be read as NumPy arrays: {error}") from error
    if not isinstance(w_plus, np.ndarray) or not isinstance(values, np.ndarray):
        raise SettingError(f"{codes.name} and {labels.name} have to be .npy files, with one array each.")
    if w_plus.shape[1:] != (LAYERS, CHANNELS) or values.shape != (len(w_plus), len(attributes)):
        raise SettingError(f"{codes.name} {w_plus.shape} and {labels.name} {values.shape} are not codes and their labels.")
    if not np.isin(values, (-1, 0, 1)).all():
        raise SettingError(f"{labels.name}: every attribute must be 0/1 or -1/1.")
    tensor = torch.from_numpy(np.array(w_plus, dtype=np.float32))
    if not tensor.isfinite().all():
        raise SettingError(f"{codes.name} holds a code that is not a finite number.")
    return LabelledCodes(WPlus(tensor), torch.from_numpy(values == 1), torch.arange(len(tensor)), attributes, "psp")
