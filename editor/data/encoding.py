"""Photos -> codes: of a data set of aligned faces, or of a folder of labelled photos.

A folder's faces are found, aligned and encoded one by one; what cannot be is passed over, with the reason. Shards of what is
done lie beside the file to be written until it is whole, so a stopped run goes on.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.align import FaceFinder
from editor.batch.attempt import attempt
from editor.data.codes import LabelledCodes
from editor.data.labelled_faces import LabelledFaces, load_face
from editor.data.labelled_folder import LabelledFolder
from editor.encode import CompactEncoder
from editor.encode.face import FaceEncoder
from editor.errors import PhotoError, SettingError
from editor.files.writing import write_atomically
from editor.images import open_photo, to_signed, to_tensor
from editor.spaces import WPlus

PHOTOS_PER_SHARD = 200
"""Photos whose codes are in one cached file."""


@dataclass(frozen=True)
class CodeReader:
    """Reads codes off photos."""

    find: FaceFinder
    encode: FaceEncoder

    def __call__(self, photo: Path, aligned: bool) -> WPlus:
        """The code, [1, 18, 512], of a photo's largest face, or of a picture that is an aligned face already."""
        return self.encode(to_tensor(open_photo(photo) if aligned else self.find(photo).image))


def encode_folder(
    read: CodeReader, folder: LabelledFolder, encoder: str, aligned: bool, work: Path
) -> tuple[LabelledCodes, dict[Path, str]]:
    """The codes of a folder's photos, and why each photo that is not among them is not.

    Args:
        encoder: sha256 of the encoder's weights.
        aligned: whether the photos are aligned as in FFHQ already; then no faces are detected.
        work: folder for shards; only good for the same photos in the same order.

    Raises:
        SettingError: no photo could be encoded; the next run then tries them again.

    >>> from editor.data.labelled_folder import read_folder
    >>> labelled = read_folder(data / "img", data / "attributes.csv", people=None)
    >>> read = lambda photo, aligned: torch.zeros(1, 18, 512)  # in place of a CodeReader
    >>> found, skipped = encode_folder(read, labelled, "sha256 of the encoder", aligned=True, work=folder / "shards")
    >>> found.w_plus.shape, found.labels.shape, skipped
    (torch.Size([28, 18, 512]), torch.Size([28, 2]), {})
    """
    w_plus, done, skipped = encode_photos(read, folder.photos, aligned, work)
    if not done:
        shutil.rmtree(work)
        photo, reason = next(iter(skipped.items()))
        raise SettingError(f"None of {len(skipped)} photos could be encoded. The first, {photo}: {reason}")
    whos: list[object] = [folder.people.get(photo, photo) for photo in done]  # a photo stands for a person of its own
    persons = {who: n for n, who in enumerate(dict.fromkeys(whos))}
    rows = torch.tensor([folder.labels[photo] for photo in done], dtype=torch.bool).view(len(done), len(folder.attributes))
    people = torch.tensor([persons[who] for who in whos])
    codes = LabelledCodes(w_plus, rows, people, folder.attributes, encoder, folder.ids(done))
    return codes, {photo: "it has no labels" for photo in folder.unlabelled} | skipped


def encode_photos(
    read: CodeReader, photos: Sequence[Path], aligned: bool, work: Path
) -> tuple[WPlus, list[Path], dict[Path, str]]:
    """Encode each photo's largest face.

    Args:
        aligned: whether the photos are aligned as in FFHQ already; then no faces are detected.
        work: folder for shards; only good for the same photos in the same order.

    Returns:
        The codes [N, 18, 512], the photos they are of, and why each of the others is not among them.

    >>> def read(photo, aligned):  # in place of a CodeReader
    ...     return torch.full((1, 18, 512), float(photo.stem))
    >>> w_plus, done, skipped = encode_photos(read, [Path("1.jpg"), Path("two.jpg")], aligned=True, work=folder / "shards")
    >>> w_plus.shape, [photo.name for photo in done], *skipped.values()
    (torch.Size([1, 18, 512]), ['1.jpg'], "unexpected ValueError: could not convert string to float: 'two'")
    """
    work.mkdir(parents=True, exist_ok=True)
    codes, done, skipped = [], [], {}
    with tqdm(total=len(photos), desc="encoding") as bar:
        for shard, piece in enumerate(_pieces(photos)):
            path = work / f"{shard:05d}.safetensors"
            if not path.exists():
                _encode_shard(read, piece, aligned, path)
            tensors = load_file(path)
            codes.append(tensors["w_plus"])
            reasons = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
            done += [photo for photo, reason in zip(piece, reasons, strict=True) if not reason]
            skipped |= {photo: reason for photo, reason in zip(piece, reasons, strict=True) if reason}
            bar.update(len(piece))
    return WPlus(torch.cat(codes)), done, skipped


def _encode_shard(read: CodeReader, photos: Sequence[Path], aligned: bool, path: Path) -> None:
    results, reasons = zip(*(attempt(lambda photo: read(photo, aligned), photo) for photo in photos), strict=True)
    codes = [result for result, reason in zip(results, reasons, strict=True) if not reason]
    text = "\n".join(reasons) + "\n"  # a reason may hold a name that is not UTF-8
    write_atomically(path.with_suffix(".txt"), lambda part: part.write_text(text, "utf-8", errors="backslashreplace"))
    tensor = torch.cat(codes) if codes else torch.empty(0, 18, 512)
    write_atomically(path, lambda part: save_file({"w_plus": tensor}, part))


def _pieces(photos: Sequence[Path]) -> Iterator[Sequence[Path]]:
    for begin in range(0, len(photos), PHOTOS_PER_SHARD):
        yield photos[begin : begin + PHOTOS_PER_SHARD]


def encode_faces(encoder: CompactEncoder, faces: LabelledFaces, encoder_hash: str, batch: int = 32) -> LabelledCodes:
    """Encode every face of a data set whose picture can be read; the others are named on stderr and left out.

    Raises:
        SettingError: none of the pictures can be read.

    >>> from editor.encode import CompactConfig
    >>> encoder = CompactEncoder(CompactConfig(widths=(8, 8, 8, 8, 16), depth=1, pyramid=8, summary=2)).eval()
    >>> len(faces), encode_faces(encoder, faces, "sha256 of the encoder").w_plus.shape
    (24, torch.Size([24, 18, 512]))
    """
    device, found = encoder.w_mean.device, []
    codes = []
    with torch.inference_mode():
        for begin in tqdm(range(0, len(faces), batch), desc="encoding"):
            pictures = _readable(faces, range(begin, min(begin + batch, len(faces))), encoder.config.resolution)
            found += pictures
            if pictures:
                codes.append(encoder(to_signed(torch.stack(list(pictures.values()))).to(device)).cpu())
    if not codes:
        raise SettingError(f"None of the {len(faces)} pictures can be read, {faces.path(0).name} for one.")
    faces = faces.take(np.array(found))
    labels, people = torch.from_numpy(faces.labels), torch.from_numpy(faces.people)
    return LabelledCodes(WPlus(torch.cat(codes)), labels, people, faces.attributes, encoder_hash, faces.ids)


def _readable(faces: LabelledFaces, indices: range, resolution: int) -> dict[int, torch.Tensor]:
    """The pictures of some faces as uint8, [3, resolution, resolution], without those that cannot be read."""
    pictures = {}
    for index in indices:
        try:
            pictures[index] = load_face(faces.path(index), resolution)
        except PhotoError as error:
            tqdm.write(f"passed over {faces.path(index)}: {error}", file=sys.stderr)
    return pictures
