"""`face-editor train encoder`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import Device, OutputFolder
from editor.options import FileName, FolderName, Positive
from editor.train.encoder.config import EncoderConfig


@dataclass(frozen=True)
class Encoder:
    """Train the encoder, on generated faces and on photos.

    Writes encoder.safetensors into the folder of the run.
    """

    training: EncoderConfig = field(default_factory=EncoderConfig)
    data: FolderName = None
    """Labelled faces: a folder with img/, attributes.csv and split.csv. Without them, the encoder sees generated faces only."""
    init: FileName = None
    """The weights to start from. The default is a fresh pyramid over pretrained networks."""
    stop_at: Annotated[Positive | None, arg(help_behavior_hint="")] = None
    """Pause after this step. The next run goes on from there."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/encoder")
    """The folder of the run."""
    device: Device = None
    """Where the training runs: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Train, and say what was written."""
        from editor.devices.choice import chosen_device
        from editor.train.encoder.run import train_encoder

        device = chosen_device(self.device)
        path = train_encoder(self.training, self.folder, device, self.data, self.init, self.stop_at)
        print(f"wrote {path}")
        return 0
