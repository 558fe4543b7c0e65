"""Measure an edit: what it changed in the pictures, and what it did to the code.

Pictures are judged by the evaluation classifier and by the network that reconstructions are compared by.
"""

from collections.abc import Callable
from dataclasses import replace

import torch

from editor.images import shrink, to_tensor
from editor.judge.attributes import AttributeClassifier
from editor.judge.changes import Changes, changes_between
from editor.judge.likeness import Distances
from editor.models import Models
from editor.portrait import CodeReport, EditedCode, Logit, Portrait, Rendering
from editor.reconstructor import COMPARED_AT
from editor.spaces import Space, WPlus, WStar, distance_to_w, edited, mean_norm

Compare = Callable[[torch.Tensor, torch.Tensor], Distances]
"""Faces [B, 3, R, R] in about [-1, 1] and targets -> how far they are apart."""


def changes_of(models: Models, compare: Compare, portrait: Portrait, rendering: Rendering) -> dict[Space, Changes]:
    """What each picture of an edit changed, by the evaluation classifier; {} if the models have none.

    Changes are in standard deviations of the classifier's logits over faces.

    Args:
        compare: tells how far the edited faces are from the reconstruction: `editor.reconstructor.Reconstructor`'s.

    >>> unedited = editor.render(portrait, {})
    >>> found = changes_of(editor.models, editor.reconstruct.compare, portrait, unedited)["w_star"]
    >>> found.leakage, found.identity
    (0.0, 0.0)
    """
    if models.classifier is None or portrait.logits is None:
        return {}
    names, spaces = [name for name, _ in rendering.edit.strengths], rendering.edit.spaces
    logits = logits_after(models.classifier, portrait.logits, rendering)
    changes = changes_between(models.classifier, portrait.logits, logits, names)
    apart = identity_distances(compare, portrait, rendering)
    return {space: replace(found, identity=apart[space]) for space, found in zip(spaces, changes, strict=True)}


def identity_distances(compare: Compare, portrait: Portrait, rendering: Rendering) -> dict[Space, float]:
    """How far each picture of an edit is from the reconstruction, as one minus a cosine: 0 is the same face, 0.6 another.

    Small pictures are compared with the small reconstruction, full ones with the full one.

    >>> smiling = editor.render(portrait, {"Smiling": -1.5}, live=True)
    >>> 0 < identity_distances(editor.reconstruct.compare, portrait, smiling)["w_star"] < 0.3
    True
    """
    if not rendering.drawn:
        return dict.fromkeys(rendering.edit.spaces, 0.0)
    before = portrait.detail.small if rendering.live else to_tensor(portrait.reconstruction)
    signed = map(rendering.signed, rendering.edit.spaces)
    after = torch.cat([shrink(picture.clamp(-1, 1), COMPARED_AT) for picture in signed])  # small before they are joined
    found = compare(after, before).identity
    return dict(zip(rendering.edit.spaces, found.clamp_min(0).tolist(), strict=True))


def code_report(models: Models, portrait: Portrait, rendering: Rendering) -> CodeReport:
    """The numbers behind an edit of a portrait.

    >>> report = code_report(editor.models, portrait, editor.render(portrait, {"Smiling": -1.5}, live=True))
    >>> report.round_trip < 1e-4, report.edited["w_star"].moved > 0, len(report.logits)
    (True, True, 40)
    """
    device = next(models.flow.parameters()).device
    w_plus, w_star = WPlus(portrait.w_plus.to(device)), portrait.w_star.to(device)
    with torch.inference_mode():
        back = models.flow.inverse(WStar(w_star))
        nothing = w_plus.expand(len(rendering.edit.spaces), -1, -1)
        codes = (nothing if rendering.codes is None else edited(rendering.codes).to(device)).split(1)
        changed: dict[Space, EditedCode] = {
            space: EditedCode(
                moved=mean_norm(code - w_plus).item(),
                moved_w_star=mean_norm(models.flow(WPlus(code)) - w_star).item(),
                to_w=distance_to_w(WPlus(code)).item(),
            )
            for space, code in zip(rendering.edit.spaces, codes, strict=True)
        }
    return CodeReport(
        norm={"w_plus": mean_norm(w_plus).item(), "w_star": mean_norm(w_star).item()},
        to_w=distance_to_w(w_plus).item(),
        round_trip=((back - w_plus).norm() / w_plus.norm()).item(),
        edited=changed,
        logits=_logits(models.classifier, portrait, rendering),
    )


def logits_after(classifier: AttributeClassifier, before: torch.Tensor, rendering: Rendering) -> torch.Tensor:
    """The logits of each picture of an edit, [B, M].

    Args:
        before: those of the reconstruction, [1, M], which an edit that moves nothing leaves as they are.

    >>> logits = logits_after(editor.models.classifier, portrait.logits, editor.render(portrait, {}))
    >>> logits.shape, torch.equal(logits[:1], portrait.logits)
    (torch.Size([2, 40]), True)
    """
    spaces = rendering.edit.spaces
    if not rendering.drawn:
        return before.expand(len(spaces), -1)
    return torch.cat([classifier(rendering.signed(space).cpu().clamp(-1, 1)) for space in spaces])


def _logits(classifier: AttributeClassifier | None, portrait: Portrait, rendering: Rendering) -> tuple[Logit, ...]:
    if classifier is None or portrait.logits is None:
        return ()
    after = logits_after(classifier, portrait.logits, rendering).t().tolist()
    rows = zip(classifier.attributes, portrait.logits[0].tolist(), after, strict=True)
    return tuple(Logit(name, before, dict(zip(rendering.edit.spaces, values, strict=True))) for name, before, values in rows)
