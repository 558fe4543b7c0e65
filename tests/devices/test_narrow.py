"""Large weights rest in half precision, and what they compute is the same."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from editor.devices.narrow import LARGE, narrowed, widening
from editor.encode import CompactEncoder, PyramidConfig, PyramidEncoder


def in_halves() -> nn.Module:
    """A network as it comes from a file: its numbers are halves, its type is not."""
    torch.manual_seed(0)
    return (
        nn.Sequential(nn.Linear(400, 400), nn.BatchNorm1d(400), nn.Linear(400, 10)).half().float().eval().requires_grad_(False)
    )


def bytes_of(network: nn.Module) -> int:
    return sum(tensor.nbytes for tensor in network.state_dict().values())


def test_only_large_weights_are_narrowed_and_the_network_itself_stays_wide():
    network = in_halves()
    narrow = narrowed(network)
    kinds = {name: tensor.dtype for name, tensor in narrow.state_dict().items() if tensor.dtype == torch.float16}
    assert list(kinds) == ["0.weight"] and network[0].weight.dtype == torch.float32
    assert narrow[2].weight.data_ptr() == network[2].weight.data_ptr(), "what stays as it is, is shared"


def test_weights_that_halves_do_not_hold_stay_as_they_are():
    network = nn.Linear(LARGE, 1)
    assert narrowed(network).weight.dtype == torch.float32


def test_a_narrowed_network_computes_the_same_in_many_threads():
    network, rows = in_halves(), torch.randn(8, 400)
    wide = network(rows)
    call = widening(narrowed(network))
    with torch.no_grad(), ThreadPoolExecutor(4) as pool:
        assert all(torch.equal(found, wide) for found in pool.map(call, [rows] * 8))


@pytest.mark.parametrize("kind", [lambda: PyramidEncoder(PyramidConfig(resolution=32)), lambda: CompactEncoder()])
def test_a_narrowed_encoder_computes_the_same(kind):
    torch.manual_seed(0)
    encoder, face = kind().half().float().eval().requires_grad_(False), torch.rand(1, 3, 128, 128)
    narrow = narrowed(encoder)
    assert bytes_of(narrow) < 0.6 * bytes_of(encoder)
    assert torch.equal(widening(narrow)(face), encoder(face))


def test_the_encoder_of_the_app_rests_in_half_the_memory(editor):
    networks = editor.models
    wide = sum(weight.numel() * 4 for weight in networks.encoder.parameters())
    assert bytes_of(networks.encoder) < 0.6 * wide and networks.encoder.w_mean.dtype == torch.float32
