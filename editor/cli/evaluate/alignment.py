"""`face-editor evaluate alignment`."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.cli.evaluate.report import show
from editor.evaluate.product.face_options import FaceOptions
from editor.options import Flag


@dataclass(frozen=True, kw_only=True)
class Alignment(FaceOptions):
    """Measure how near to FFHQ's the alignment of FFHQ faces is."""

    faces: Annotated[Path, arg(metavar="DIR")]
    """A folder of faces of any size that are aligned as in FFHQ."""
    json: Flag = False
    """Print JSON."""

    def run(self) -> int:
        """Measure and print."""
        import torch

        from editor.align import Detector
        from editor.evaluate.product.alignment import measure_alignment
        from editor.evaluate.product.faces import chosen_faces

        show(asdict(measure_alignment(Detector(torch.device("cpu")), chosen_faces(self.faces, self))), self.json)
        return 0
