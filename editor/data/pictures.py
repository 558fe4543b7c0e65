"""How unlike their photos the drawings of codes are, and the gradient of that with respect to the codes.

    L = a pixel + b features + c perceptual + d identity        of preview(w+), against the photo

PyTorch differentiates through the networks on any device. On a CPU the whole is one static graph that OpenVINO runs, in less
than half the time.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

import torch
from torch import nn

from editor.actions.fit.compiled import used_maps, with_maps
from editor.actions.fit.objective import Weights
from editor.compiled.static import StaticGraph
from editor.data.generated import shipped_preview
from editor.devices.precision import autocast, has_fast_bf16
from editor.generate.preview import PreviewGenerator
from editor.generate.runtimes.gradient import with_gradients
from editor.judge.features import features_distance, marks
from editor.judge.likeness import Likeness, Seen, read_likeness
from editor.spaces import CHANNELS, LAYERS, WPlus
from editor.weights import WeightStore

CHUNK = 64
"""Drawings at a time on a GPU."""


class PictureDistances(NamedTuple):
    """How far drawings are from photos, [B] each; 0 is the same picture.

    Attributes:
        pixel, perceptual, identity: as in `editor.judge.likeness.Distances`.
        features: as `editor.judge.features` says.
    """

    pixel: torch.Tensor
    features: torch.Tensor
    perceptual: torch.Tensor
    identity: torch.Tensor


class PictureLoss(Protocol):
    """Codes [B, 18, 512], photos [B, 3, R, R] -> their distances, and the gradient of their weighted sums, [B, 18, 512]."""

    def __call__(self, codes: torch.Tensor, photos: torch.Tensor) -> tuple[PictureDistances, torch.Tensor]:
        """Draw and compare; R is the side of the drawings."""
        ...


def compared(likeness: Likeness, drawn: torch.Tensor, photos: torch.Tensor, at: torch.Tensor) -> PictureDistances:
    """Compare drawings with photos, [B, 3, R, R] each; differentiable in the drawings.

    Args:
        at: what `editor.judge.features.marks` gives.

    >>> likeness, face = editor.models.likeness, torch.zeros(1, 3, 64, 64)
    >>> [distance.item() for distance in compared(likeness, face, face, marks(64))][:3]
    [0.0, 0.0, 0.0]
    """
    with torch.no_grad():
        wanted = likeness.see(photos)
    found = likeness.between(likeness.see(drawn), Seen(*(wanted.faces, wanted.embedding), wanted.taps))
    features = features_distance(drawn.float(), photos.float(), at)
    return PictureDistances(found.pixel, features, found.perceptual, found.identity)


class AutogradPictures:
    """By PyTorch, in pieces so that memory stays small.

    Args:
        generator: W+ -> drawings.
        chunk: drawings at a time.
    """

    def __init__(self, generator: nn.Module, likeness: Likeness, weights: Weights, chunk: int):
        self._generator, self._likeness, self._weights, self._chunk = generator, likeness, weights, chunk
        self._marks: torch.Tensor | None = None

    def __call__(self, codes: torch.Tensor, photos: torch.Tensor) -> tuple[PictureDistances, torch.Tensor]:
        """As `PictureLoss` says."""
        if self._marks is None:
            self._marks = marks(photos.shape[-1]).to(photos)
        pieces = [self._piece(*pair) for pair in zip(codes.split(self._chunk), photos.split(self._chunk), strict=True)]
        found, pull = zip(*pieces, strict=True)
        return PictureDistances(*torch.cat(found, 1)), torch.cat(pull)

    def _piece(self, codes: torch.Tensor, photos: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        leaf = codes.detach().clone().requires_grad_()
        assert self._marks is not None
        with torch.enable_grad(), autocast(codes.device):
            found = torch.stack(compared(self._likeness, self._generator(leaf), photos, self._marks))
            (pull,) = torch.autograd.grad((found.t() * found.new_tensor(self._weights)).sum(), leaf)
        return found.detach(), pull


class StaticPictures:
    """By OpenVINO, as many at a time as PyTorch has threads. Making it takes half a minute.

    Args:
        generator: on the CPU.
    """

    def __init__(self, generator: PreviewGenerator, likeness: Likeness, weights: Weights):
        self._maps = used_maps(generator)
        names, at, side = list(self._maps), marks(generator.resolution), generator.resolution

        def loss(code: torch.Tensor, photo: torch.Tensor, *maps: torch.Tensor) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
            drawn = with_maps(generator, dict(zip(names, maps, strict=True)))(WPlus(code))
            found = torch.cat(compared(likeness, drawn, photo, at))
            return (found * torch.tensor(weights)).sum(), (found,)

        examples = self._inputs(torch.zeros(1, LAYERS, CHANNELS), torch.zeros(1, 3, side, side))
        precision = "bf16" if has_fast_bf16(torch.device("cpu")) else "f32"
        streams = torch.get_num_threads()
        self._graph = StaticGraph(lambda: with_gradients(loss, examples, of=[0]), examples, None, precision, streams=streams)
        self._pool = ThreadPoolExecutor(streams)

    def _inputs(self, code: torch.Tensor, photo: torch.Tensor) -> Sequence[torch.Tensor]:
        return code.float(), photo.float(), *self._maps.values()

    def __call__(self, codes: torch.Tensor, photos: torch.Tensor) -> tuple[PictureDistances, torch.Tensor]:
        """As `PictureLoss` says."""
        pairs = zip(codes.split(1), photos.split(1), strict=True)
        found, pull = zip(*self._pool.map(lambda pair: self._graph(*self._inputs(*pair)), pairs), strict=True)
        return PictureDistances(*torch.stack(found, 1)), torch.cat(pull)


def picture_loss(store: WeightStore, side: int, weights: Weights, device: torch.device) -> PictureLoss:
    """The loss of what the embedded generator draws.

    Args:
        side: of the drawings, in pixels: one that the preview draws.

    >>> type(picture_loss(store, 128, (1.0, 1.0, 1.0, 1.0), torch.device("meta"))).__name__  # anywhere but on a CPU
    'AutogradPictures'
    """
    preview, likeness = shipped_preview(store, side), read_likeness(store.path("likeness"))
    if device.type == "cpu":
        return StaticPictures(preview, likeness, weights)
    preview, likeness = (network.to(memory_format=torch.channels_last).to(device) for network in (preview, likeness))
    return AutogradPictures(preview, likeness, weights, CHUNK)
