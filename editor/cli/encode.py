"""`python -m editor encode DIR --out codes.safetensors`: the codes of any folder of photos, for training and evaluation."""

import argparse
import csv
import shutil
import sys
from hashlib import sha256
from pathlib import Path

from editor.errors import SettingError


def add(commands: argparse._SubParsersAction) -> None:
    """Add `encode`."""
    encode = commands.add_parser("encode", help="the codes of a folder of photos, with their labels")
    encode.add_argument("photos", type=Path, help="a folder, or the Latent Transformer's celebahq_dlatents_psp.npy")
    encode.add_argument("--out", type=Path, required=True, help="file to write, .safetensors")
    encode.add_argument("--labels", type=Path, help="CSV, CelebA's list_attr_celeba.txt, or celebahq_anno.npy with codes")
    encode.add_argument("--people", type=Path, help="CSV with id and person, so that no person is on both sides of a split")
    encode.add_argument("--framed", action="store_true", help="the photos are framed as FFHQ frames faces already")
    encode.add_argument("--models", default="embedded")
    encode.add_argument("--device")
    encode.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Encode, write, and say what was passed over and why."""
    from editor.edit.attributes import CELEBA
    from editor.train.codes import read_latent_transformer_codes, write_codes

    if options.out.suffix != ".safetensors":
        raise SettingError(f"--out {options.out}: codes are written as .safetensors.")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if options.photos.suffix == ".npy":
        if not options.labels:
            raise SettingError("Codes from a .npy file need --labels celebahq_anno.npy.")
        codes = read_latent_transformer_codes(options.photos, options.labels, CELEBA)
    else:
        codes = _encode_folder(options)
    write_codes(codes, options.out)
    print(f"wrote {len(codes)} codes of {len(codes.people.unique())} people to {options.out}")
    return 0


def _encode_folder(options: argparse.Namespace):
    import torch

    from editor.models import model_set
    from editor.pipeline import Editor
    from editor.train.codes import Codes
    from editor.train.encoding import encode_photos, pictures_in
    from editor.train.labels import read_labels
    from editor.weights import Gate

    photos = pictures_in(options.photos)
    if not photos:
        raise SettingError(f"{options.photos} holds no pictures.")
    names, labels = read_labels(options.labels) if options.labels else ((), {photo.stem: [] for photo in photos})
    unlabelled = [photo for photo in photos if photo.stem not in labels]
    photos = [photo for photo in photos if photo.stem in labels]
    if not photos:
        raise SettingError(f"None of the photos' names is an id in {options.labels}.")
    people = _people(options.people) if options.people else {}
    gate = Gate()
    encoder = gate.cards[model_set(options.models).encoder].sha256
    about = repr((encoder, options.framed, [str(photo) for photo in photos]))
    work = options.out.with_name(f".{options.out.stem}-{sha256(about.encode()).hexdigest()[:12]}")
    editor = Editor.load(options.models, options.device, gate)
    w_plus, done, skipped = encode_photos(editor, photos, options.framed, work)
    for photo, reason in [*((photo, "it has no labels") for photo in unlabelled), *skipped.items()]:
        print(f"passed over {photo}: {reason}", file=sys.stderr)
    if not done:
        raise SettingError("No photo could be encoded.")
    ids = tuple(photo.stem for photo in done)
    persons = {name: n for n, name in enumerate(dict.fromkeys(people.get(i, f"photo {i}") for i in ids))}
    rows = torch.tensor([labels[i] for i in ids], dtype=torch.bool).view(len(ids), len(names))
    who = torch.tensor([persons[people.get(i, f"photo {i}")] for i in ids])
    shutil.rmtree(work)
    return Codes(w_plus, rows, who, names, encoder, ids)


def _people(path: Path) -> dict[str, str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as rows:
            return {Path(row["id"]).stem: row["person"] for row in csv.DictReader(rows)}
    except (OSError, KeyError) as error:
        raise SettingError(f"{path} is not a CSV with the columns id and person.") from error
