"""Real faces with labels: a folder of FFHQ-aligned pictures, a table of attributes and a split by person.

DIR/img/<id>.jpg        faces of any size, aligned as in FFHQ
DIR/attributes.csv      id, then one column of 0/1 (or -1/1) per attribute
DIR/split.csv           id, person, split, as `editor.data.splits` reads it
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from editor.data.identifiers import ENDING, match_photos, photo_name, without_ending
from editor.data.labels import read_labels
from editor.data.splits import SPLITS, chosen_people_of_photos, read_split, split_name
from editor.errors import PhotoError, SettingError, TableError
from editor.files.folders import pictures_in


@dataclass(frozen=True, eq=False)
class LabelledFaces:
    """Which faces there are and what is known of them.

    Attributes:
        folder: where the pictures are.
        ids: N file names in the order of every other field, without .jpg where that is enough to tell them apart.
        people: [N], who is who: one integer a person.
        attributes: K names.
        labels: bool [N, K].
    """

    folder: Path
    ids: tuple[str, ...]
    people: np.ndarray
    attributes: tuple[str, ...]
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def path(self, index: int) -> Path:
        """The picture of face `index`."""
        name = self.ids[index]
        return self.folder / (name if ENDING.search(name) else f"{name}.jpg")

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
        positions = {name: at for at, name in enumerate(self.ids)}
        if missing := [name for name in ids if name not in positions]:
            raise SettingError(f"{len(missing)} faces that there are codes of have no labels now, {missing[0]} for one.")
        return self.take(np.array([positions[name] for name in ids], dtype=int))

    def sample(self, count: int, seed: int) -> "LabelledFaces":
        """`count` of the faces at random, or all where there are fewer."""
        return self.take(np.random.default_rng(seed).permutation(len(self))[:count])

    def by_person(self, validation: float, seed: int) -> tuple["LabelledFaces", "LabelledFaces"]:
        """Split into (training, validation) faces so that no person is in both; `validation` is a share of the people."""
        chosen = chosen_people_of_photos(self.people, validation, seed)
        return self.take(np.flatnonzero(~chosen)), self.take(np.flatnonzero(chosen))


def read_labelled_faces(root: Path, split: str) -> LabelledFaces:
    """The faces of one split of the data set at `root`.

    Raises:
        TableError: a table cannot be read, a value is not 0/1 or -1/1, a person is in two splits, or it cannot be told which
            face a row is about.
        SettingError: no face of the split has labels.

    >>> faces = read_labelled_faces(data, "train")
    >>> len(faces), faces.attributes, faces.labels.shape, faces.people[:4].tolist(), faces.path(0).name
    (24, ('Smiling', 'Young'), (24, 2), [0, 0, 1, 1], '000000.jpg')
    """
    members = read_split(root / "split.csv")
    attributes, known = read_labels(root / "attributes.csv")
    wanted = [name for name, member in members.items() if member.split == split_name(split)]
    labelled = match_photos({name: name for name in wanted}, known, root / "attributes.csv")
    if not labelled:
        raise SettingError(f"{root} has no labelled faces in the split {split!r}.")
    folder = root / "img"
    filed = _as_filed(members, folder, root / "split.csv")
    names = sorted(labelled, key=filed.__getitem__)
    people = np.array([members[name].person for name in names])
    labels = np.array([known[labelled[name]] for name in names])
    return LabelledFaces(folder, tuple(filed[name] for name in names), people, attributes, labels)


def labelled_splits(root: Path) -> list[str]:
    """The splits of the data set at `root` that hold labelled faces, in the order of `editor.data.splits`.

    Raises:
        TableError: as for `read_labelled_faces`.

    >>> labelled_splits(data)
    ['train', 'test']
    """
    members, table = read_split(root / "split.csv"), root / "attributes.csv"
    labelled = match_photos({name: name for name in members}, read_labels(table)[1], table)
    return [split for split in SPLITS if any(members[name].split == split for name in labelled)]


def _as_filed(ids: Iterable[str], folder: Path, table: Path) -> dict[str, str]:
    """Each id of a split -> the id that `LabelledFaces` has, by which the picture is found.

    They differ where the table writes an ending, or where a spreadsheet made `1` of the file `000001.jpg`.

    Raises:
        TableError: it cannot be told which picture an id means.
    """
    ids, files = list(ids), {photo_name(each, folder) for each in pictures_in(folder, deep=True)}
    found = {name: file for name in ids for file in (f"{name}.jpg", name) if file in files}
    if missing := set(ids) - found.keys():
        left = files - set(found.values())
        found |= {name: file for file, name in match_photos({file: file for file in left}, missing, table).items()}
    alike = Counter(map(without_ending, ids))
    return {name: _shortest(found.get(name, name), alike) for name in ids}


def _shortest(name: str, alike: Mapping[str, int]) -> str:
    """A name without `.jpg`; with it where `alike` counts others of that name."""
    bare = name.removesuffix(".jpg")
    return name if alike.get(bare, 0) > 1 else bare


def ids_of_split(path: Path, split: str) -> set[str]:
    """The ids of one split of a table with the columns id and split, as `clean_id` writes them.

    Raises:
        TableError: the table cannot be read, or has no such split.

    >>> sorted(ids_of_split(data / "split.csv", "test"))
    ['000024', '000025', '000026', '000027']
    """
    ids = {name for name, member in read_split(path, people=False).items() if member.split == split_name(split)}
    if not ids:
        raise TableError(f"{path} has no ids in the split {split!r}.")
    return ids


def load_faces(faces: LabelledFaces, resolution: int, progress: bool = True) -> torch.Tensor:
    """All pictures as uint8 in 0-255, [N, 3, resolution, resolution], area-averaged.

    Args:
        resolution: side in pixels.
        progress: whether a bar is shown.

    Raises:
        PhotoError: a file is not a readable picture.

    >>> pixels = load_faces(faces, resolution=8, progress=False)
    >>> pixels.shape, pixels.dtype
    (torch.Size([24, 3, 8, 8]), torch.uint8)
    """
    out = torch.empty(len(faces), 3, resolution, resolution, dtype=torch.uint8)
    with ThreadPoolExecutor() as pool:  # Pillow reads without the interpreter's lock
        read = pool.map(partial(load_face, resolution=resolution), map(faces.path, range(len(faces))))
        for index, face in enumerate(tqdm(read, total=len(faces), desc="reading faces", disable=not progress)):
            out[index] = face
    return out


def load_face(path: Path, resolution: int) -> torch.Tensor:
    """One aligned face as uint8 in 0-255, [3, resolution, resolution].

    Raises:
        PhotoError: the file is not a readable picture.

    >>> load_face(faces.path(0), resolution=8).shape
    torch.Size([3, 8, 8])
    """
    try:
        with path.open("rb") as file, Image.open(file) as picture:
            picture = picture.convert("RGB").resize((resolution, resolution), Image.Resampling.BOX)
    except Exception as error:  # damaged pictures make Pillow raise errors of any type
        raise PhotoError(f"{path.name} cannot be read as a picture.") from error
    return torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)
