"""`python -m editor encode DIR --out codes.safetensors`: the codes of any folder of photos, for training and evaluation."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from editor.errors import SettingError

if TYPE_CHECKING:
    from editor.data.codes import Codes


def add(commands: argparse._SubParsersAction) -> None:
    """Add `encode`."""
    encode = commands.add_parser("encode", help="the codes of a folder of photos, with their labels")
    encode.add_argument("photos", type=Path, help="a folder, or the Latent Transformer's celebahq_dlatents_psp.npy")
    encode.add_argument("--out", type=Path, required=True, help="file to write, .safetensors")
    encode.add_argument("--labels", type=Path, help="CSV, CelebA's list_attr_celeba.txt, or celebahq_anno.npy with codes")
    encode.add_argument("--people", type=Path, help="CSV with id and person, so that no person is on both sides of a split")
    encode.add_argument("--framed", action="store_true", help="the photos are framed as FFHQ frames faces already")
    encode.add_argument("--models", default="embedded", help="whose encoder (default %(default)s)")
    encode.add_argument("--device", help="cpu, cuda or cuda:N; by default CUDA where there is one")
    encode.set_defaults(run=run, files=("out",))


def run(options: argparse.Namespace) -> int:
    """Encode, write, and say what was passed over and why."""
    from editor.data.codes import write_codes
    from editor.data.published import read_latent_transformer_codes
    from editor.edit.attributes import CELEBA

    if options.out.suffix != ".safetensors":
        raise SettingError(f"--out {options.out}: codes are written as .safetensors.")
    if options.photos.suffix == ".npy":
        if not options.labels:
            raise SettingError("Codes from a .npy file need --labels celebahq_anno.npy.")
        codes, work = read_latent_transformer_codes(options.photos, options.labels, CELEBA), None
    else:
        codes, work = _encode_folder(options)
    write_codes(codes, options.out)
    if work:  # only now: until the codes are written, this is all there is of them
        shutil.rmtree(work)
    print(f"wrote {len(codes)} codes of {len(codes.people.unique())} people to {options.out}")
    return 0


def _encode_folder(options: argparse.Namespace) -> "tuple[Codes, Path]":
    """The codes, and the folder of shards that is to be removed once they are written."""
    from editor.data.encoding import encode_folder
    from editor.data.folder import read_folder
    from editor.device import chosen_device
    from editor.files import check_space
    from editor.models import load_networks, model_set
    from editor.reader import FaceReader
    from editor.weights import Gate

    folder = read_folder(options.photos, options.labels, options.people)
    check_space(options.out.parent, folder.size)
    gate, cards, device = Gate(), model_set(options.models), chosen_device(options.device)
    encoder = gate.cards[cards.encoder].sha256
    work = folder.work_beside(options.out, encoder, options.framed)
    reader = FaceReader(load_networks(cards, gate).to(device), device)
    codes, skipped = encode_folder(reader, folder, encoder, options.framed, work)
    for photo, reason in skipped.items():
        print(f"passed over {photo}: {reason}", file=sys.stderr)
    return codes, work
