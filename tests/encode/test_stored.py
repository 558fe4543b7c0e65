"""Files of encoders: each kind comes back as what it was."""

import pytest
import torch

from editor.encode import CompactConfig, CompactEncoder, PyramidConfig, PyramidEncoder, read_encoder, write_encoder
from editor.errors import WeightsError


@pytest.mark.parametrize(
    "make",
    [
        lambda: CompactEncoder(CompactConfig(widths=(8, 8, 16, 16, 16), depth=1, pyramid=8, summary=4)),
        lambda: PyramidEncoder(PyramidConfig(resolution=32, pyramid=4, summary=2, glance=8)),
    ],
    ids=["compact", "pyramid"],
)
def test_the_file_gives_the_encoder_back(make, tmp_path):
    torch.manual_seed(0)
    encoder = make().eval()
    write_encoder(encoder, tmp_path / "e.safetensors")
    again = read_encoder(tmp_path / "e.safetensors")
    face = torch.rand(1, 3, 128, 128)
    assert type(again) is type(encoder) and again.config == encoder.config
    assert (again(face) - encoder(face)).abs().max() < 1e-2
    assert not any(p.requires_grad for p in again.parameters())


def test_another_file_is_refused(tmp_path):
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(1)}, tmp_path / "e.safetensors")
    with pytest.raises(WeightsError, match="an encoder of this project"):
        read_encoder(tmp_path / "e.safetensors")
