"""A picture drawn in tiles is the picture; beside a known one, what does not differ is not drawn, and what does is."""

import pytest
import torch

from editor.generate.known import Known
from editor.generate.mobile import StyledConv, Synthesis
from editor.generate.runtimes import tiled
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.stretch import FEW
from editor.generate.tiles import cover, faded
from editor.generate.trunk import whole_generator, zero_lora
from editor.images import psnr
from editor.spaces import MaskedCodes, WPlus

SOURCE = 32


def in_torch(module, examples, name, free):
    """What `TiledTail` asks for, without converting anything."""

    def run(parts, done):
        for number, part in enumerate(parts):
            done(number, module(*map(torch.from_numpy, part)).numpy())

    return run


@pytest.fixture
def generator(random):
    network = Synthesis(widths=(8, 8, 8, 8, 8))
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2, generator=random)
    for module in network.modules():
        if isinstance(module, StyledConv):
            torch.nn.init.normal_(module.noise, std=0.1, generator=random)
    return whole_generator(network.eval().requires_grad_(False), source=SOURCE)


@pytest.fixture
def tail(generator):
    return tiled.TiledTail(generator.tail.synthesis, SOURCE, in_torch)


@pytest.fixture
def drawn(monkeypatch):
    """The corners of tiles, picture by picture."""
    corners, usual = [], tiled.cover
    monkeypatch.setattr(tiled, "cover", lambda *given: (corners.append(usual(*given)), corners[-1])[1])
    return corners


def a_place(codes, cells):
    """An edit of `codes`, [2, 18, 512], in a square of `cells` cells."""
    mask = torch.zeros(32, 32)
    mask[12 : 12 + cells, 10 : 10 + cells] = 1
    return MaskedCodes(codes[None], torch.stack([1 - mask, mask])[None])


@pytest.fixture
def codes(random):
    first, moved = torch.randn(2, 18, 512, generator=random)
    same = torch.cat([first[:8], 0.5 * first[8:] + 0.5 * moved[8:]])  # what the trunk reads stays: its reach is all of it
    return torch.stack([first, same])


def known_of(tail, generator, code):
    features = generator.trunk(WPlus(code))
    return tail.known(features, WPlus(code), tail(features, WPlus(code)))


@pytest.mark.parametrize("count", [1, 2, FEW, FEW + 1])
def test_tiles_make_the_picture_whatever_the_number_of_codes(tail, generator, random, count):
    codes = torch.randn(1, count, 18, 512, generator=random)
    masked = MaskedCodes(codes, torch.rand(1, count, 32, 32, generator=random).softmax(1))
    wanted = generator(masked)
    found = tail(generator.trunk(masked), masked)
    assert torch.allclose(found, wanted, atol=1e-5 * wanted.abs().max().item())


def test_of_the_same_code_nothing_is_drawn(tail, generator, codes, drawn):
    known = known_of(tail, generator, codes[:1])
    same = a_place(codes[:1].expand(2, -1, -1), 6)
    assert torch.equal(tail(generator.trunk(same), same, known), known.pixels) and not drawn[-1]


def test_what_differs_is_drawn_and_more_of_it_the_larger_it_is(tail, generator, codes, drawn):
    known, tiles = known_of(tail, generator, codes[:1]), []
    for cells in (2, 10, 18):
        masked = a_place(codes, cells)
        found, wanted = tail(generator.trunk(masked), masked, known), generator(masked)
        tiles.append(len(drawn[-1]))
        top, left = (slice(4 * at, 4 * (at + cells)) for at in (12, 10))
        assert torch.allclose(found[..., top, left], wanted[..., top, left], atol=1e-4)
        assert psnr(found.clamp(-1, 1), wanted.clamp(-1, 1)) > 40
    assert 0 < tiles[0] < tiles[1] < tiles[2]


def test_two_portraits_do_not_mix(tail, generator, codes):
    other = torch.randn(1, 18, 512, generator=torch.Generator().manual_seed(1))
    mine, theirs = known_of(tail, generator, codes[:1]), known_of(tail, generator, other)
    masked = a_place(codes, 6)
    before = tail(generator.trunk(masked), masked, mine)
    kept = mine.image.clone()
    tail(generator.trunk(WPlus(other)), WPlus(other), theirs)
    assert torch.equal(tail(generator.trunk(masked), masked, mine), before) and torch.equal(mine.image, kept)
    beside_theirs = tail(generator.trunk(masked), masked, theirs)
    assert psnr(beside_theirs.clamp(-1, 1), generator(masked).clamp(-1, 1)) > 40


def test_a_fitted_portrait_is_drawn_beside_its_own_picture(generator, codes, random):
    lora = zero_lora(generator.trunk, rank=2).map(lambda factor: 0.1 * torch.randn(factor.shape, generator=random))
    runtime, trunk = OpenVinoRuntime(generator), generator.trunk.fitted(lora)
    image, known = runtime.draw_known(WPlus(codes[:1]), trunk)
    assert isinstance(known, Known) and torch.equal(image, runtime(WPlus(codes[:1]), trunk))
    masked = a_place(codes, 6)
    found, wanted = runtime(masked, trunk, known), generator.with_trunk(trunk)(masked)
    assert psnr(found.clamp(-1, 1), wanted.clamp(-1, 1)) > 40


@pytest.mark.parametrize("count", [FEW + 1, FEW + 4])
def test_compiled_tiles_make_the_picture_of_many_codes(generator, random, count):
    """As an edit by many sliders asks for. `in_torch` takes any shapes; what is compiled has to be told which may differ."""
    masked = MaskedCodes(
        torch.randn(1, count, 18, 512, generator=random), torch.rand(1, count, 32, 32, generator=random).softmax(1)
    )
    assert psnr(OpenVinoRuntime(generator)(masked).clamp(-1, 1), generator(masked).clamp(-1, 1)) > 40


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_tiles_have_all_that_is_needed_in_them_and_fade_at_their_border_only(random, share):
    needed = torch.rand(32, 32, generator=random) < share
    corners = cover(needed, 8)
    for top, left in corners:
        assert 0 <= top <= 24 and 0 <= left <= 24
        needed[top : top + 8, left : left + 8] = False
    assert not needed.any()
    shown = faded([(8, 0)], 8, 32, 16)
    assert shown is not None and shown[8 * 16 + 20 : 16 * 16 - 20, : 8 * 16 - 20].min() == 1
    assert shown[: 8 * 16].max() < 0.5 and shown[: 7 * 16].max() == 0
