"""MobileStyleGAN's tail on a CPU, drawn in tiles that fit its cache; beside a known picture only those that differ from it.

Plain codes are masked ones of which one has every share, so what is compiled for `FEW` codes draws them too.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import nn

from editor.generate.known import Known
from editor.generate.mobile import Synthesis
from editor.generate.stretch import FEW, HALO, Stretch, haar_order, inputs_of, noise_of, styles_of
from editor.generate.tiles import Corner, cover, faded
from editor.spaces import Codes, MaskedCodes

TILE = 8
"""Side of a tile in pixels of the features that it is drawn from, 32 px wide: its largest maps have 4 MB each."""

Array = npt.NDArray[np.float32]


class Parallel(Protocol):
    """Runs a compiled module for many inputs, several at a time."""

    def __call__(self, parts: Iterable[Sequence[Array]], done: Callable[[int, Array], None]) -> None:
        """Call `done`, from any thread, with the number of a part and what came of it; return when all have come."""
        ...


Compile = Callable[[nn.Module, tuple[torch.Tensor, ...], str, tuple[int, ...]], Parallel]
"""A module, examples of its inputs, a name to keep it by, which inputs may differ in their second axis -> what runs it."""


class TiledTail:
    """Features and codes of one picture -> the image. May be called by several threads.

    Args:
        synthesis: whose blocks.
        source: side of the features in pixels.
        compile: makes what runs a module.
    """

    def __init__(self, synthesis: Synthesis, source: int, compile: Compile):
        self._synthesis, self._source, self._compile = synthesis, source, compile
        self._blocks = (source.bit_length() - 3, len(synthesis.layers))
        self._order = haar_order(inputs_of(synthesis, self._blocks[0]))
        self._side = min(TILE, source)
        self._scale = 2 ** (1 + self._blocks[1] - self._blocks[0])
        self._noise = [F.pad(noise_of(synthesis, k), (2 * HALO,) * 4).numpy() for k in range(*self._blocks)]
        self._compiled: dict[bool, Parallel] = {}
        self._turn = threading.Lock()
        self._run(few=True)

    def prepare(self) -> None:
        """Nothing is left to compile for codes with regions, unless there are many."""

    def __call__(self, features: torch.Tensor, codes: Codes, known: Known | None = None) -> torch.Tensor:
        """The image [1, 3, R, R] of features [1, C, r, r] and the codes of one picture.

        Args:
            known: a picture that is shown where nothing differs from it.
        """
        with torch.no_grad(), torch.autocast("cpu", enabled=False):
            masked = _masked(codes)
            styles = styles_of(self._synthesis, masked.codes, *self._blocks)
            needed = torch.ones(self._source, self._source, dtype=torch.bool)
            if known:
                needed = known.changed(features, styles, masked.masks_at(self._source))
            corners = cover(needed, self._side)
            before = known.pixels if known else torch.empty(1, 3, self._scale * self._source, self._scale * self._source)
            shown = faded(corners, self._side, self._source, self._scale)
            if shown is None:
                return self._draw(features, styles, masked, corners, before)
            return before.lerp(self._draw(features, styles, masked, corners, before.clone()), shown)

    def known(self, features: torch.Tensor, codes: Codes, image: torch.Tensor) -> Known:
        """What was drawn of features and the code of one picture, to draw others nearly like it."""
        return Known.of(image, features, styles_of(self._synthesis, _masked(codes).codes, *self._blocks))

    def _draw(
        self, features: torch.Tensor, styles: torch.Tensor, codes: MaskedCodes, corners: list[Corner], image: torch.Tensor
    ) -> torch.Tensor:
        """Draw tiles into an image."""
        few = styles.shape[1] <= FEW
        spare = max(0, FEW - styles.shape[1]) if few else 0
        some = F.pad(styles, (0, 0, 0, spare)).numpy()
        x = F.pad(features[:, self._order], (HALO,) * 4).numpy()
        levels = [codes.masks_at(self._source * 2**k) for k in range(len(self._noise) + 1)]
        shares = [F.pad(level, ((1 + (k > 0)) * HALO,) * 4 + (0, spare)).numpy() for k, level in enumerate(levels)]
        pixels, side = image.numpy(), self._scale * self._side

        def parts() -> Iterable[Sequence[Array]]:
            for corner in corners:
                yield [_window(x, corner, self._side + 2 * HALO), some, *self._maps(shares, corner)]

        def done(number: int, tile: Array) -> None:
            top, left = (self._scale * at for at in corners[number])
            pixels[..., top : top + side, left : left + side] = tile

        self._run(few)(parts(), done)
        return image

    def _run(self, few: bool) -> Parallel:
        """What draws tiles of a few codes, or of any number."""
        with self._turn:
            if few not in self._compiled:
                codes, stretch = FEW if few else 2, Stretch(self._synthesis, *self._blocks, few=few)
                sides = [self._source + 2 * HALO, *(self._source * 2**k + 4 * HALO for k in range(1, 1 + len(self._noise)))]
                maps = self._maps([np.full((1, codes, side, side), 1 / codes, np.float32) for side in sides], (0, 0))
                x = torch.zeros(1, stretch.sizes[0], self._side + 2 * HALO, self._side + 2 * HALO)
                examples = (x, torch.ones(1, codes, sum(stretch.sizes)), *map(torch.from_numpy, maps))
                name = f"tiles-of-{self._side}-{f'{FEW}-codes' if few else 'many'}"
                self._compiled[few] = self._compile(stretch, examples, name, () if few else (1, *range(2, len(examples), 2)))
            return self._compiled[few]

    def _maps(self, shares: Sequence[Array], corner: Corner) -> list[Array]:
        """What a tile reads beside features and styles, of whole maps of shares with their halos."""
        top, left = corner
        maps = [_window(shares[0], corner, self._side + 2 * HALO)]
        for k, (level, noise) in enumerate(zip(shares[1:], self._noise, strict=True), 1):
            at, side = (top * 2**k, left * 2**k), self._side * 2**k + 4 * HALO
            maps += [_window(noise[None], at, side), _window(level, at, side)]
        return maps


def _masked(codes: Codes) -> MaskedCodes:
    return codes if isinstance(codes, MaskedCodes) else MaskedCodes(codes[:, None], torch.ones(len(codes), 1, 1, 1))


def _window(maps: Array, corner: Corner, side: int) -> Array:
    top, left = corner
    return np.ascontiguousarray(maps[..., top : top + side, left : left + side])
