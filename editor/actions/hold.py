"""Hold locked attributes: measure on a face what edits beside them change of them, so that their own sliders take it back
(`editor.edit.locks`).

Two small pictures for each attribute and space. An edit of anything measured is then as quick as any other.
"""

from collections.abc import Iterator
from dataclasses import replace

import torch

from editor.edit.apply import Start, apply_edit
from editor.edit.locks import REACH, Locking
from editor.judge.attributes import AttributeClassifier
from editor.models import Models, classifier_for
from editor.portrait import Edit, Portrait
from editor.renderer import Renderer


def unmeasured(portrait: Portrait, edit: Edit) -> list[str]:
    """The attributes of an edit whose effect on the locked ones is still to be measured on this face, locked ones first.

    >>> from editor.actions.render import edit_of
    >>> unmeasured(portrait, edit_of(editor.models, {"Male": 1.5}, locked=["No_Beard"]))
    ['No_Beard', 'Male']
    >>> unmeasured(portrait, edit_of(editor.models, {"Male": 1.5}))
    []
    """
    moved = [name for name, _ in edit.strengths if name not in edit.locked]
    if not edit.locked or not moved:
        return []
    known = [portrait.held.get(Locking(space, edit.local, edit.locked), {}) for space in edit.spaces]
    return [name for name in (*edit.locked, *moved) if any(name not in measured for measured in known)]


def holding(models: Models, renderer: Renderer, portrait: Portrait, edit: Edit) -> Iterator[tuple[int, Portrait]]:
    """Give, after each attribute of `unmeasured`, its number and the portrait on which it is measured.

    Raises:
        SettingError: there is no training classifier, or it does not know a locked attribute.

    >>> from editor.actions.render import edit_of
    >>> list(holding(editor.models, editor.renderer, portrait, edit_of(editor.models, {"Male": 1.5})))
    []
    """
    names = unmeasured(portrait, edit)
    if not names:
        return
    classifier = classifier_for(models, edit.locked)
    best = portrait
    for step, name in enumerate(names, 1):
        for space in edit.spaces:
            locking = Locking(space, edit.local, edit.locked)
            measured = best.held.get(locking, {})
            if name not in measured:
                changes = _changes(models, renderer, portrait, locking, name, classifier)
                best = replace(best, held={**best.held, locking: {**measured, name: changes}})
        yield step, best


def _changes(
    models: Models, renderer: Renderer, portrait: Portrait, locking: Locking, name: str, classifier: AttributeClassifier
) -> torch.Tensor:
    """Changes [2, L] of the locked logits at -REACH and +REACH of an attribute, in standard deviations."""
    attributes = models.directions.attributes
    locked = tuple(map(attributes.index, locking.locked))
    start = Start(portrait.w_plus, portrait.w_star, portrait.mixing, locked)
    regions = models.regions if locking.local else None
    pictures = [portrait.detail.small]
    for strength in (-REACH, REACH):
        strengths = models.directions.strengths({name: strength})
        codes = apply_edit(start, strengths, locking.space, models.flow, models.directions, regions)
        pictures.append(renderer.draw(codes, portrait.lora, live=True))
    logits = classifier(torch.cat([picture.float().cpu().clamp(-1, 1) for picture in pictures])) / classifier.logit_std
    return (logits[1:] - logits[0])[:, [classifier.attributes.index(each) for each in locking.locked]].clone()
