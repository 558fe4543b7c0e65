"""Whether codes can still be edited: how often one calibrated step changes what the evaluation classifier sees.

    flips = share of pairs (face, attribute) whose side changes when the face is moved one unit to the other side

It is measured on generated faces, which edit best, on the encoder's codes of photos, and on refined ones. The classifier's
threshold between the sides is where as many generated faces have the attribute as photos do: its own was fitted to photos.
The preview draws the images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from tqdm import tqdm

from editor.actions.render import edited_code
from editor.edit.attributes import BEST
from editor.generate.trunk import LoRA
from editor.judge.attributes import AttributeClassifier, thresholds
from editor.pipeline import Editor
from editor.spaces import SPACES, Codes, Space, WPlus

Inversion = tuple[WPlus, LoRA | None]
"""A code, [1, 18, 512], and the LoRA of its generator; None: the generator is unchanged."""


@dataclass(frozen=True, eq=False)
class Editability:
    """Flips of one group of faces in each space, over the dozen main attributes, and by attribute.

    `*_ci95` is half the width of a 95 % confidence interval over the faces.
    """

    n: int
    w_plus: float
    w_plus_ci95: float
    w_star: float
    w_star_ci95: float
    by_attribute: dict[str, dict[str, float]]


def generated_thresholds(editor: Editor, classifier: AttributeClassifier, generated: Sequence[Inversion]) -> torch.Tensor:
    """The classifier's thresholds on generated faces, [K].

    >>> generated = [(WPlus(code), None) for code in codes.w_plus.split(1)]
    >>> threshold = generated_thresholds(small_editor, classifier, generated)
    >>> logits = classifier(small_editor.draw(codes.w_plus, live=True))
    >>> (logits > threshold).float().mean(0), classifier.prevalence
    (tensor([0.5000, 0.5000]), tensor([0.5000, 0.5000]))
    """
    scores = torch.stack([_score(editor, classifier, *inversion) for inversion in tqdm(generated, desc="thresholds")])
    return thresholds(scores, classifier.prevalence)


def measure_editability(
    editor: Editor, classifier: AttributeClassifier, threshold: torch.Tensor, faces: Sequence[Inversion]
) -> Editability:
    """Move every face along every main attribute, to the side it is not on.

    Args:
        threshold: [K], of the classifier's logits.

    >>> from dataclasses import replace
    >>> judge = replace(classifier, attributes=BEST, weights=torch.eye(12, 3), intercepts=torch.zeros(12))
    >>> faces = [(WPlus(code), None) for code in codes.w_plus[:5].split(1)]
    >>> found = measure_editability(small_editor, judge, torch.zeros(12), faces)
    >>> found.n, 0 <= found.w_star <= 1, len(found.by_attribute)
    (5, True, 12)
    """
    both = torch.stack([_flips(editor, classifier, threshold, *face) for face in tqdm(faces, desc="flips")])
    flips: dict[Space, torch.Tensor] = dict(zip(SPACES, both.unbind(1), strict=True))
    means: Mapping[str, float] = {space: flips[space].mean().item() for space in SPACES}
    widths = {
        f"{space}_ci95": (1.96 * flips[space].mean(1).std() / len(faces) ** 0.5).item() if len(faces) > 1 else float("nan")
        for space in SPACES
    }
    by_attribute = {name: {space: flips[space][:, k].mean().item() for space in SPACES} for k, name in enumerate(BEST)}
    return Editability(n=len(faces), **means, **widths, by_attribute=by_attribute)


def _flips(
    editor: Editor, classifier: AttributeClassifier, threshold: torch.Tensor, w_plus: WPlus, lora: LoRA | None
) -> torch.Tensor:
    """1 where the face changed sides, for each space and each main attribute, [2, 12]."""
    side = _score(editor, classifier, w_plus, lora) > threshold
    flips = torch.zeros(len(SPACES), len(BEST))
    for at, name in enumerate(BEST):
        k = classifier.attributes.index(name)
        for space, row in zip(SPACES, flips, strict=True):
            moved = edited_code(editor.models, w_plus, {name: -1.0 if side[k] else 1.0}, space)
            row[at] = side[k] != (_score(editor, classifier, moved, lora)[k] > threshold[k])
    return flips


def _score(editor: Editor, classifier: AttributeClassifier, codes: Codes, lora: LoRA | None) -> torch.Tensor:
    return classifier(editor.renderer.draw(codes, lora, live=True).cpu().clamp(-1, 1))[0]
