"""`face-editor train preview`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.arguments import Device, OutputFolder
from editor.options import FileName, Flag
from editor.train.preview.config import PreviewConfig


@dataclass(frozen=True)
class Preview:
    """Train the preview, which draws the generator's image at small sizes.

    Writes preview.safetensors into the folder of the run.
    """

    training: PreviewConfig = field(default_factory=PreviewConfig)
    init: FileName = None
    """The blocks to begin with. The default is the generator's own blocks, thinned."""
    kept: Annotated[OutputFolder, arg(metavar="DIR")] = Path("runs/renders")
    """The folder where full renders are cached."""
    compile: Flag = False
    """Compile the drawing: a third faster. Needs a C++ compiler."""
    folder: Annotated[OutputFolder, arg(name="run", metavar="DIR")] = Path("runs/preview")
    """The folder of the run."""
    device: Device = None
    """Where the training runs: cpu, cuda or cuda:N."""

    def run(self) -> int:
        """Train, and say what was written."""
        from editor.devices.choice import chosen_device
        from editor.train.preview.run import train_preview

        device = chosen_device(self.device)
        print(f"wrote {train_preview(self.training, self.folder, self.kept, device, self.init, self.compile)}")
        return 0
