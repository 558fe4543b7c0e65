"""The paper's Figure 2: every photo, its inversion, and each attribute edited in W+ and, beneath it, in W*.

The paper edits towards the attribute. Here a face that has it already, by the evaluation classifier, is moved the other way, so
that every cell shows a change. One unit has the same effect in both spaces (`editor.train.directions.calibration`).
"""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from editor.images import to_tensor
from editor.judge.attributes import AttributeClassifier
from editor.pipeline import Editor
from editor.portrait import Portrait
from editor.sheets import grid
from editor.spaces import SPACES, TITLES


def figure2(
    editor: Editor,
    classifier: AttributeClassifier,
    portraits: Sequence[Portrait],
    attributes: Sequence[str],
    strength: float,
    folder: Path,
) -> list[Path]:
    """Draw the grid, one column a portrait; returns `figure2.png` and `figure2.pdf`.

    >>> portrait = small_editor.open_aligned(Image.new("RGB", (64, 64), "red"))
    >>> paths = figure2(small_editor, classifier, [portrait], ["Smiling"], strength=1.0, folder=folder)
    >>> [path.name for path in paths], Image.open(paths[0]).size  # input, inversion, W+ and W*
    (['figure2.png', 'figure2.pdf'], (410, 1040))
    """
    rows: list[tuple[str, list[Image.Image]]] = [
        ("input", [portrait.face.image for portrait in portraits]),
        ("inversion", [portrait.reconstruction for portrait in portraits]),
    ]
    scores = [classifier(to_tensor(portrait.reconstruction))[0] for portrait in portraits]
    for name in attributes:
        k = classifier.attributes.index(name)
        signs = [-1.0 if score[k] > classifier.threshold[k] else 1.0 for score in scores]
        edited = [editor.render(portrait, {name: sign * strength}) for portrait, sign in zip(portraits, signs, strict=True)]
        for space in SPACES:
            rows.append((f"{name.replace('_', ' ')}\n{TITLES[space]}", [rendering.images[space] for rendering in edited]))
    page = grid(rows)
    paths = [folder / "figure2.png", folder / "figure2.pdf"]
    page.save(paths[0])
    page.save(paths[1], resolution=150)
    return paths
