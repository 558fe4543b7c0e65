"""Which codes of labelled faces a command works on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.options import FileName, FolderName


@dataclass(frozen=True)
class CodeOptions:
    """Photos whose codes are made once and cached, or a file of codes."""

    data: FolderName = None
    """Labelled faces: a folder with img/, attributes.csv and split.csv."""
    encoder: FileName = None
    """The encoder that makes their codes. The default is the shipped one."""
    refine: int = 0
    """Steps that move each code nearer to its photo. In each, what the code draws is compared with the photo."""
    share: Annotated[float, arg(metavar="S")] = 1.0
    """The share of that move that each code keeps, from 0 to 1."""
    codes: Annotated[Path, arg(metavar="PATH")] = Path("runs/codes")
    """A file that `face-editor encode` wrote, or the folder where the codes of --data are cached."""
