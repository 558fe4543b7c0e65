"""Files of encoders that this project trained: weights in half precision, and the sizes that they belong to."""

import json
from pathlib import Path

from editor.encode.compact import CompactEncoder
from editor.encode.config import CompactConfig, PyramidConfig
from editor.encode.pyramid import PyramidEncoder
from editor.weights.tensors import Tensors, filled, halved, read_as, write_tensors

OwnEncoder = CompactEncoder | PyramidEncoder
"""What such a file may hold."""


def write_encoder(encoder: OwnEncoder, path: Path) -> None:
    """Save weights in half precision, with the config they belong to.

    >>> encoder = CompactEncoder(CompactConfig(widths=(8, 8, 8, 8, 16), depth=1, pyramid=8, summary=2))
    >>> write_encoder(encoder, folder / "encoder.safetensors")
    >>> read_encoder(folder / "encoder.safetensors").config == encoder.config
    True
    """
    write_tensors(path, halved(encoder.state_dict()), {"config": json.dumps(encoder.about)})


def read_encoder(path: Path) -> OwnEncoder:
    """The encoder in a file that `write_encoder` made, frozen, in eval mode.

    Raises:
        WeightsError: the file is not such a file.

    >>> import torch
    >>> small = PyramidConfig(resolution=32, pyramid=4, summary=2, glance=8)
    >>> write_encoder(PyramidEncoder(small), folder / "encoder.safetensors")
    >>> read_encoder(folder / "encoder.safetensors")(torch.zeros(2, 3, 128, 128)).shape
    torch.Size([2, 18, 512])
    """

    def build(tensors: Tensors, about: dict[str, str]) -> OwnEncoder:
        config = json.loads(about["config"])
        if config.pop("kind", "compact") == "pyramid":
            return filled(lambda: PyramidEncoder(PyramidConfig(**config)), tensors)
        return filled(lambda: CompactEncoder(CompactConfig(**config | {"widths": tuple(config["widths"])})), tensors)

    return read_as(path, "an encoder of this project", build)
