"""Whether codes can still be edited: how often one calibrated step changes what the evaluation classifier sees.

    flips = share of pairs (face, attribute) whose side changes when the face is moved one unit to the other side

A face that has more of an attribute, as photos do, flips less often by the same edit. So two more numbers are told, in standard
deviations of the classifier's logit:

    away = mean distance from the threshold before the edit
    effect = mean change of the logit by the edit, towards the other side

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
    """Flips of one group of faces in each space.

    Attributes:
        n: how many faces there are.
        w_plus, w_star: flips over the faces and the dozen main attributes, a share in [0, 1].
        w_plus_ci95, w_star_ci95: half the width of a 95 % confidence interval over the faces; nan for a single face.
        by_attribute: attribute -> space -> flips over the faces, in [0, 1].
        away: how far from the threshold the faces are before an edit, in standard deviations.
        effect: space -> how far an edit moves them towards the other side, in standard deviations.
        effect_ci95: space -> half the width of its 95 % confidence interval.
    """

    n: int
    w_plus: float
    w_plus_ci95: float
    w_star: float
    w_star_ci95: float
    by_attribute: dict[str, dict[str, float]]
    away: float
    effect: dict[str, float]
    effect_ci95: dict[str, float]


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
    >>> parts = {"weights": torch.eye(12, 3), "intercepts": torch.zeros(12), "logit_std": torch.ones(12)}
    >>> judge = replace(classifier, attributes=BEST, **parts)
    >>> faces = [(WPlus(code), None) for code in codes.w_plus[:5].split(1)]
    >>> found = measure_editability(small_editor, judge, torch.zeros(12), faces)
    >>> found.n, 0 <= found.w_star <= 1, len(found.by_attribute)
    (5, True, 12)
    """
    trials = [_trials(editor, classifier, threshold, *face) for face in tqdm(faces, desc="flips")]
    away, after = (torch.stack(each) for each in zip(*trials, strict=True))
    flips: dict[Space, torch.Tensor] = dict(zip(SPACES, (after < 0).float().unbind(1), strict=True))
    effects: dict[Space, torch.Tensor] = dict(zip(SPACES, (away[:, None] - after).unbind(1), strict=True))
    means: Mapping[str, float] = {space: flips[space].mean().item() for space in SPACES}
    return Editability(
        n=len(faces),
        **means,
        **{f"{space}_ci95": _half_width(flips[space]) for space in SPACES},
        by_attribute={name: {space: flips[space][:, k].mean().item() for space in SPACES} for k, name in enumerate(BEST)},
        away=away.mean().item(),
        effect={space: effects[space].mean().item() for space in SPACES},
        effect_ci95={space: _half_width(effects[space]) for space in SPACES},
    )


def _half_width(values: torch.Tensor) -> float:
    """Half the 95 % confidence interval of the mean of values [faces, attributes], over faces; nan for a single face."""
    return (1.96 * values.mean(1).std() / len(values) ** 0.5).item() if len(values) > 1 else float("nan")


def _trials(
    editor: Editor, classifier: AttributeClassifier, threshold: torch.Tensor, w_plus: WPlus, lora: LoRA | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """How far a face is on its side of each main attribute, [12], and after an edit in each space, [2, 12]; below 0: beyond.

    In standard deviations of the classifier's logits.
    """
    ks = [classifier.attributes.index(name) for name in BEST]

    def beyond(codes: Codes) -> torch.Tensor:
        return ((_score(editor, classifier, codes, lora) - threshold) / classifier.logit_std)[ks]

    before = beyond(w_plus)
    signs = torch.where(before > 0, 1.0, -1.0)
    after = torch.zeros(len(SPACES), len(BEST))
    for at, name in enumerate(BEST):
        for space, row in zip(SPACES, after, strict=True):
            moved = edited_code(editor.models, w_plus, {name: -signs[at].item()}, space)
            row[at] = signs[at] * beyond(moved)[at]
    return before * signs, after


def _score(editor: Editor, classifier: AttributeClassifier, codes: Codes, lora: LoRA | None) -> torch.Tensor:
    return classifier(editor.renderer.draw(codes, lora, live=True).cpu().clamp(-1, 1))[0]
