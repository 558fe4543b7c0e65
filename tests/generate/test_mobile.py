"""The generator draws what OpenVINO draws from the original files, and its parts are what they say."""

import numpy as np
import openvino
import pytest
import torch

from editor.devices.precision import has_fast_bf16
from editor.errors import WeightsError
from editor.generate.ir import Graph
from editor.generate.mobile import MAPPING, SYNTHESIS, Synthesis, haar, inverse_haar, read_mapping, read_synthesis
from editor.generate.trunk import whole_generator
from editor.images import psnr
from editor.spaces import broadcast_w

F32 = {"INFERENCE_PRECISION_HINT": "f32"}


def test_inverse_haar_undoes_the_transform(random):
    image = torch.randn(2, 3, 16, 16, generator=random)
    assert torch.allclose(inverse_haar(haar(image)), image, atol=1e-6)


def test_the_transform_halves_a_flat_image_into_its_approximation():
    ll, details = haar(torch.full((1, 3, 4, 4), 0.5)).split([3, 9], dim=1)
    assert torch.allclose(ll, torch.ones(1, 3, 2, 2)) and not details.any()


@pytest.fixture
def tiny(random) -> Synthesis:
    network = Synthesis(widths=(16, 16, 8, 8))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1, generator=random)
    return network


def test_resolution_follows_from_the_widths(tiny, random):
    assert tiny(torch.randn(2, 18, 512, generator=random)).shape == (2, 3, 64, 64) and tiny.resolution == 64


def test_every_layer_that_is_read_matters_and_no_other(tiny, random):
    w_plus = torch.randn(1, 18, 512, generator=random, requires_grad=True)
    tiny(w_plus).square().sum().backward()
    used = w_plus.grad.abs().sum((0, 2)) > 0
    assert used.tolist() == [layer < 8 for layer in range(18)]


@pytest.fixture(scope="module")
def folder(store):
    return store.path("mobilestylegan-ffhq")


@pytest.fixture(scope="module")
def w(folder) -> torch.Tensor:
    return read_mapping(folder)(torch.randn(2, 512, generator=torch.Generator().manual_seed(1)))


def test_the_mapping_matches_the_original(folder, w):
    z = torch.randn(2, 512, generator=torch.Generator().manual_seed(1))
    model = openvino.Core().read_model(folder / MAPPING)
    model.reshape({0: [2, 512]})
    expected = openvino.Core().compile_model(model, "CPU", F32)(z.numpy())[0]
    assert np.abs(expected - w.numpy()).max() < 5e-5


def test_the_image_matches_the_original(folder, w):
    original = openvino.Core().compile_model(openvino.Core().read_model(folder / SYNTHESIS), "CPU", F32)
    generator = read_synthesis(folder)
    for code in w.split(1):
        with torch.inference_mode():
            drawn = generator(broadcast_w(code))
        assert drawn.shape == (1, 3, 1024, 1024)
        assert np.abs(original(code.numpy())[0] - drawn.numpy()).max() < 5e-4


def test_the_two_runtimes_agree(editor, w):
    from editor.generate.runtimes import TorchRuntime

    other = TorchRuntime(editor.models.generator, torch.device("cpu"))
    codes = broadcast_w(w)
    drawn, wanted = editor.renderer.draw(codes), other(codes)
    assert psnr(drawn, wanted).min() > (50 if has_fast_bf16(torch.device("cpu")) else 80)


def test_layers_beyond_the_generator_do_not_matter(editor, w):
    codes = broadcast_w(w[:1])
    changed = codes.clone()
    changed[:, 16:] += 1
    assert torch.equal(editor.renderer.draw(codes), editor.renderer.draw(changed))


def test_a_missing_or_damaged_file_is_named(tmp_path):
    with pytest.raises(WeightsError, match=SYNTHESIS):
        read_synthesis(tmp_path)
    (tmp_path / SYNTHESIS).write_text("<html>not a network")
    with pytest.raises(WeightsError, match=SYNTHESIS):
        read_synthesis(tmp_path)


def test_truncated_constants_are_noticed(folder, tmp_path):
    (tmp_path / SYNTHESIS).write_bytes((folder / SYNTHESIS).read_bytes())
    (tmp_path / "SynthesisNetwork.bin").write_bytes(b"\0" * 1000)
    graph = Graph(tmp_path / SYNTHESIS)
    with pytest.raises(WeightsError, match="truncated"):
        for _, node in graph.named("m."):
            graph.constant(node)


def test_a_converted_network_is_kept_and_a_damaged_one_made_again(tiny, random, tmp_path):
    from editor.generate.runtimes import TorchRuntime
    from editor.generate.runtimes.openvino import OpenVinoRuntime

    w_plus, generator = torch.randn(2, 18, 512, generator=random), whole_generator(tiny, source=8)
    expected = TorchRuntime(generator, torch.device("cpu"))(w_plus)
    assert torch.allclose(OpenVinoRuntime(generator, tmp_path / "k")(w_plus), expected, atol=1e-3)
    models = sorted((tmp_path / "k").rglob("model.xml"))
    assert len(models) == 2, "trunk and tail"
    assert torch.allclose(OpenVinoRuntime(generator, tmp_path / "k")(w_plus), expected, atol=1e-3)
    for model in models:
        model.write_text("<broken")
    assert torch.allclose(OpenVinoRuntime(generator, tmp_path / "k")(w_plus), expected, atol=1e-3)
    assert all(model.read_bytes().startswith(b"<?xml") for model in models), "whole ones were kept again"


def test_one_changed_weight_of_a_kept_network_is_noticed(tiny, random, tmp_path):
    """It would be read without an error, and drawn."""
    from editor.generate.runtimes.openvino import OpenVinoRuntime

    w_plus, generator = torch.randn(1, 18, 512, generator=random), whole_generator(tiny, source=8)
    expected = OpenVinoRuntime(generator, tmp_path)(w_plus)
    kept = {path: path.read_bytes() for path in tmp_path.rglob("model.bin")}
    assert kept
    for path, content in kept.items():
        changed = bytearray(content)
        changed[len(content) // 2] ^= 0xFF
        path.write_bytes(changed)
    assert torch.equal(OpenVinoRuntime(generator, tmp_path)(w_plus), expected)
    assert {path: path.read_bytes() for path in kept} == kept, "it was converted anew"
