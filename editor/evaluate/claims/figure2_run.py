"""Figure 2 from its options to its files."""

from collections.abc import Sequence
from pathlib import Path

from editor.data.batch import each_photo
from editor.evaluate.claims.figure2 import figure2
from editor.judge.backbone import open_evaluation_classifier
from editor.pipeline import Editor
from editor.weights import WeightStore


def draw_figure2(
    photos: Sequence[Path],
    attributes: Sequence[str],
    strength: float,
    steps: tuple[int, int],
    models: str,
    out: Path,
    bad: list[Path],
) -> list[Path]:
    """Open photos, edit them and lay the edits out.

    Args:
        strength: in calibrated steps.
        steps: of latent optimisation, and of pivotal tuning after that, before the edits.
        bad: receives the photos that cannot be opened.

    Returns:
        The files of the figure.
    """
    store = WeightStore()
    editor = Editor.load(models, store=store)
    editor.check({name: strength for name in attributes})
    classifier = open_evaluation_classifier(store)
    portraits = list(each_photo(editor.open, photos, "opening", bad))
    for way, count in zip(("refine", "tune"), steps, strict=True):
        if count:
            portraits = [getattr(editor, way)(portrait, count) for portrait in portraits]
    out.mkdir(parents=True, exist_ok=True)
    return figure2(editor, classifier, portraits, attributes, strength, out)
