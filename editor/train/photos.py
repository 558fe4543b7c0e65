"""Real faces with labels: a folder of FFHQ-framed pictures, a table of attributes and a split by person.

DIR/img/<id>.jpg        faces of any size, framed as FFHQ frames them; or packed (`editor.train.packing`) in DIR/faces-*.zip
DIR/attributes.csv      id, then one column of 0/1 (or -1/1) per attribute
DIR/split.csv           id, person, split: `train`, `heldout` or `unused`, no person in two of them
"""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from editor.errors import PhotoError, SettingError, TableError
from editor.train.identifiers import by_id, last_part, match_photos
from editor.train.labels import read_labels
from editor.train.people import number_people
from editor.train.tables import read_table

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


@dataclass(frozen=True, eq=False)
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

    def of_ids(self, ids: Sequence[str]) -> "LabelledFaces":
        """The faces of these ids, in their order.

        Raises:
            SettingError: one of them is not among the faces.
        """
        places = {name: at for at, name in enumerate(self.ids)}
        if missing := [name for name in ids if name not in places]:
            raise SettingError(f"{len(missing)} faces that there are codes of have no labels now, {missing[0]} for one.")
        return self.take(np.array([places[name] for name in ids], dtype=int))

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
        TableError: a table cannot be read, or a value is not 0/1 or -1/1.
        SettingError: no face of the split has labels, or an archive is damaged.
    """
    people = _people_of_split(root / "split.csv", split)
    attributes, known = read_labels(root / "attributes.csv")
    labelled = match_photos({name: name for name in people}, known, root / "attributes.csv")
    ids = tuple(sorted(labelled))
    if not ids:
        raise SettingError(f"{root} has no labelled faces in the split {split!r}.")
    numbers = np.array([people[name] for name in ids])
    archives = sorted(root.glob(ARCHIVES))
    folder = PackedFolder(archives) if archives and not (root / "img").is_dir() else root / "img"
    return LabelledFaces(folder, ids, numbers, attributes, np.array([known[labelled[name]] for name in ids]))


def _people_of_split(path: Path, split: str) -> dict[str, int]:
    """Id -> person for the faces of a split; people are numbered over the whole table, so numbers agree between splits."""
    table = read_table(path)
    identity, person, part = (table.column(name) for name in ("id", "person", "split"))
    rows = by_id(table, identity)
    if missing := next((row for row in rows.values() if not row.cells[part]), None):
        raise table.error(missing.line, f"the split of {missing.cells[identity]} is empty.")
    numbers = number_people([row.cells[person] for row in rows.values()])
    return {name: who for (name, row), who in zip(rows.items(), numbers, strict=True) if row.cells[part] == split}


def ids_of_split(path: Path, split: str) -> set[str]:
    """The ids of one split of a table with the columns id and split: the last parts of names, without endings.

    Raises:
        TableError: the table cannot be read, or has no such split.
    """
    table = read_table(path)
    part = table.column("split")
    ids = {last_part(name) for name, row in by_id(table, table.column("id")).items() if row.cells[part] == split}
    if not ids:
        raise TableError(f"{path} has no ids in the split {split!r}.")
    return ids


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
    except Exception as error:  # damaged pictures and archives make Pillow and zipfile raise errors of any type
        raise PhotoError(f"{path.name} cannot be read as a picture.") from error
    return torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)
