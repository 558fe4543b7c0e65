"""Codes of a folder of labelled photos: found, framed and encoded one by one; what cannot be is passed over, with the reason.

Shards of what is done lie beside the file to be written until it is whole, so a stopped run goes on.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.batch import attempt
from editor.data.codes import Codes
from editor.data.identifiers import last_part, match_photos, photo_name, without_ending
from editor.data.labels import read_labels
from editor.data.people import read_people
from editor.errors import SettingError
from editor.files import write_atomically
from editor.folders import pictures_in
from editor.images import open_photo
from editor.reader import FaceReader
from editor.spaces import CHANNELS, LAYERS, WPlus

SHARD = 200
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class LabelledFolder:
    """Photos of a folder with what is known of them.

    Attributes:
        photos: those that have labels, by name.
        attributes: K names; none where nothing is labelled.
        labels: photo -> K values.
        people: photo -> who it is; whoever is not in it is a person of their own.
        unlabelled: photos that labels were given for others of, but not for them.
        names: photo -> its path in the folder.
    """

    photos: list[Path]
    attributes: tuple[str, ...]
    labels: dict[Path, list[bool]]
    people: dict[Path, str]
    unlabelled: list[Path]
    names: dict[Path, str]

    def work_beside(self, out: Path, *about: object) -> Path:
        """A hidden folder beside `out` for shards that are good for these photos and `about` only."""
        what = repr((about, [str(photo) for photo in self.photos]))
        return out.with_name(f".codes-{sha256(repr((out.name, what)).encode()).hexdigest()[:12]}")

    @property
    def size(self) -> int:
        """Bytes that the codes take on the disk: as shards, and then as one file beside them."""
        return 2 * len(self.photos) * LAYERS * CHANNELS * 4

    def ids(self, photos: Sequence[Path]) -> tuple[str, ...]:
        """A name for each photo: the file's where no other has it, else the path, else the path with the ending."""
        whole = [self.names[photo] for photo in photos]
        paths = [without_ending(name) for name in whole]
        shortest = [last_part(name) for name in paths]
        seen = [Counter(part) for part in (shortest, paths)]
        candidates = zip(shortest, paths, whole, strict=True)
        return tuple(a if seen[0][a] == 1 else b if seen[1][b] == 1 else c for a, b, c in candidates)


def read_folder(photos: Path, labels: Path | None, people: Path | None) -> LabelledFolder:
    """Look through a folder.

    Args:
        labels: as `read_labels` takes it; None: nothing is labelled, everything taken.
        people: a table with the columns id and person.

    Raises:
        SettingError: no pictures, or none with labels.
        TableError: a table is not what it should be, or two photos could be meant by one id.
    """
    found = pictures_in(photos, deep=True)
    if not found:
        raise SettingError(f"{photos} holds no pictures.")
    names = {photo: photo_name(photo, photos) for photo in found}
    attributes, known = read_labels(labels) if labels else ((), {})
    rows = _of_photos(names, known, labels) if labels else {photo: [] for photo in found}
    if not rows:
        raise SettingError(f"None of the photos' names is an id in {labels}.")
    who = _of_photos(names, read_people(people), people) if people else {}
    taken, rest = ([photo for photo in found if (photo in rows) is there] for there in (True, False))
    return LabelledFolder(taken, attributes, rows, who, rest, names)


def _of_photos(names: dict[Path, str], known: dict[str, Value], table: Path) -> dict[Path, Value]:
    """What a table says of the photos it has a row for."""
    return {photo: known[each] for photo, each in match_photos(names, known, table).items()}


def encode_folder(
    reader: FaceReader, folder: LabelledFolder, encoder: str, framed: bool, work: Path
) -> tuple[Codes, dict[Path, str]]:
    """The codes of a folder's photos, and why each photo that is not among them is not.

    Args:
        encoder: sha256 of the encoder's weights.
        framed, work: as for `encode_photos`.

    Raises:
        SettingError: no photo could be encoded; the next run then tries them again.
    """
    w_plus, done, skipped = encode_photos(reader, folder.photos, framed, work)
    if not done:
        shutil.rmtree(work)
        photo, reason = next(iter(skipped.items()))
        raise SettingError(f"None of {len(skipped)} photos could be encoded. The first, {photo}: {reason}")
    whos: list[object] = [folder.people.get(photo, photo) for photo in done]  # a photo stands for a person of its own
    persons = {who: n for n, who in enumerate(dict.fromkeys(whos))}
    rows = torch.tensor([folder.labels[photo] for photo in done], dtype=torch.bool).view(len(done), len(folder.attributes))
    people = torch.tensor([persons[who] for who in whos])
    codes = Codes(w_plus, rows, people, folder.attributes, encoder, folder.ids(done))
    return codes, {photo: "it has no labels" for photo in folder.unlabelled} | skipped


def encode_photos(
    reader: FaceReader, photos: Sequence[Path], framed: bool, work: Path
) -> tuple[WPlus, list[Path], dict[Path, str]]:
    """Encode each photo's largest face.

    Args:
        framed: the photos are framed as FFHQ frames faces already; nothing is looked for.
        work: folder for shards; only good for the same photos in the same order.

    Returns:
        The codes [N, 18, 512], the photos they are of, and why each of the others is not among them.
    """
    work.mkdir(parents=True, exist_ok=True)
    codes, done, skipped = [], [], {}
    with tqdm(total=len(photos), desc="encoding") as bar:
        for shard, piece in enumerate(_pieces(photos)):
            path = work / f"{shard:05d}.safetensors"
            if not path.exists():
                _encode_shard(reader, piece, framed, path)
            tensors = load_file(path)
            codes.append(tensors["w_plus"])
            reasons = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
            done += [photo for photo, reason in zip(piece, reasons, strict=True) if not reason]
            skipped |= {photo: reason for photo, reason in zip(piece, reasons, strict=True) if reason}
            bar.update(len(piece))
    return WPlus(torch.cat(codes)), done, skipped


def _encode_shard(reader: FaceReader, photos: Sequence[Path], framed: bool, path: Path) -> None:
    def encode(photo: Path) -> WPlus:
        return reader.encode(open_photo(photo) if framed else reader.find(photo).face)

    results, reasons = zip(*(attempt(encode, photo) for photo in photos), strict=True)
    codes = [result for result, reason in zip(results, reasons, strict=True) if not reason]
    text = "\n".join(reasons) + "\n"  # a reason may hold a name that is not UTF-8
    write_atomically(path.with_suffix(".txt"), lambda part: part.write_text(text, "utf-8", errors="backslashreplace"))
    tensor = torch.cat(codes) if codes else torch.empty(0, 18, 512)
    write_atomically(path, lambda part: save_file({"w_plus": tensor}, part))


def _pieces(photos: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for begin in range(0, len(photos), SHARD):
        yield photos[begin : begin + SHARD]
