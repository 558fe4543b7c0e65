"""What is not StyleGAN2-FFHQ's weights is refused, and the message says what it is."""

import pytest
import torch

from editor.errors import WeightsError
from editor.generate.layouts import read_stylegan2
from tests.generate.stylegan2_files import (
    nvidia_state,
    persistent_tree,
    random_stylegan2,
    rosinality_state,
    write_nvidia,
    write_rosinality,
)


@pytest.fixture(scope="module")
def network():
    return random_stylegan2()


def refused(path, said, **wanted):
    with pytest.raises(WeightsError, match=said):
        read_stylegan2(path, **wanted)


@pytest.mark.parametrize(
    "holder, said",
    [
        ([torch.zeros(3)], "no weights by name"),
        ({"latent_avg": torch.zeros(512)}, "no generator"),
        ({"state_dict": {"encoder.a": torch.zeros(3)}, "latent_avg": torch.zeros(512)}, "no generator"),
        ({"g_ema": {"conv1.weight": torch.zeros(3)}, "latent_avg": torch.zeros(512)}, "does not hold the weights of StyleGAN2"),
    ],
)
def test_other_torch_files(holder, said, tmp_path):
    torch.save(holder, tmp_path / "a.pt")
    refused(tmp_path / "a.pt", said)


@pytest.mark.parametrize("missing", ["noises.noise_3", "convs.2.conv.weight", "style.1.bias", "to_rgb1.bias"])
def test_an_incomplete_generator(network, missing, tmp_path):
    state = {name: tensor for name, tensor in rosinality_state(network).items() if name != missing}
    torch.save({"g_ema": state, "latent_avg": torch.zeros(512)}, tmp_path / "a.pt")
    refused(tmp_path / "a.pt", missing.replace(".", r"\."))


def test_a_generator_with_more_than_stylegan2_has(network, tmp_path):
    torch.save(
        {"g_ema": rosinality_state(network) | {"extra.weight": torch.zeros(1)}, "latent_avg": torch.zeros(512)},
        tmp_path / "a.pt",
    )
    refused(tmp_path / "a.pt", "extra")


def test_another_size_another_filter_and_no_mean(network, tmp_path):
    refused(write_rosinality(network, tmp_path / "a.pt"), "64 px", resolution=1024)
    state = rosinality_state(network) | {"convs.0.conv.blur.kernel": torch.ones(4, 4)}
    torch.save({"g_ema": state, "latent_avg": torch.zeros(512)}, tmp_path / "b.pt")
    refused(tmp_path / "b.pt", "another filter")
    torch.save({"g_ema": rosinality_state(network)}, tmp_path / "c.pt")
    refused(tmp_path / "c.pt", "latent_avg")


@pytest.mark.parametrize(
    "extra, said",
    [
        ({"synthesis.input.freqs": torch.zeros(3)}, "StyleGAN3"),
        ({"mapping.embed.weight": torch.zeros(3)}, "classes"),
        ({"synthesis.b8.skip.weight": torch.zeros(3)}, "another kind"),
        ({"superresolution.weight": torch.zeros(3)}, "another kind"),
    ],
)
def test_pickles_of_other_generators(network, extra, said, tmp_path, monkeypatch):
    tree = lambda: {"G_ema": persistent_tree(nvidia_state(network) | extra)}  # noqa: E731
    refused(write_nvidia(tree, tmp_path / "a.pkl", monkeypatch), said)


@pytest.mark.parametrize("content", [{"G": 1}, [1, 2]])
def test_a_pickle_without_a_generator(content, tmp_path, monkeypatch):
    refused(write_nvidia(content, tmp_path / "a.pkl", monkeypatch), "no generator")
