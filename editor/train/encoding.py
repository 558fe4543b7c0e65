"""Codes of a folder of labelled photos: found, framed and encoded one by one; what cannot be is passed over, with the reason.

Shards of what is done lie beside the file to be written until it is whole, so a stopped run goes on.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.errors import EditorError, SettingError
from editor.images import open_photo
from editor.reader import FaceReader
from editor.spaces import WPlus
from editor.train.codes import Codes
from editor.train.labels import read_labels

SHARD = 200
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".tif", ".tiff", ".bmp")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures in a folder and the folders inside it, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


@dataclass(frozen=True)
class LabelledFolder:
    """Photos of a folder with what is known of them.

    Attributes:
        photos: those that have labels, by name.
        attributes: K names; none where nothing is labelled.
        labels: name of a photo without its ending -> K values.
        people: the same -> who it is; whoever is not in it is a person of their own.
        unlabelled: photos that labels were given for others of, but not for them.
    """

    photos: list[Path]
    attributes: tuple[str, ...]
    labels: dict[str, list[bool]]
    people: dict[str, str]
    unlabelled: list[Path]

    def work_beside(self, out: Path, *about: object) -> Path:
        """A hidden folder beside `out` for shards that are good for these photos and `about` only."""
        what = repr((about, [str(photo) for photo in self.photos]))
        return out.with_name(f".{out.stem}-{sha256(what.encode()).hexdigest()[:12]}")


def read_folder(photos: Path, labels: Path | None, people: Path | None) -> LabelledFolder:
    """Look through a folder.

    Args:
        labels: as `read_labels` takes it; None: nothing is labelled, everything taken.
        people: CSV with the columns id and person.

    Raises:
        SettingError: no pictures, none with labels, or a file that is not what it should be.
    """
    found = pictures_in(photos)
    if not found:
        raise SettingError(f"{photos} holds no pictures.")
    names, known = read_labels(labels) if labels else ((), {photo.stem: [] for photo in found})
    taken = [photo for photo in found if photo.stem in known]
    if not taken:
        raise SettingError(f"None of the photos' names is an id in {labels}.")
    rest = [photo for photo in found if photo.stem not in known]
    return LabelledFolder(taken, names, known, _read_people(people) if people else {}, rest)


def _read_people(path: Path) -> dict[str, str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as rows:
            return {Path(row["id"]).stem: row["person"] for row in csv.DictReader(rows)}
    except (OSError, KeyError) as error:
        raise SettingError(f"{path} is not a CSV with the columns id and person.") from error


def encode_folder(
    reader: FaceReader, folder: LabelledFolder, encoder: str, framed: bool, work: Path
) -> tuple[Codes, dict[Path, str]]:
    """The codes of a folder's photos, and why each photo that is not among them is not.

    Args:
        encoder: sha256 of the encoder's weights.
        framed, work: as for `encode_photos`.

    Raises:
        SettingError: no photo could be encoded.
    """
    w_plus, done, skipped = encode_photos(reader, folder.photos, framed, work)
    if not done:
        raise SettingError("No photo could be encoded.")
    ids = tuple(photo.stem for photo in done)
    names = [folder.people.get(i, f"photo {i}") for i in ids]
    persons = {name: n for n, name in enumerate(dict.fromkeys(names))}
    rows = torch.tensor([folder.labels[i] for i in ids], dtype=torch.bool).view(len(ids), len(folder.attributes))
    who = torch.tensor([persons[name] for name in names])
    codes = Codes(w_plus, rows, who, folder.attributes, encoder, ids)
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
    codes, reasons = [], []
    for photo in photos:
        try:
            face = open_photo(photo) if framed else reader.find(photo).face
            codes.append(reader.encode(face))
            reasons.append("")
        except EditorError as error:
            reasons.append(" ".join(str(error).split()))
    path.with_suffix(".txt").write_text("\n".join(reasons) + "\n", encoding="utf-8")
    part = path.with_suffix(".part")
    save_file({"w_plus": torch.cat(codes) if codes else torch.empty(0, 18, 512)}, part)
    part.replace(path)


def _pieces(photos: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for begin in range(0, len(photos), SHARD):
        yield photos[begin : begin + SHARD]
