"""Codes of labelled faces: what the flow and the directions are trained on.

A file of codes is safetensors: `w_plus` [N, 18, 512] in half precision, `labels` [N, K], `people` [N], and in its metadata
the faces' ids, the attributes' names and the sha256 of the encoder that made them.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from editor.data.splits import chosen_people
from editor.errors import SettingError
from editor.flow import RealNVP
from editor.spaces import Space, WPlus
from editor.weights.tensors import Tensors, read_as, write_tensors


@dataclass(frozen=True, eq=False)
class LabelledCodes:
    """Codes with their labels.

    Attributes:
        w_plus: [N, 18, 512].
        labels: bool [N, K].
        people: [N], who is who.
        attributes: K names.
        encoder: sha256 of the encoder's weights.
        ids: [N], the faces' names; may be empty.
        soft_labels: [N, K], probabilities of the attributes in the photo (`editor.train.flow.distillation`), or None.
        views: [N, V, 18, 512], codes of perturbed pictures of the same faces, or None.
    """

    w_plus: WPlus
    labels: torch.Tensor
    people: torch.Tensor
    attributes: tuple[str, ...]
    encoder: str
    ids: tuple[str, ...] = ()
    soft_labels: torch.Tensor | None = None
    views: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.w_plus)

    def take(self, chosen: torch.Tensor) -> "LabelledCodes":
        """The codes at `chosen`: indices, or a mask [N]."""
        ids = tuple(np.array(self.ids)[chosen.numpy()]) if self.ids else ()
        more = (None if part is None else part[chosen] for part in (self.soft_labels, self.views))
        rows = WPlus(self.w_plus[chosen]), self.labels[chosen], self.people[chosen]
        return LabelledCodes(*rows, self.attributes, self.encoder, ids, *more)

    def with_random_views(self, random: torch.Generator) -> "LabelledCodes":
        """Replace each code at random by that of a view, or leave it; all are equally likely. Without views nothing changes."""
        if self.views is None:
            return self
        every = torch.cat([self.w_plus[:, None], self.views.to(self.w_plus)], 1)
        which = torch.randint(every.shape[1], (len(self),), generator=random)
        return replace(self, w_plus=WPlus(every[torch.arange(len(self)), which]), views=None)

    def fingerprint(self) -> str:
        """A name for these codes, labels and people: 12 hexadecimal digits. Cached measurements are filed under it."""
        found = hashlib.sha256(" ".join((self.encoder, *self.attributes)).encode())
        for part in (self.w_plus, self.labels, self.people):
            found.update(part.contiguous().numpy().tobytes())
        return found.hexdigest()[:12]

    def by_person(self, validation: float, seed: int) -> tuple["LabelledCodes", "LabelledCodes"]:
        """Split into (training, validation), no person in both; `validation` is a share of the people."""
        chosen = chosen_people(self.people, validation, seed)
        return self.take(~chosen), self.take(chosen)


def normalised_codes(flow: RealNVP, codes: LabelledCodes, space: Space) -> torch.Tensor:
    """Codes as vectors of one space, [N, 9216]: normalised by the flow (W+), or carried through its couplings as well (W*).

    >>> numbers = normalised_codes(flow, codes, "w_plus")
    >>> codes.w_plus.shape, numbers.shape, numbers.mean(0).abs().max().item() < 1e-5
    (torch.Size([60, 18, 4]), torch.Size([60, 72]), True)
    """
    with torch.no_grad():
        view = flow if space == "w_star" else flow.normalise
        return torch.cat([view(WPlus(piece)).flatten(1) for piece in codes.w_plus.split(512)])


def write_codes(codes: LabelledCodes, path: Path) -> None:
    """Save.

    Raises:
        EditorError: the file cannot be written.

    >>> write_codes(codes, folder / "codes.safetensors")
    >>> read_codes(folder / "codes.safetensors").attributes
    ('Smiling', 'Young')
    """
    tensors = {"w_plus": codes.w_plus.half(), "labels": codes.labels, "people": codes.people}
    about = {"attributes": codes.attributes, "encoder": codes.encoder, "ids": codes.ids}
    write_tensors(path, tensors, {"codes": json.dumps(about)})


def read_codes(path: Path) -> LabelledCodes:
    """Load what `write_codes` saved.

    Raises:
        WeightsError: it is another kind of file.
        SettingError: a code is not a finite number, or labels do not match the codes.

    >>> write_codes(codes, folder / "codes.safetensors")
    >>> found = read_codes(folder / "codes.safetensors")
    >>> torch.equal(found.labels, codes.labels), torch.allclose(found.w_plus, codes.w_plus, atol=1e-2)
    (True, True)
    """

    def build(tensors: Tensors, metadata: dict[str, str]) -> LabelledCodes:
        about = json.loads(metadata["codes"])
        rows = WPlus(tensors["w_plus"]), tensors["labels"].bool(), tensors["people"]
        return LabelledCodes(*rows, tuple(about["attributes"]), about["encoder"], tuple(about.get("ids", ())))

    codes = read_as(path, "codes", build)
    if not codes.w_plus.isfinite().all():
        raise SettingError(f"{path} holds a code that is not a finite number. Encode the faces again.")
    if codes.labels.shape != (len(codes), len(codes.attributes)) or len(codes.people) != len(codes):
        raise SettingError(f"{path}: the labels do not match the codes.")
    return codes


def joined_codes(parts: Sequence[LabelledCodes]) -> LabelledCodes:
    """The codes of all parts in one, without soft labels and views. Attributes and encoder are those of the first part.

    >>> len(codes), len(joined_codes(codes.by_person(0.2, seed=0)))
    (60, 60)
    """
    first = parts[0]
    w_plus, labels, people = (torch.cat([getattr(part, name) for part in parts]) for name in ("w_plus", "labels", "people"))
    ids = tuple(name for part in parts for name in part.ids)
    return LabelledCodes(WPlus(w_plus), labels, people, first.attributes, first.encoder, ids)
