"""Real faces with labels: a folder of FFHQ-framed pictures, a table of attributes and a split by person.

DIR/img/<id>.jpg        faces of any size, framed as FFHQ frames them; or packed (`editor.train.packing`) in DIR/faces-*.zip
DIR/attributes.csv      id, then one column of 0/1 (or -1/1) per attribute
DIR/split.csv           id, person, split: `train`, `heldout` or `unused`, no person in two of them
"""

import csv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from editor.errors import PhotoError, SettingError
from editor.train.labels import read_labels

ARCHIVES = "faces-*.zip"


class PackedFolder:
    """The files in several archives, as if they lay in one folder."""

    def __init__(self, archives: Sequence[Path]):
        """Open them.

        Raises:
            SettingError: one is not an archive.
        """
        self._places: dict[str, zipfile.Path] = {}
        for archive in archives:
            try:
                opened = zipfile.ZipFile(archive)
            except (OSError, zipfile.BadZipFile) as error:
                raise SettingError(f"{archive} cannot be read as an archive of faces: {error}.") from error
            self._places |= {name: zipfile.Path(opened, name) for name in opened.namelist()}
        self._none = Path(archives[0].parent)

    def __truediv__(self, name: str) -> Path | zipfile.Path:
        return self._places.get(name) or self._none / name


@dataclass(frozen=True)
class LabelledFaces:
    """Which faces there are and what is known of them.

    Attributes:
        folder: where the pictures are; may be packed.
        ids: file stems, in the order of every other field.
        people: who is who, one integer a face.
        attributes: names of the attributes.
        labels: bool [N, K].
    """

    folder: Path | PackedFolder
    ids: tuple[str, ...]
    people: np.ndarray
    attributes: tuple[str, ...]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def path(self, index: int) -> Path | zipfile.Path:
        """The picture of face `index`."""
        return self.folder / f"{self.ids[index]}.jpg"

    def take(self, indices: Sequence[int] | np.ndarray) -> "LabelledFaces":
        """The faces at `indices`."""
        return LabelledFaces(
            self.folder,
            tuple(self.ids[i] for i in indices),
            self.people[indices],
            self.attributes,
            self.labels[indices],
        )

    def sample(self, count: int, seed: int) -> "LabelledFaces":
        """`count` of the faces at random, or all where there are fewer."""
        return self.take(np.random.default_rng(seed).permutation(len(self))[:count])

    def by_person(self, validation: float, seed: int) -> tuple["LabelledFaces", "LabelledFaces"]:
        """Split into (training, validation) faces so that no person is in both; `validation` is a share of the people."""
        people = np.unique(self.people)
        chosen = np.random.default_rng(seed).permutation(people)[: round(validation * len(people))]
        inside = np.isin(self.people, chosen)
        return self.take(np.flatnonzero(~inside)), self.take(np.flatnonzero(inside))


def read_labelled_faces(root: Path, split: str) -> LabelledFaces:
    """The faces of one split of the data set at `root`.

    Raises:
        SettingError: a file is missing, or a value is not 0/1 or -1/1.
    """
    with _open(root / "split.csv") as rows:
        table = {row["id"]: int(row["person"]) for row in csv.DictReader(rows) if row["split"] == split}
    attributes, known = read_labels(root / "attributes.csv")
    ids = tuple(sorted(table.keys() & known.keys()))
    if not ids:
        raise SettingError(f"{root} has no labelled faces in the split {split!r}.")
    people = np.array([table[i] for i in ids])
    archives = sorted(root.glob(ARCHIVES))
    folder = PackedFolder(archives) if archives and not (root / "img").is_dir() else root / "img"
    return LabelledFaces(folder, ids, people, attributes, np.array([known[i] for i in ids]))


def ids_of_split(table: Path, split: str) -> set[str]:
    """The ids of one split of a table with the columns id and split.

    Raises:
        SettingError: the table cannot be read, or has no such split.
    """
    with _open(table) as rows:
        ids = {row["id"] for row in csv.DictReader(rows) if row.get("split") == split}
    if not ids:
        raise SettingError(f"{table} has no ids in the split {split!r}.")
    return ids


def _open(path: Path):
    try:
        return path.open(newline="")
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}.") from error


def load_faces(faces: LabelledFaces, resolution: int, progress: bool = True) -> torch.Tensor:
    """All pictures as bytes, [N, 3, resolution, resolution], area-averaged."""
    out = torch.empty(len(faces), 3, resolution, resolution, dtype=torch.uint8)
    for index in tqdm(range(len(faces)), desc="reading faces", disable=not progress):
        out[index] = load_face(faces.path(index), resolution)
    return out


def load_face(path: Path | zipfile.Path, resolution: int) -> torch.Tensor:
    """One framed face as bytes, [3, resolution, resolution].

    Raises:
        PhotoError: the file is not a readable picture.
    """
    try:
        with path.open("rb") as file, Image.open(file) as picture:
            picture = picture.convert("RGB").resize((resolution, resolution), Image.Resampling.BOX)
    except OSError as error:
        raise PhotoError(f"{path.name} cannot be read as a picture.") from error
    return torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)
