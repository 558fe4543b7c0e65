"""Which codes of labelled faces a command works on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg

from editor.errors import SettingError
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
    """The share of that move that each code keeps: above 0, and 1 at most."""
    codes: Annotated[Path, arg(metavar="PATH")] = Path("runs/codes")
    """A file that `face-editor encode` wrote, or the folder where the codes of --data are cached."""


def check_share(refine: int, share: float) -> None:
    """Refuse a share that is none, or that there is no move to take of.

    Args:
        refine: steps of the move.

    Raises:
        SettingError: it is not above 0 and 1 at most, or it is below 1 and there are no steps.

    >>> check_share(refine=4, share=0.5)
    >>> check_share(refine=0, share=0.5)
    Traceback (most recent call last):
    editor.errors.SettingError: --share is of the move that --refine makes. Give both.
    """
    if not 0 < share <= 1:
        raise SettingError("--share is above 0, and 1 at most.")
    if share < 1 and not refine:
        raise SettingError("--share is of the move that --refine makes. Give both.")
