"""Which attributes are learnt from few photos, and how often."""

from dataclasses import dataclass, field

from editor.data.code_options import CodeOptions
from editor.options import Positive


@dataclass(frozen=True, kw_only=True)
class OwnOptions:
    """Which attributes are learnt, and from how many photos."""

    source: CodeOptions = field(default_factory=CodeOptions)
    attributes: tuple[str, ...] = ("Eyeglasses", "Smiling", "Blond_Hair")
    """Attributes of the data, whose labels stand for two folders of photos."""
    counts: tuple[int, ...] = (10, 20, 50)
    """How many photos of each side to learn from."""
    repeats: Positive = 20
    """How often people and photos are drawn."""
    turned: Positive = 1000
    """Photos whose heads' turns are measured, for an attribute that the data does not have."""
    edits: int = 3
    """Draws of 20 photos a side whose edits are measured on pictures."""
    faces: Positive = 12
    """Faces that are edited."""
    seed: int = 0
    """Seed of the draws."""
