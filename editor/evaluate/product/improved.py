"""Where portraits after latent optimisation and pivotal tuning are kept between measurements."""

from pathlib import Path

from editor.encode.refine import RefineConfig
from editor.evaluate.kept import Kept
from editor.models import model_set
from editor.weights import Gate


def kept_improvements(folder: Path | None, gate: Gate, models: str) -> Kept:
    """The kept ones in a folder: apart for whatever networks or settings made them. None: nothing is kept."""
    cards = model_set(models)
    names = [name for name in (cards.generator, cards.encoder, cards.preview, cards.likeness) if name]
    return Kept(folder, " ".join([*(gate.cards[name].sha256 for name in names), repr(RefineConfig())]))
