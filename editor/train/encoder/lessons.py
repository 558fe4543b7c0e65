"""Lessons: photos with a code that draws each, found by refining the code of the encoder in use (`editor.data.refining`).

Only generated faces come with a code. An encoder that learns the codes of photos, too, needs no drawing at any step.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from editor.data.labelled_faces import LabelledFaces, load_faces
from editor.errors import WeightsError
from editor.images import to_signed
from editor.spaces import WPlus

TOGETHER = 32
"""Photos of one descent, on a CPU."""
TOGETHER_ON_GPU = 512
SAVE_EVERY = 4
"""Descents from one saving to the next."""


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


def find_lessons(
    refine: Callable[[torch.Tensor, int], WPlus],
    photos: LabelledFaces,
    count: int,
    steps: int,
    seed: int,
    resolution: int,
    path: Path,
    together: int = TOGETHER,
) -> Lessons:
    """Find codes of `count` of the photos at random, half of them mirrored; go on where a killed run stopped.

    Beyond the number of photos the other one of a photo and its mirror image follows.

    Args:
        refine: faces [B, 3, R, R] in [-1, 1] and steps -> their codes (`editor.data.refining`).
        resolution: R, in pixels.
        path: of the file that keeps them.
        together: photos of one descent.

    >>> nothing = lambda faces, steps: torch.zeros(len(faces), 18, 512)
    >>> find_lessons(nothing, faces, count=4, steps=1, seed=0, resolution=16, path=folder / "four.pt").codes.shape
    torch.Size([4, 18, 512])
    """
    found = read_lessons(path) if path.exists() else Lessons((), torch.empty(0, dtype=torch.bool), torch.empty(0, 18, 512))
    chosen = photos.sample(count, seed)
    once = torch.from_numpy(np.random.default_rng(seed + 1).random(len(chosen)) < 0.5)
    ids, mirrored = (chosen.ids * 2)[:count], torch.cat([once, ~once])
    with tqdm(total=len(ids), initial=len(found), desc="codes of photos", dynamic_ncols=True) as bar:
        for number, indices in enumerate(_pieces(len(found), len(ids), together), 1):
            piece = Lessons(tuple(ids[i] for i in indices), mirrored[indices], torch.empty(0))
            faces = to_signed(piece.faces(chosen, resolution))
            found = _joined(found, Lessons(piece.ids, piece.mirrored, refine(faces, steps).half()))
            bar.update(len(indices))
            if number % SAVE_EVERY == 0 or len(found) == len(ids):
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


def _pieces(first: int, last: int, size: int) -> Iterator[list[int]]:
    return (list(range(at, min(at + size, last))) for at in range(first, last, size))
