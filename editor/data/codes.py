"""Codes of labelled faces: what the flow and the directions are trained on.

A file of codes is safetensors: `w_plus` [N, 18, 512] in half precision, `labels` [N, K], `people` [N], and in its metadata
the faces' ids, the attributes' names and the sha256 of the encoder that made them.
"""

import hashlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tqdm import tqdm

from editor.data.photos import LabelledFaces, load_face
from editor.edit.directions import Space
from editor.encode import CompactEncoder
from editor.errors import PhotoError, SettingError, WeightsError
from editor.files import write_atomically
from editor.flow import RealNVP
from editor.images import to_signed
from editor.spaces import CHANNELS, LAYERS, WPlus
from editor.weights import read_tensors

HELD_OUT = 0.14
"""Share of the people in a file of codes that nothing is trained on."""
APART = 0.12
"""Share of the others on whom what is trained is chosen."""


@dataclass(frozen=True, eq=False)
class Codes:
    """Codes with their labels.

    Attributes:
        w_plus: [N, 18, 512].
        labels: bool [N, K].
        people: [N], who is who.
        attributes: K names.
        encoder: sha256 of the encoder's weights.
        ids: [N], the faces' names; may be empty.
        beliefs: [N, K], soft labels: how likely each attribute looks in the photo (`editor.train.flow.distillation`), or None.
        views: [N, V, 18, 512], codes of the same faces seen a little otherwise; likewise.
    """

    w_plus: WPlus
    labels: torch.Tensor
    people: torch.Tensor
    attributes: tuple[str, ...]
    encoder: str
    ids: tuple[str, ...] = ()
    beliefs: torch.Tensor | None = None
    views: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.w_plus)

    def take(self, chosen: torch.Tensor) -> "Codes":
        """The codes at `chosen` (indices or a mask)."""
        ids = tuple(np.array(self.ids)[chosen.numpy()]) if self.ids else ()
        more = (None if part is None else part[chosen] for part in (self.beliefs, self.views))
        rows = WPlus(self.w_plus[chosen]), self.labels[chosen], self.people[chosen]
        return Codes(*rows, self.attributes, self.encoder, ids, *more)

    def seen_anew(self, random: torch.Generator) -> "Codes":
        """The same faces, each by one of its codes: its own or that of a view."""
        if self.views is None:
            return self
        every = torch.cat([self.w_plus[:, None], self.views.to(self.w_plus)], 1)
        which = torch.randint(every.shape[1], (len(self),), generator=random)
        return replace(self, w_plus=WPlus(every[torch.arange(len(self)), which]), views=None)

    def fingerprint(self) -> str:
        """Of these codes, labels and people and no others: what is kept of a measurement is kept under this name."""
        found = hashlib.sha256(" ".join((self.encoder, *self.attributes)).encode())
        for part in (self.w_plus, self.labels, self.people):
            found.update(part.contiguous().numpy().tobytes())
        return found.hexdigest()[:12]

    def by_person(self, validation: float, seed: int) -> tuple["Codes", "Codes"]:
        """Split into (training, validation), no person in both; `validation` is a share of the people."""
        people = self.people.unique()
        random = torch.Generator().manual_seed(seed)
        chosen = people[torch.randperm(len(people), generator=random)[: round(validation * len(people))]]
        inside = torch.isin(self.people, chosen)
        return self.take(~inside), self.take(inside)


def space_numbers(flow: RealNVP, codes: Codes, space: Space) -> torch.Tensor:
    """Codes as vectors in one space, [N, 9216]: the flow's normalised numbers before or after its couplings."""
    with torch.no_grad():
        view = flow if space == "w_star" else flow.normalise
        return torch.cat([view(WPlus(piece)).flatten(1) for piece in codes.w_plus.split(512)])


def encode_faces(encoder: CompactEncoder, faces: LabelledFaces, encoder_hash: str, batch: int = 32) -> Codes:
    """Encode every face of a data set whose picture can be read; the others are named on stderr and left out.

    Raises:
        SettingError: none of the pictures can be read.
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
    return Codes(WPlus(torch.cat(codes)), labels, people, faces.attributes, encoder_hash, faces.ids)


def _readable(faces: LabelledFaces, indices: range, resolution: int) -> dict[int, torch.Tensor]:
    """The pictures of some faces as bytes, [3, resolution, resolution], without those that cannot be read."""
    pictures = {}
    for index in indices:
        try:
            pictures[index] = load_face(faces.path(index), resolution)
        except PhotoError as error:
            tqdm.write(f"passed over {faces.path(index)}: {error}", file=sys.stderr)
    return pictures


def write_codes(codes: Codes, path: Path) -> None:
    """Save.

    Raises:
        EditorError: the file cannot be written.
    """
    tensors = {"w_plus": codes.w_plus.half().contiguous(), "labels": codes.labels, "people": codes.people}
    about = {"attributes": codes.attributes, "encoder": codes.encoder, "ids": codes.ids}
    write_atomically(path, lambda part: save_file(tensors, part, {"codes": json.dumps(about)}))


def read_codes(path: Path) -> Codes:
    """Load what `write_codes` saved.

    Raises:
        WeightsError: it is another kind of file.
        SettingError: a code is not a finite number, or labels do not match the codes.
    """
    tensors, metadata = read_tensors(path)
    try:
        about = json.loads(metadata["codes"])
        w_plus, labels, people = tensors["w_plus"], tensors["labels"].bool(), tensors["people"]
        names, encoder, ids = tuple(about["attributes"]), about["encoder"], tuple(about.get("ids", ()))
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path} does not hold codes: {error}") from error
    if not w_plus.isfinite().all():
        raise SettingError(f"{path} holds a code that is not a finite number. Encode the faces again.")
    if labels.shape != (len(w_plus), len(names)) or len(people) != len(w_plus):
        raise SettingError(f"{path}: the labels do not match the codes.")
    return Codes(WPlus(w_plus), labels, people, names, encoder, ids)


def read_latent_transformer_codes(codes: Path, labels: Path, attributes: tuple[str, ...]) -> Codes:
    """The Latent Transformer's `celebahq_dlatents_psp.npy` [N, 18, 512] with its `celebahq_anno.npy` [N, K].

    Who is who is not in them, so everybody is a person of their own.

    Raises:
        SettingError: they are not such files, or do not belong together.
    """
    try:
        w_plus, values = np.load(codes, mmap_mode="r", allow_pickle=False), np.load(labels, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise SettingError(f"{codes.name} and {labels.name} cannot be read as NumPy arrays: {error}") from error
    if w_plus.shape[1:] != (LAYERS, CHANNELS) or values.shape != (len(w_plus), len(attributes)):
        raise SettingError(f"{codes.name} {w_plus.shape} and {labels.name} {values.shape} are not codes and their labels.")
    if not np.isin(values, (-1, 0, 1)).all():
        raise SettingError(f"{labels.name}: every attribute must be 0/1 or -1/1.")
    tensor = torch.from_numpy(np.array(w_plus, dtype=np.float32))
    if not tensor.isfinite().all():
        raise SettingError(f"{codes.name} holds a code that is not a finite number.")
    return Codes(WPlus(tensor), torch.from_numpy(values == 1), torch.arange(len(tensor)), attributes, "psp")
