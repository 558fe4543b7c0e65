"""`face-editor encode DIR --out codes.safetensors`: the codes of any folder of photos, for training and evaluation."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from editor.cli.arguments import Device, OutputFile
from editor.errors import SettingError
from editor.options import Flag, ModelSetName

if TYPE_CHECKING:
    from editor.data.codes import Codes


@dataclass(frozen=True, kw_only=True)
class Encode:
    """Encode a folder of photos, for training and evaluation.

    Writes one file with the W+ codes and, where they are given, the labels. A stopped run goes on where it was.
    """

    photos: Positional[Annotated[Path, arg(metavar="DIR")]]
    """A folder of photos, or the Latent Transformer's celebahq_dlatents_psp.npy."""
    out: Annotated[OutputFile, arg(metavar="FILE")]
    """The file to write (.safetensors)."""
    labels: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """The labels: a CSV, CelebA's list_attr_celeba.txt, or celebahq_anno.npy for codes of the Latent Transformer."""
    people: Annotated[Path | None, arg(metavar="FILE", help_behavior_hint="")] = None
    """A CSV with the columns id and person, so that no person is on both sides of a split."""
    aligned: Flag = False
    """The photos are aligned as in FFHQ already, so no faces are detected."""
    models: ModelSetName = "embedded"
    """The model set whose encoder is used."""
    device: Device = None
    """Where the encoder runs: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Encode, write, and say what was passed over and why."""
        from editor.data.codes import write_codes
        from editor.data.published import read_latent_transformer_codes
        from editor.edit.attributes import CELEBA

        if self.out.suffix != ".safetensors":
            raise SettingError(f"--out {self.out}: codes are written as .safetensors.")
        if self.photos.suffix == ".npy":
            if not self.labels:
                raise SettingError("Codes from a .npy file need --labels celebahq_anno.npy.")
            codes, work = read_latent_transformer_codes(self.photos, self.labels, CELEBA), None
        else:
            codes, work = self._encode_folder()
        write_codes(codes, self.out)
        if work:  # only now: until the codes are written, this is all there is of them
            shutil.rmtree(work)
        print(f"wrote {len(codes)} codes of {len(codes.people.unique())} people to {self.out}")
        return 0

    def _encode_folder(self) -> "tuple[Codes, Path]":
        """The codes, and the folder of shards that is to be removed once they are written."""
        from editor.align import FaceFinder
        from editor.data.encoding import CodeReader, encode_folder
        from editor.data.folder import read_folder
        from editor.device import chosen_device
        from editor.encode.face import FaceEncoder
        from editor.files import check_space
        from editor.models import load_networks, model_set
        from editor.weights import WeightStore

        folder = read_folder(self.photos, self.labels, self.people)
        check_space(self.out.parent, folder.size)
        store, entries, device = WeightStore(), model_set(self.models), chosen_device(self.device)
        encoder = store.entries[entries.encoder].sha256
        work = folder.work_beside(self.out, encoder, self.aligned)
        networks = load_networks(entries, store).to(device)
        reader = CodeReader(FaceFinder(device), FaceEncoder(networks.encoder, device))
        codes, skipped = encode_folder(reader, folder, encoder, self.aligned, work)
        for photo, reason in skipped.items():
            print(f"passed over {photo}: {reason}", file=sys.stderr)
        return codes, work
