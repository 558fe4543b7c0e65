"""What the steps of a training learn from: generated faces and photos, and their codes.

A batch is a function of the seed and the step's number alone, so a resumed run goes on as the unbroken one would.
"""

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch

from editor.data.degrade import Degrade
from editor.data.face_bank import FaceBank, Faces
from editor.data.generated import WStatistics, blended_codes, sample_codes
from editor.generate.mobile import Mapping
from editor.images import shrink, to_bytes, to_signed
from editor.spaces import WPlus
from editor.train.encoder.config import EncoderConfig
from editor.train.prefetch import ahead


def step_seed(config: EncoderConfig, step: int) -> int:
    """An even seed of this step alone; the odd one after it is free for a second stream.

    >>> [step_seed(EncoderConfig(seed=0), step) for step in range(3)]
    [0, 2, 4]
    """
    return 2 * (config.seed * 1_000_003 + step)


class Batch(NamedTuple):
    """What a step learns from, on the device of the source.

    Attributes:
        codes: of the faces, [G + P, 18, 512], generated ones first.
        faces: as the encoder is shown them, [G + P, 3, R, R].
        targets: the photos as they are, [P, 3, R, R].
    """

    codes: WPlus
    faces: torch.Tensor
    targets: torch.Tensor


@dataclass(frozen=True, eq=False)
class Source:
    """Where faces come from.

    Attributes:
        mapping, statistics: the generator's mapping network, and mean and std of W, on the device that trains.
        draw: W+ -> faces [B, 3, S, S] in about [-1, 1]; S is at least the encoder's resolution.
        photos: bytes [N, 3, R, R] of training people; may be empty.
        codes: of the photos, [N, 18, 512], in half precision.
        workers: threads that degrade the next steps' faces; for a GPU, which would wait for one. The batches are the same.
    """

    mapping: Mapping
    statistics: WStatistics
    draw: Callable[[WPlus], torch.Tensor]
    photos: torch.Tensor
    codes: torch.Tensor
    workers: int = 0

    def batches(self, config: EncoderConfig, first: int, last: int) -> Iterator[Batch]:
        """The batches of steps `first` to `last` - 1."""
        bank = FaceBank(functools.partial(self._generated, config), config.memory)
        return ahead(functools.partial(self._begin, config, bank), range(first, last), self.workers)

    def _generated(self, config: EncoderConfig, step: int) -> Faces:
        """The faces that are newly generated at a step."""
        random = torch.Generator().manual_seed(step_seed(config, step))
        codes = sample_codes(self.mapping, self.statistics.mean, config.fresh, random)
        if blended := math.ceil(config.blended * config.fresh) if len(self.codes) else 0:
            one, other = torch.randint(len(self.codes), (2, blended), generator=random)
            between = blended_codes(WPlus(self.codes[one].float()), WPlus(self.codes[other].float()), random)
            codes[:blended] = between.to(codes)
        with torch.no_grad():
            faces = shrink(self.draw(codes).float().clamp(-1, 1), config.model.resolution)
        return codes.half(), to_bytes(faces)

    def _begin(self, config: EncoderConfig, bank: FaceBank, step: int) -> Callable[[], Batch]:
        """Generate the faces of a step; returns what finishes its batch, in any thread."""
        random = torch.Generator().manual_seed(step_seed(config, step) + 1)
        codes, faces = bank.batch(step, config.generated, random)

        def finish() -> Batch:
            shown = Degrade(random)(faces)
            if not len(self.photos):
                return Batch(codes, shown, faces[:0])
            chosen = torch.randint(len(self.photos), (config.photos,), generator=random)
            targets = to_signed(self.photos[chosen].to(faces.device))
            known = WPlus(torch.cat([codes, self.codes[chosen].to(codes)]))
            return Batch(known, torch.cat([shown, Degrade(random, strength=0.4)(targets)]), targets)

        return finish
