"""One encoding of a folder of photos, from its options to the written file."""

import shutil
from pathlib import Path

import torch

from editor.align import FaceFinder
from editor.batch.engines import Engine
from editor.batch.engines.inline import Inline
from editor.data.codes import LabelledCodes, write_codes
from editor.data.encoding import CodeReader, Encoding, Reading, encode_folder
from editor.data.labelled_folder import read_folder
from editor.data.published import read_latent_transformer_codes
from editor.edit.attributes import CELEBA
from editor.encode.face import FaceEncoder
from editor.errors import SettingError
from editor.files.writing import check_space
from editor.models import load_networks, model_set
from editor.weights import WeightStore


def encode_to(
    out: Path,
    photos: Path,
    labels: Path | None,
    people: Path | None,
    aligned: bool,
    models: str,
    device: torch.device,
    store: WeightStore,
    engine: Engine | None = None,
) -> tuple[LabelledCodes, dict[Path, str]]:
    """Encode a folder and write its codes.

    Args:
        out: the file to write.
        photos: a folder, or a file of the Latent Transformer's codes (.npy), which are converted.
        labels, people: tables; without `people`, every photo is a person of its own.
        aligned: the photos are aligned as in FFHQ already.
        models: the model set whose encoder is used.
        engine: workers that load the encoder themselves, on whatever device they are given; None: this process encodes.

    Returns:
        The codes, and the photos that were passed over with the reason.

    Raises:
        SettingError: codes of a .npy file come without labels or with what is for photos only, or no photo could be encoded.

    >>> import numpy as np
    >>> np.save(folder / "dlatents.npy", np.zeros((2, 18, 512), dtype=np.float32))
    >>> np.save(folder / "anno.npy", np.ones((2, 40), dtype=int))
    >>> inputs = folder / "dlatents.npy", folder / "anno.npy"
    >>> options = dict(people=None, aligned=False, models="ffhq", device=torch.device("cpu"), store=WeightStore())
    >>> found, skipped = encode_to(folder / "codes.safetensors", *inputs, **options)
    >>> found.w_plus.shape, len(found.attributes), (folder / "codes.safetensors").exists()
    (torch.Size([2, 18, 512]), 40, True)
    """
    if photos.suffix == ".npy":
        if not labels:
            raise SettingError("Codes from a .npy file need --labels celebahq_anno.npy.")
        if people or aligned or engine:
            raise SettingError("A .npy file holds codes already: --people, --aligned and workers are for photos.")
        codes = read_latent_transformer_codes(photos, labels, CELEBA)
        write_codes(codes, out)
        return codes, {}
    folder, entries = read_folder(photos, labels, people), model_set(models)
    check_space(out.parent, folder.size)
    encoder = store.entries[entries.encoder].sha256
    work = folder.work_beside(out, encoder, aligned)
    if engine is None:
        networks = load_networks(entries, store).to(device)
        reading = Reading(CodeReader(FaceFinder(device), FaceEncoder(networks.encoder, device), aligned))
    else:
        store.path(entries.encoder)  # fetched before many workers want it at once
        reading = Encoding(models=models, aligned=aligned)
    codes, skipped = encode_folder(reading, folder, encoder, work, engine or Inline())
    write_codes(codes, out)
    shutil.rmtree(work)  # only now: until the codes are written, this is all there is of them
    return codes, skipped
