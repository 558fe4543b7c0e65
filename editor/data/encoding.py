"""Photos -> codes: of a data set of aligned faces, or of a folder of labelled photos.

A folder's faces are found, aligned and encoded one by one, as a batch; what cannot be is passed over, with the reason. The
codes lie in files beside the file to be written until that is whole, so a stopped run goes on.
"""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from safetensors.torch import load_file, save
from tqdm import tqdm

from editor.align import FaceFinder
from editor.batch.engines import Engine
from editor.batch.engines.inline import Inline
from editor.batch.journal import open_journal
from editor.batch.run import Output, run
from editor.batch.sources import Found
from editor.batch.work import Place, Work
from editor.data.codes import LabelledCodes
from editor.data.labelled_faces import LabelledFaces, load_face
from editor.data.labelled_folder import LabelledFolder
from editor.devices.choice import chosen_device
from editor.encode.face import FaceEncoder
from editor.errors import PhotoError, SettingError
from editor.images import read_photo, to_signed, to_tensor
from editor.models import load_networks, model_set
from editor.spaces import WPlus
from editor.weights import WeightStore

FOLDER_SIZE = 1000
"""Files of codes in one folder."""
Read: TypeAlias = Callable[[bytes, str], WPlus]
"""The bytes of a photo's file, and what an error calls the photo -> its code, [1, 18, 512]."""


@dataclass(frozen=True)
class CodeReader:
    """Reads codes off photos.

    Attributes:
        aligned: whether the photos are faces that are aligned as in FFHQ already; then none is looked for.
    """

    find: FaceFinder
    encode: FaceEncoder
    aligned: bool = False

    def __call__(self, photo: bytes, name: str) -> WPlus:
        """The code, [1, 18, 512], of a photo's largest face."""
        read = read_photo(photo, name)
        return self.encode(to_tensor(read.image if self.aligned else self.find(read).image))


class _Codes:
    """What both works of encoding have in common: a file with one code for each photo."""

    def ending(self, name: str) -> str:
        """Of a file with one code."""
        return ".safetensors"

    @property
    def identity(self) -> dict[str, str]:
        """The folder's name says which photos and which encoder it is of."""
        return {"work": "encode"}


@dataclass(frozen=True)
class Reading(_Codes):
    """The work of encoding with a reader at hand, for a batch in this process."""

    read: Read

    def start(self, place: Place) -> "Reading":
        """Nothing is left to load."""
        return self

    def __call__(self, photo: bytes, name: str, ending: str) -> bytes:
        return save({"w_plus": self.read(photo, name)})


@dataclass(frozen=True)
class Encoding(_Codes):
    """The same for a batch in other processes: each loads the encoder of a model set."""

    models: str
    aligned: bool = False

    def start(self, place: Place) -> Reading:
        """Load the encoder."""
        device = chosen_device(place.device)
        networks = load_networks(model_set(self.models), WeightStore()).to(device)
        return Reading(CodeReader(FaceFinder(device), FaceEncoder(networks.encoder, device), self.aligned))


def encode_folder(
    work: Work, folder: LabelledFolder, encoder: str, place: Path, engine: Engine = Inline()
) -> tuple[LabelledCodes, dict[Path, str]]:
    """The codes of a folder's photos, and why each photo that is not among them is not.

    Args:
        encoder: sha256 of the encoder's weights.
        place: folder for what is done so far; only good for the same photos in the same order.

    Raises:
        SettingError: no photo could be encoded; the next run then tries them again.

    >>> from editor.data.labelled_folder import read_folder
    >>> labelled = read_folder(data / "img", data / "attributes.csv", people=None)
    >>> work = Reading(lambda photo, name: torch.zeros(1, 18, 512))  # in place of a CodeReader
    >>> found, skipped = encode_folder(work, labelled, "sha256 of the encoder", folder / "codes")
    >>> found.w_plus.shape, found.labels.shape, skipped
    (torch.Size([28, 18, 512]), torch.Size([28, 2]), {})
    """
    w_plus, done, skipped = encode_photos(work, folder.photos, place, engine)
    if not done:
        shutil.rmtree(place)
        photo, reason = next(iter(skipped.items()))
        raise SettingError(f"None of {len(skipped)} photos could be encoded. The first, {photo}: {reason}")
    whos: list[object] = [folder.people.get(photo, photo) for photo in done]  # a photo stands for a person of its own
    persons = {who: n for n, who in enumerate(dict.fromkeys(whos))}
    rows = torch.tensor([folder.labels[photo] for photo in done], dtype=torch.bool).view(len(done), len(folder.attributes))
    people = torch.tensor([persons[who] for who in whos])
    codes = LabelledCodes(w_plus, rows, people, folder.attributes, encoder, folder.ids(done))
    return codes, {photo: "it has no labels" for photo in folder.unlabelled} | skipped


def encode_photos(
    work: Work, photos: Sequence[Path], place: Path, engine: Engine = Inline()
) -> tuple[WPlus, list[Path], dict[Path, str]]:
    """Encode each photo's largest face.

    Args:
        place: folder for what is done so far; only good for the same photos in the same order.
        engine: who does the work.

    Returns:
        The codes [N, 18, 512], the photos they are of, and why each of the others is not among them.

    >>> (folder / "1.jpg").touch(), (folder / "two.jpg").touch()
    (None, None)
    >>> work = Reading(lambda photo, name: torch.full((1, 18, 512), float(name[:-4])))  # in place of a CodeReader
    >>> w_plus, done, skipped = encode_photos(work, [folder / "1.jpg", folder / "two.jpg"], folder / "codes")
    >>> w_plus.shape, [photo.name for photo in done], *skipped.values()
    (torch.Size([1, 18, 512]), ['1.jpg'], "unexpected ValueError: could not convert string to float: 'two'")
    """
    found = (Found(str(photo), photo.name, _code_name(number)) for number, photo in enumerate(photos))
    with open_journal(place, work.identity) as journal:
        with tqdm(total=len(photos), desc="encoding") as bar:
            run(found, Output(str(place)), work, engine, journal, lambda _: bar.update())
        reasons = journal.reasons()
    done = [number for number, photo in enumerate(photos) if str(photo) not in reasons]
    codes = [load_file(place / _code_name(number))["w_plus"] for number in done]
    skipped = {photo: reasons[str(photo)] for photo in photos if str(photo) in reasons}
    return WPlus(torch.cat(codes or [torch.empty(0, 18, 512)])), [photos[number] for number in done], skipped


def _code_name(number: int) -> str:
    """The name of a photo's file of codes."""
    return f"{number // FOLDER_SIZE:05d}/{number:08d}.safetensors"


def encode_faces(
    encode: Callable[[torch.Tensor], WPlus], faces: LabelledFaces, encoder_hash: str, resolution: int, batch: int = 32
) -> LabelledCodes:
    """Encode every face of a data set whose picture can be read; the others are named on stderr and left out.

    Args:
        encode: faces [B, 3, R, R] in [-1, 1] -> their codes, [B, 18, 512].
        encoder_hash: sha256 of the encoder's weights.
        resolution: R, in pixels.

    Raises:
        SettingError: none of the pictures can be read.

    >>> from editor.encode import CompactConfig, CompactEncoder
    >>> encoder = CompactEncoder(CompactConfig(widths=(8, 8, 8, 8, 16), depth=1, pyramid=8, summary=2)).eval()
    >>> len(faces), encode_faces(encoder, faces, "sha256 of the encoder", resolution=128).w_plus.shape
    (24, torch.Size([24, 18, 512]))
    """
    found, codes = [], []
    for begin in tqdm(range(0, len(faces), batch), desc="encoding"):
        pictures = _readable(faces, range(begin, min(begin + batch, len(faces))), resolution)
        found += pictures
        if pictures:
            with torch.no_grad():
                codes.append(encode(to_signed(torch.stack(list(pictures.values())))).cpu())
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
