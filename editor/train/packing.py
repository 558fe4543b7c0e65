"""Labelled faces small enough to carry to another machine: at the size that is trained on, in a few archives.

FOLDER/faces-000.zip ...              JPEGs `<id>.jpg`, none of the archives much larger than asked for
FOLDER/attributes.csv, split.csv      of these faces; people are numbers

`read_labelled_faces` reads such a folder like any other. A JPEG is not its original: begin a run on the packed faces, and it
goes on with the same ones wherever they are carried.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from editor.errors import SettingError
from editor.images import to_pictures, to_signed
from editor.train.photos import ARCHIVES, LabelledFaces, load_face, read_labelled_faces


def pack_faces(root: Path, split: str, folder: Path, side: int = 128, quality: int = 90, limit: int = 15_000_000) -> int:
    """Write the faces of one split of the data set at `root` into `folder`.

    Args:
        quality: of the JPEGs; 90 takes about 6 KB a face of 128 px.
        limit: bytes after which another archive is begun.

    Returns:
        How many bytes the archives take.

    Raises:
        SettingError: the data set cannot be read, or `folder` holds archives already.
    """
    faces = read_labelled_faces(root, split)
    folder.mkdir(parents=True, exist_ok=True)
    if list(folder.glob(ARCHIVES)):
        raise SettingError(f"{folder} holds packed faces already. Name an empty folder.")
    written: list[Path] = []
    archive: zipfile.ZipFile | None = None
    for index in tqdm(range(len(faces)), desc="packing faces"):
        if archive is None or archive.start_dir > limit:
            if archive:
                archive.close()
            written.append(folder / f"faces-{len(written):03d}.zip")
            archive = zipfile.ZipFile(written[-1], "w", zipfile.ZIP_STORED)
        archive.writestr(f"{faces.ids[index]}.jpg", _jpeg(faces, index, side, quality))
    if archive:
        archive.close()
    _write_tables(faces, split, folder)
    return sum(path.stat().st_size for path in written)


def _jpeg(faces: LabelledFaces, index: int, side: int, quality: int) -> bytes:
    picture: Image.Image = to_pictures(to_signed(load_face(faces.path(index), side)[None]))[0]
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=quality, optimize=True)
    return content.getvalue()


def _write_tables(faces: LabelledFaces, split: str, folder: Path) -> None:
    people = ([name, person, split] for name, person in zip(faces.ids, faces.people, strict=True))
    labels = ([name, *row] for name, row in zip(faces.ids, faces.labels.astype(int), strict=True))
    _write_table(folder / "split.csv", ["id", "person", "split"], people)
    _write_table(folder / "attributes.csv", ["id", *faces.attributes], labels)


def _write_table(path: Path, header: list[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *rows])
