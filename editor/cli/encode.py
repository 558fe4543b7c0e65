"""`face-editor encode DIR --out codes.safetensors`: the codes of any folder of photos, for training and evaluation."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import Positional, arg

from editor.cli.arguments import OutputFile
from editor.cli.engine import EngineOptions
from editor.errors import SettingError
from editor.files.writing import require_free
from editor.options import FileName, Flag, ModelSetName


@dataclass(frozen=True, kw_only=True)
class Encode(EngineOptions):
    """Encode a folder of photos, for training and evaluation.

    Writes one file with the W+ codes and, where they are given, the labels. A stopped run goes on where it was.
    """

    photos: Positional[Annotated[Path, arg(metavar="DIR")]]
    """A folder of photos, or the Latent Transformer's celebahq_dlatents_psp.npy."""
    out: Annotated[OutputFile, arg(metavar="FILE")]
    """The file to write (.safetensors)."""
    overwrite: Flag = False
    """Replace the file if it exists."""
    labels: FileName = None
    """The labels: a CSV, CelebA's list_attr_celeba.txt, or celebahq_anno.npy for codes of the Latent Transformer."""
    people: FileName = None
    """A CSV with the columns id and person, so that no person is on both sides of a split."""
    aligned: Flag = False
    """The photos are aligned as in FFHQ already, so no faces are detected."""
    models: ModelSetName = "embedded"
    """The model set whose encoder is used."""
    workers: Annotated[int, arg(metavar="N", help_behavior_hint="(default: 1, this process)")] = 1
    """How many photos are encoded at a time. 0: one for each GPU, else for each core."""

    def run(self) -> int:
        """Encode and write; what is passed over is named."""
        if self.out.suffix != ".safetensors":
            raise SettingError(f"--out {self.out}: codes are written as .safetensors.")
        require_free([self.out], self.overwrite)
        from editor.data.encoding_run import encode_to
        from editor.devices.choice import chosen_device
        from editor.weights import WeightStore

        device, store = chosen_device(self.device), WeightStore()
        engine = None if self.engine == "local" and self.workers == 1 and not self.address else self.made()
        inputs = self.photos, self.labels, self.people
        codes, skipped = encode_to(self.out, *inputs, self.aligned, self.models, device, store, engine)
        for photo, reason in skipped.items():
            print(f"passed over {photo}: {reason}", file=sys.stderr)
        print(f"wrote {len(codes)} codes of {len(codes.people.unique())} people to {self.out}")
        return 0
