"""Where portraits after latent optimisation and pivotal tuning are cached between measurements."""

from pathlib import Path

from editor.actions.fit.descent import FitConfig
from editor.evaluate.shelf import Shelf
from editor.models import model_set
from editor.weights import WeightStore


def improvement_shelf(folder: Path | None, store: WeightStore, models: str) -> Shelf:
    """The shelf in a folder for these networks and settings. Others have shelves of their own. None: nothing is cached.

    >>> shelf = improvement_shelf(folder, WeightStore(), "embedded")
    >>> len(list(folder.iterdir()))  # named after the networks' hashes
    1
    """
    entries = model_set(models)
    used = (entries.generator, entries.encoder, entries.preview, entries.preconditioner, entries.likeness)
    names = [name for name in used if name]
    return Shelf(folder, " ".join([*(store.entries[name].sha256 for name in names), repr(FitConfig())]))
