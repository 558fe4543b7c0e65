"""Lessons: photos with a code that draws each, found by a short descent from the code of the encoder in use.

Only generated faces come with a code. So each photo gets one as `Editor.refine` would find it, many photos at a time:

    z <- z - rate P m / |P m|,      m the mean of the last gradients of  L(drawing of w_0 + A z, photo) + STAY mean z^2

P is the preconditioner (`editor.generate.preconditioner`). An encoder that learns these codes needs no drawing at any step.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from editor.actions.fit.descent import FitConfig, fall
from editor.data.labelled_faces import LabelledFaces, load_faces
from editor.errors import WeightsError
from editor.generate.preconditioner import Preconditioner
from editor.images import shrink, to_signed
from editor.spaces import WPlus
from editor.train.encoder.pictures import PictureLoss

TOGETHER = 32
"""Photos of one descent."""
SAVE_EVERY = 4
"""Descents from one saving to the next."""
TINY = 1e-8


@dataclass(frozen=True, eq=False)
class Lessons:
    """Photos and their codes.

    Attributes:
        ids: of the N photos.
        mirrored: whether the code is of the photo's mirror image, bool [N].
        codes: [N, 18, 512], in half precision.
    """

    ids: tuple[str, ...]
    mirrored: torch.Tensor
    codes: torch.Tensor

    def __len__(self) -> int:
        return len(self.ids)

    def faces(self, photos: LabelledFaces, resolution: int) -> torch.Tensor:
        """What the codes draw, bytes [N, 3, R, R]."""
        faces = load_faces(photos.of_ids(self.ids), resolution)
        faces[self.mirrored] = faces[self.mirrored].flip(-1)
        return faces


@dataclass(frozen=True, eq=False)
class Teacher:
    """Finds codes.

    Attributes:
        encode: faces [B, 3, R, R] in [-1, 1] -> the codes to start from.
        pictures: compares drawings with photos of `side` px.
        known: of the generator that draws.
    """

    encode: Callable[[torch.Tensor], WPlus]
    pictures: PictureLoss
    known: Preconditioner
    side: int
    device: torch.device

    def teach(self, faces: torch.Tensor, steps: int, config: FitConfig = FitConfig()) -> WPlus:
        """The codes of faces [B, 3, R, R] in [-1, 1], on the CPU."""
        with torch.no_grad():
            faces = faces.to(self.device)
            start, wanted, axes = self.encode(faces).float(), shrink(faces, self.side), self.known.axes
            moved = torch.zeros_like(start)
            mean, square = torch.zeros_like(moved), moved.new_zeros(len(moved), 1, 1)
            for step in range(steps):
                _, pull = self.pictures(WPlus(start + moved @ axes.t()), wanted)
                gradient = pull.float() @ axes + 2 * config.stay * moved / moved[0].numel()
                mean.lerp_(gradient, 1 - config.momentum)
                move = self.known.apply(mean / (1 - config.momentum ** (step + 1)), config.damping, config.power)
                square.lerp_(move.square().mean((1, 2), keepdim=True), 1 - config.scaling)
                length = (square / (1 - config.scaling ** (step + 1))).sqrt() + TINY
                moved -= config.rate * fall(step / steps) * move / length
            return WPlus((start + moved @ axes.t()).cpu())

    def lessons(self, photos: LabelledFaces, count: int, steps: int, seed: int, resolution: int, path: Path) -> Lessons:
        """Teach `count` of the photos at random, half of them mirrored; go on where a killed run stopped."""
        found = read_lessons(path) if path.exists() else Lessons((), torch.empty(0, dtype=torch.bool), torch.empty(0, 18, 512))
        chosen = photos.sample(count, seed)
        mirrored = torch.from_numpy(np.random.default_rng(seed + 1).random(len(chosen)) < 0.5)
        with tqdm(total=len(chosen), initial=len(found), desc="codes of photos", dynamic_ncols=True) as bar:
            for number, indices in enumerate(_pieces(len(found), len(chosen)), 1):
                piece = Lessons(tuple(chosen.ids[i] for i in indices), mirrored[indices], torch.empty(0))
                faces = to_signed(piece.faces(chosen, resolution))
                found = _joined(found, Lessons(piece.ids, piece.mirrored, self.teach(faces, steps).half()))
                bar.update(len(indices))
                if number % SAVE_EVERY == 0 or len(found) == len(chosen):
                    write_lessons(found, path)
        return found


def write_lessons(lessons: Lessons, path: Path) -> None:
    """Save; a kill leaves a whole file.

    >>> lessons = Lessons(("000001",), torch.tensor([True]), torch.zeros(1, 18, 512).half())
    >>> write_lessons(lessons, folder / "lessons.pt")
    >>> read_lessons(folder / "lessons.pt").ids
    ('000001',)
    """
    part = path.with_suffix(".part")
    torch.save({"ids": list(lessons.ids), "mirrored": lessons.mirrored, "codes": lessons.codes}, part)
    part.replace(path)


def read_lessons(path: Path) -> Lessons:
    """What is in a file.

    Raises:
        WeightsError: it does not hold lessons.

    >>> write_lessons(Lessons((), torch.empty(0, dtype=torch.bool), torch.empty(0, 18, 512)), folder / "none.pt")
    >>> len(read_lessons(folder / "none.pt"))
    0
    """
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
        return Lessons(tuple(found["ids"]), found["mirrored"], found["codes"])
    except (KeyError, TypeError, RuntimeError, OSError) as error:
        raise WeightsError(f"{path} does not hold codes of photos. Delete it, and they are found again.") from error


def finished_lessons(path: Path, count: int) -> Lessons | None:
    """The lessons in a file if there are so many; None where it is missing or holds fewer.

    >>> write_lessons(Lessons(("1",), torch.tensor([False]), torch.zeros(1, 18, 512)), folder / "one.pt")
    >>> finished_lessons(folder / "one.pt", count=1).ids, finished_lessons(folder / "one.pt", count=2)
    (('1',), None)
    """
    found = read_lessons(path) if path.exists() else None
    return found if found and len(found) >= count else None


def _joined(one: Lessons, other: Lessons) -> Lessons:
    mirrored, codes = (torch.cat(pair) for pair in ((one.mirrored, other.mirrored), (one.codes.half(), other.codes)))
    return Lessons(one.ids + other.ids, mirrored, codes)


def _pieces(first: int, last: int) -> Iterator[list[int]]:
    return (list(range(at, min(at + TOGETHER, last))) for at in range(first, last, TOGETHER))
