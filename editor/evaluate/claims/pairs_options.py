"""What named pairs are measured on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from tyro.conf import arg


@dataclass(frozen=True, kw_only=True)
class PairsOptions:
    """Faces, edits and methods."""

    data: Annotated[Path, arg(metavar="DIR")] = Path("data")
    """A folder with faces that are aligned as in FFHQ in img/, and a table of people and splits in split.csv."""
    split: str = "test"
    """The people whose faces are taken."""
    real: int = 12
    """The number of people, with one photo each; their codes are refined."""
    generated: int = 12
    """The number of generated faces."""
    refine: int = 20
    """Steps of latent optimisation for each photo; the page takes 20 when it opens one."""
    edits: Annotated[tuple[str, ...], arg(metavar="NAME [NAME ...]", help_behavior_hint="(default: all)")] = ()
    """Measure only these attributes, with their companions."""
    methods: Annotated[tuple[str, ...], arg(metavar="NAME [NAME ...]", help_behavior_hint="(default: all)")] = ()
    """Measure only these methods, and W+, which all are compared with."""
    seed: int = 1
    """Seed of the faces."""
