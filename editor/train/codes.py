"""Codes of labelled faces: what the flow and the directions are trained on.

A file of codes is safetensors: `w_plus` [N, 18, 512] in half precision, `labels` [N, K], `people` [N], and in its metadata
the faces' ids, the attributes' names and the sha256 of the encoder that made them.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tqdm import tqdm

from editor.encode import CompactEncoder
from editor.errors import SettingError, WeightsError
from editor.images import to_signed
from editor.spaces import WPlus
from editor.train.photos import LabelledFaces, load_face
from editor.weights import read_tensors


@dataclass(frozen=True)
class Codes:
    """Codes with their labels.

    Attributes:
        w_plus: [N, 18, 512].
        labels: bool [N, K].
        people: [N], who is who.
        attributes: K names.
        encoder: sha256 of the encoder's weights.
    """

    w_plus: WPlus
    labels: torch.Tensor
    people: torch.Tensor
    attributes: tuple[str, ...]
    encoder: str

    def __len__(self) -> int:
        return len(self.w_plus)

    def take(self, chosen: torch.Tensor) -> "Codes":
        """The codes at `chosen` (indices or a mask)."""
        return Codes(WPlus(self.w_plus[chosen]), self.labels[chosen], self.people[chosen], self.attributes, self.encoder)

    def by_person(self, validation: float, seed: int) -> tuple["Codes", "Codes"]:
        """Split into (training, validation), no person in both; `validation` is a share of the people."""
        people = self.people.unique()
        random = torch.Generator().manual_seed(seed)
        chosen = people[torch.randperm(len(people), generator=random)[: round(validation * len(people))]]
        inside = torch.isin(self.people, chosen)
        return self.take(~inside), self.take(inside)


def encode_faces(encoder: CompactEncoder, faces: LabelledFaces, encoder_hash: str, batch: int = 32) -> Codes:
    """Encode every face of a data set."""
    device = encoder.w_mean.device
    codes = []
    with torch.inference_mode():
        for begin in tqdm(range(0, len(faces), batch), desc="encoding"):
            paths = [faces.path(i) for i in range(begin, min(begin + batch, len(faces)))]
            pictures = torch.stack([load_face(path, encoder.config.resolution) for path in paths])
            codes.append(encoder(to_signed(pictures).to(device)).cpu())
    labels, people = torch.from_numpy(faces.labels), torch.from_numpy(faces.people)
    return Codes(WPlus(torch.cat(codes)), labels, people, faces.attributes, encoder_hash)


def write_codes(codes: Codes, path: Path) -> None:
    """Save."""
    tensors = {"w_plus": codes.w_plus.half().contiguous(), "labels": codes.labels, "people": codes.people}
    save_file(tensors, path, {"codes": json.dumps({"attributes": codes.attributes, "encoder": codes.encoder})})


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
        names, encoder = tuple(about["attributes"]), about["encoder"]
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path} does not hold codes: {error}") from error
    if not w_plus.isfinite().all():
        raise SettingError(f"{path} holds a code that is not a finite number. Encode the faces again.")
    if labels.shape != (len(w_plus), len(names)) or len(people) != len(w_plus):
        raise SettingError(f"{path}: the labels do not match the codes.")
    return Codes(WPlus(w_plus), labels, people, names, encoder)
