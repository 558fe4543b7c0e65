"""Codes with regions: one code is itself, a place is the edit's, and the rest is the face as it was."""

import pytest
import torch

from editor.generate.mobile import Synthesis
from editor.generate.runtimes import CarefulRuntime, TorchRuntime
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.trunk import whole_generator, zero_lora
from editor.spaces import MaskedCodes, WPlus, one_by_one, together
from tests.generate.stylegan2_files import random_stylegan2

CPU = torch.device("cpu")


@pytest.fixture(params=["mobile", "stylegan2"])
def synthesis(request, random):
    if request.param == "stylegan2":
        return random_stylegan2().eval().requires_grad_(False)
    network = Synthesis(widths=(16, 16, 16, 16))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    return network.eval().requires_grad_(False)


@pytest.fixture
def generator(synthesis):
    return whole_generator(synthesis, source=16)


@pytest.fixture
def codes(random) -> torch.Tensor:
    return torch.randn(2, 3, 18, 512, generator=random)


@pytest.fixture
def masks(random) -> torch.Tensor:
    return torch.rand(2, 3, 32, 32, generator=random).softmax(1)


def half() -> torch.Tensor:
    """The left half the first code's, the right half the second's."""
    left = (torch.arange(32) < 16).float().expand(32, 32)
    return torch.stack([left, 1 - left])[None]


def test_one_code_is_drawn_as_it_is(generator, codes):
    whole = torch.ones(2, 1, 32, 32)
    wanted = generator(codes[:, 0])
    assert torch.allclose(generator(MaskedCodes(codes[:, :1], whole)), wanted, atol=1e-5 * wanted.abs().max().item())


def test_a_code_without_a_share_does_not_matter(generator, codes):
    masks = torch.zeros(2, 3, 32, 32)
    masks[:, 1] = 1
    wanted = generator(codes[:, 1])
    assert torch.allclose(generator(MaskedCodes(codes, masks)), wanted, atol=1e-5 * wanted.abs().max().item())


def test_codes_that_are_the_same_are_one_wherever_they_lie(generator, codes, masks):
    same = MaskedCodes(codes[:, :1].expand(-1, 3, -1, -1), masks)
    assert torch.allclose(generator(same), generator(codes[:, 0]), atol=1e-4 * generator(codes[:, 0]).std().item() + 1e-5)


def test_an_edit_stays_in_its_place(generator, codes):
    before, everywhere = generator(codes[:1, 0]), generator(codes[:1, 1])
    masked = generator(MaskedCodes(codes[:1, :2], half()))
    change, whole = ((image - before).abs().mean((0, 1, 2)) for image in (masked, everywhere))
    edge = before.shape[-1] // 8
    assert change[:edge].mean() < 0.5 * whole[:edge].mean(), "layers of a few pixels reach far; the finer ones do not"
    assert change[:edge].mean() < 0.5 * change[-edge:].mean()


def test_pictures_are_drawn_apart_or_together_alike(generator, codes, masks):
    masked = MaskedCodes(codes, masks)
    apart = torch.cat([generator(one) for one in one_by_one(masked)])
    assert torch.allclose(generator(masked), apart, atol=1e-5 * apart.abs().max().item())
    again = together(one_by_one(masked))
    assert isinstance(again, MaskedCodes) and torch.equal(again.codes, codes) and torch.equal(again.masks, masks)
    plain = together(one_by_one(WPlus(codes[:, 0])))
    assert isinstance(plain, torch.Tensor) and torch.equal(plain, codes[:, 0])
    with pytest.raises(ValueError, match="apart"):
        together([masked, WPlus(codes[:, 0])])


def test_shares_add_up_at_every_resolution(codes, masks):
    masked = MaskedCodes(codes, masks)
    for side in (4, 8, 32, 64, 128):
        assert torch.allclose(masked.masks_at(side).sum(1), torch.ones(2, side, side), atol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_runtimes_agree_on_any_number_of_codes(generator, codes, masks, count, tmp_path):
    masked = MaskedCodes(codes[:, :count], masks[:, :count] / masks[:, :count].sum(1, keepdim=True))
    wanted = TorchRuntime(generator, CPU)(masked)
    for _ in range(2):  # the second is read back
        compiled = OpenVinoRuntime(generator, tmp_path)
        assert torch.allclose(compiled(masked), wanted, atol=1e-4 * wanted.abs().max().item())


def test_they_can_be_compiled_in_the_midst_of_mixed_precision(generator, codes, masks):
    with torch.autocast("cpu", torch.bfloat16):
        drawn = OpenVinoRuntime(generator)(MaskedCodes(codes, masks))
    wanted = generator(MaskedCodes(codes, masks))
    assert torch.allclose(drawn, wanted, atol=1e-4 * wanted.abs().max().item())


def test_they_agree_on_a_trunk_that_is_shared_or_changed_for_a_photo(generator, codes, masks, random):
    masked, beside = MaskedCodes(codes, masks), OpenVinoRuntime(generator)
    lora = zero_lora(generator.trunk, rank=2).map(lambda factor: 0.1 * torch.randn(factor.shape, generator=random))
    runtime = OpenVinoRuntime(generator, beside=beside)
    assert runtime._trunk is beside._trunk
    for given in (None, generator.trunk.fitted(lora)):
        wanted = TorchRuntime(generator, CPU)(masked, given)
        assert torch.allclose(runtime(masked, given), wanted, atol=1e-4 * wanted.abs().max().item())


def test_memory_that_runs_out_leaves_the_picture_as_it_is(generator, codes, masks):
    class Full(TorchRuntime):
        def __call__(self, codes, trunk=None):
            raise torch.OutOfMemoryError

    masked = MaskedCodes(codes, masks)
    careful = CarefulRuntime(Full(generator, CPU), generator)
    with pytest.warns(UserWarning, match="memory ran out"):
        drawn = careful(masked)
    wanted = generator(masked)
    assert torch.allclose(drawn, wanted, atol=1e-4 * wanted.abs().max().item()) and careful.notice
