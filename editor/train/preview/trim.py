"""The initial weights of a preview: the generator's blocks with fewer channels, fitted to make up for the missing ones.

Channels are kept by how much the next convolution gets from them; then each pointwise convolution is fitted by least squares,
layer after layer, so that from what is left it gives what the whole one gave (He et al., "Channel Pruning for Accelerating
Very Deep Neural Networks", 2017):

    W = argmin |W z - t|^2,     z what the thin layer reads, t what the whole layer gave in the channels that are kept

An exit is fitted in the same way: each layer of its miniature to the average of what the skipped one gives over its pixels.
"""

import math

import torch

from editor.generate.mobile import Block, ModulatedConv, StyledConv, Synthesis, haar
from editor.generate.preview import Exit, SlimBlocks
from editor.images import shrink
from editor.spaces import WPlus

RIDGE = 1e-4
"""Added to the diagonal of the normal equations, in units of its mean."""
PIXELS = 2048
"""Pixels of each feature map that enter a fit."""


@torch.no_grad()
def trim(synthesis: Synthesis, slim: SlimBlocks, codes: WPlus, renders: torch.Tensor) -> None:
    """Set a preview's weights from the generator's, in place.

    Args:
        codes: some codes, [N, 18, 512]; 8 do.
        renders: what the generator draws for them, [N, 3, R, R] in [-1, 1], R at least the largest preview.

    >>> whole, slim = Synthesis((16, 16, 16, 16, 16)), SlimBlocks((16, 8, 8), source=8, hidden=4, total=3)
    >>> whole.load_state_dict({name: 0.2 * torch.randn_like(value) for name, value in whole.state_dict().items()})
    <All keys matched successfully>
    >>> w_plus = WPlus(torch.randn(8, 18, 512))
    >>> trim(whole, slim, w_plus, shrink(whole(w_plus).clamp(-1, 1), 64))
    >>> [image.shape for image in slim(whole.features(w_plus, 8), w_plus)]
    [torch.Size([8, 3, 32, 32]), torch.Size([8, 3, 64, 64])]
    """
    first = int(math.log2(slim.source)) - 2
    whole = synthesis.features(codes, slim.source)
    thin, groups = whole, torch.arange(whole.shape[1] // 4)
    for k, block in enumerate(slim.blocks):
        original, following, leave = synthesis.layers[first + k], synthesis.layers[first + k + 1], slim.exits[k]
        assert isinstance(block, Block) and isinstance(original, Block)
        assert isinstance(following, Block) and isinstance(leave, Exit)
        w_up, w_conv, w_next = (codes[:, slim.layer(k) + later] for later in (0, 1, 2))
        upper = original.up(whole, w_up)
        inner = original.conv1(upper, w_up)
        after = original.conv2(inner, w_conv)
        kept = _most_used(following.conv1.conv, following.up(after, w_next), w_next, len(block.conv2.conv.weight) // 4)
        hidden = _most_used(original.conv2.conv, inner, w_conv, len(block.conv1.conv.weight))
        outputs = _channels(kept, after.shape[1] // 4)
        _copy_rows(block.up.modulation, original.up.modulation, _channels(groups, whole.shape[1] // 4))
        thin = block.up(thin, w_up)
        thin = _fit(original.conv1, block.conv1, (groups, hidden), (upper, thin), w_up)
        thin = _fit(original.conv2, block.conv2, (hidden, outputs), (inner, thin), w_conv)
        del upper, inner
        skipped = [part for part in synthesis.layers[first + k + 1 :] if isinstance(part, Block)]
        _fit_exit(synthesis, skipped, leave, kept, (after, thin), codes, renders)
        whole, groups = after, kept


def _fit_exit(
    synthesis: Synthesis,
    skipped: list[Block],
    leave: Exit,
    groups: torch.Tensor,
    features: tuple[torch.Tensor, torch.Tensor],
    codes: WPlus,
    renders: torch.Tensor,
) -> None:
    """Fit a miniature of the skipped blocks, layer by layer, to what they give averaged over its pixels."""
    whole, thin = features
    inputs = _channels(groups, whole.shape[1] // 4)  # of the features, that the thin ones have
    owners = torch.cat([groups, groups.repeat_interleave(3)])  # the group of each of them
    for at, original in enumerate(skipped):
        up, conv1, conv2 = leave.ups[at], leave.convs[2 * at], leave.convs[2 * at + 1]
        assert isinstance(conv1, StyledConv) and isinstance(conv2, StyledConv)
        w_up, w_conv = (codes[:, layer] for layer in leave.layers(at))
        _copy_rows(up, original.up.modulation, inputs)
        upper = original.up(whole, w_up)
        inner = original.conv1(upper, w_up)
        whole = original.conv2(inner, w_conv)
        hidden = _most_used(original.conv2.conv, inner, w_conv, len(conv1.conv.weight))
        last = at == len(skipped) - 1
        outputs = _loudest(whole if last else whole[:, : whole.shape[1] // 4], len(conv2.conv.weight))  # approximations only
        thin = _fit(original.conv1, conv1, (owners, hidden), (upper, thin * up(w_up, thin.shape[-1])), w_up)
        thin = _fit(original.conv2, conv2, (hidden, outputs), (inner, thin), w_conv)
        inputs = owners = outputs
        del upper, inner
    w_image = codes[:, leave.layers(len(skipped))[0]]
    _copy_rows(leave.to_img.conv.modulation, synthesis.to_img.conv.modulation, inputs)
    leave.to_img.conv.scale.copy_(synthesis.to_img.conv.scale)
    scaled = thin * (leave.to_img.conv.modulation(w_image, thin.shape[-1]) * leave.to_img.conv.scale)
    weight, shift = _least_squares(scaled, haar(shrink(renders, 2 * thin.shape[-1])))
    leave.to_img.conv.weight.copy_(weight[:, :, None, None])
    leave.to_img.bias.copy_(shift[None, :, None, None])


def _channels(groups: torch.Tensor, count: int) -> torch.Tensor:
    """The channels of some of `count` wavelet groups, in a thinner map's own order: approximations, then details."""
    details = count + 3 * groups[:, None] + torch.arange(3)
    return torch.cat([groups, details.flatten()])


def _most_used(conv: ModulatedConv, x: torch.Tensor, w: torch.Tensor, count: int) -> torch.Tensor:
    """The `count` channels of x that a convolution gets most from, in ascending order."""
    gained = conv.spread(x, w).var((0, 2, 3)) * conv.weight.square().sum((0, 2, 3))
    return _largest(gained, count)


def _loudest(x: torch.Tensor, count: int) -> torch.Tensor:
    """The `count` channels of x that vary most, in ascending order; all of them again where there are fewer."""
    return _largest(x.var((0, 2, 3)), count)


def _largest(values: torch.Tensor, count: int) -> torch.Tensor:
    order = values.argsort(descending=True)
    return order[torch.arange(count) % len(order)].sort().values


def _copy_rows(mine, theirs, rows: torch.Tensor) -> None:
    mine.weight.copy_(theirs.weight[rows])
    mine.bias.copy_(theirs.bias[:, rows])


def _fit(
    original: StyledConv,
    mine: StyledConv,
    kept: tuple[torch.Tensor, torch.Tensor],
    features: tuple[torch.Tensor, torch.Tensor],
    w: torch.Tensor,
) -> torch.Tensor:
    """Fit a thin convolution to the kept channels of a whole one, at its own resolution; the thin features after it."""
    (inputs, outputs), (whole, thin) = kept, features
    side = thin.shape[-1]
    _copy_rows(mine.conv.modulation, original.conv.modulation, inputs)
    assert mine.conv.weight_dw is not None and original.conv.weight_dw is not None
    mine.conv.weight_dw.copy_(_coarser(original.conv.weight_dw[inputs], whole.shape[-1] // side))
    mine.conv.scale.copy_(original.conv.scale)
    mine.noise.copy_(shrink(original.noise, side))
    weight, shift = _least_squares(mine.conv.spread(thin, w), shrink(original.conv(whole, w)[:, outputs], side))
    mine.conv.weight.copy_(weight[:, :, None, None])
    mine.bias.copy_(original.bias[:, outputs] + shift[None, :, None, None])
    return mine(thin, w)


def _coarser(kernels: torch.Tensor, factor: int) -> torch.Tensor:
    """3x3 kernels for maps `factor` times smaller that act as these do on what does not vary below their pixels."""
    halve = torch.tensor([[0.5, 0.0, 0.0], [0.5, 1.0, 0.5], [0.0, 0.0, 0.5]])
    for _ in range(int(math.log2(factor))):
        kernels = halve @ kernels @ halve.t()
    return kernels


def _least_squares(z: torch.Tensor, t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """W and b with W z + b nearest to t, at some pixels of the maps z [N, C, H, W] and t [N, D, H, W]."""
    pixels = torch.randperm(z[0, 0].numel(), generator=torch.Generator().manual_seed(0))[:PIXELS]
    x, y = (m.flatten(2)[:, :, pixels].transpose(1, 2).flatten(0, 1).double() for m in (z, t))
    x_mean, y_mean = x.mean(0), y.mean(0)
    x, y = x - x_mean, y - y_mean
    products = x.t() @ x
    products.diagonal().add_(RIDGE * products.diagonal().mean())
    weight = torch.linalg.solve(products, x.t() @ y).t()
    return weight.to(z), (y_mean - weight @ x_mean).to(z)
