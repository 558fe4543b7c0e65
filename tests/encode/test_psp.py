"""pSp and e4e encode as their papers say, each from a checkpoint that says it is one."""

import pytest
import torch

from editor.encode.psp import PspConfig, PspEncoder, read_psp
from editor.errors import WeightsError
from tests.encode.psp_files import ENCODER_TYPES, TINY, reference_codes, write_psp

STD = torch.full((512,), 0.5)


@pytest.fixture
def face(random):
    return torch.rand(1, 3, 256, 256, generator=random) * 2 - 1


@pytest.mark.parametrize("kind", ["psp", "e4e"])
def test_it_is_the_papers_arithmetic(kind, face, tmp_path):
    written = write_psp(tmp_path / "a.pt", kind)
    encoder = read_psp(tmp_path / "a.pt", kind, STD)
    wanted = reference_codes(written, face, kind)
    codes = encoder(face)
    assert codes.shape == (1, 18, 512) and (codes[0] - wanted).abs().max() < 1e-4 * wanted.std()
    assert (
        encoder.config.stages == TINY.stages
        and torch.equal(encoder.w_std, STD)
        and torch.allclose(encoder.w_mean, torch.linspace(-1, 1, 512))
    )


def test_larger_faces_are_shrunk(face, tmp_path):
    encoder = write_psp(tmp_path / "a.pt")
    large = face.repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert torch.allclose(encoder(large), encoder(face), atol=1e-5)


def test_the_same_weights_encode_otherwise_as_e4e(face, tmp_path):
    write_psp(tmp_path / "a.pt", "psp")
    write_psp(tmp_path / "b.pt", "e4e")
    psp, e4e = read_psp(tmp_path / "a.pt", "psp", STD)(face), read_psp(tmp_path / "b.pt", "e4e", STD)(face)
    assert torch.equal(psp[:, 0], e4e[:, 0]) and (psp[:, 1:] - e4e[:, 1:]).abs().max() > 0.01


@pytest.mark.parametrize("kind, other", [("psp", "e4e"), ("e4e", "psp")])
def test_one_given_as_the_other_is_refused(kind, other, tmp_path):
    write_psp(tmp_path / "a.pt", kind)
    with pytest.raises(WeightsError, match=ENCODER_TYPES[kind]):
        read_psp(tmp_path / "a.pt", other, STD)


@pytest.mark.parametrize("options", [None, {}, {"encoder_type": "BackboneEncoderUsingLastLayerIntoW"}])
def test_a_file_that_does_not_say_which_it_is_or_is_a_third(options, tmp_path):
    write_psp(tmp_path / "a.pt", opts=options)
    with pytest.raises(WeightsError, match="not loaded"):
        read_psp(tmp_path / "a.pt", "psp", STD)


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"latent_avg": None}, "latent_avg"),
        ({"latent_avg": torch.randn(18, 512)}, "latent_avg"),
        ({"latent_avg": torch.randn(18, 256)}, "latent_avg"),
        ({"state_dict": {"encoder.input_layer.0.weight": torch.zeros(16, 3, 3, 3)}}, "not hold all"),
        ({"state_dict": None}, "no checkpoint"),
    ],
)
def test_an_incomplete_checkpoint(changed, said, tmp_path):
    write_psp(tmp_path / "a.pt", **changed)
    with pytest.raises(WeightsError, match=said):
        read_psp(tmp_path / "a.pt", "psp", STD)


def test_sizes_are_those_of_the_checkpoints():
    with torch.device("meta"):
        encoder = PspEncoder()
    assert sum(parameter.numel() for parameter in encoder.parameters()) == 267_136_704
    assert len(encoder.state_dict()) == 621 + 2 and encoder.taps == [2, 6, 20, 23]
    assert [len(style.convs) // 2 for style in encoder.styles] == [4] * 3 + [5] * 4 + [6] * 11
    assert isinstance(encoder.config, PspConfig) and encoder.config.resolution == 256
