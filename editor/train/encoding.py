"""Codes of a folder of photos: found, framed and encoded one by one; what cannot be is passed over, with the reason.

Shards of what is done lie beside the file to be written until it is whole, so a stopped run goes on.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from editor.errors import EditorError
from editor.images import open_photo
from editor.pipeline import Editor
from editor.spaces import WPlus

SHARD = 200
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".tif", ".tiff", ".bmp")


def pictures_in(folder: Path) -> list[Path]:
    """The pictures in a folder and the folders inside it, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


def encode_photos(
    editor: Editor, photos: Sequence[Path], framed: bool, work: Path
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
                _encode_shard(editor, piece, framed, path)
            tensors = load_file(path)
            codes.append(tensors["w_plus"])
            reasons = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
            done += [photo for photo, reason in zip(piece, reasons, strict=True) if not reason]
            skipped |= {photo: reason for photo, reason in zip(piece, reasons, strict=True) if reason}
            bar.update(len(piece))
    return WPlus(torch.cat(codes)), done, skipped


def _encode_shard(editor: Editor, photos: Sequence[Path], framed: bool, path: Path) -> None:
    codes, reasons = [], []
    for photo in photos:
        try:
            face = open_photo(photo) if framed else editor.find(photo).face
            codes.append(editor.encode(face))
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
