"""Preserve other attributes: measure on a face what its edits change besides, and take that back (`editor.edit.mixing`)."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import torch

from editor.edit.directions import EDITS, SpaceDirections
from editor.edit.mixing import jacobian, mixing_of, query_strengths
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.judge.attributes import AttributeClassifier
from editor.models import Models, classifier_for
from editor.portrait import Portrait
from editor.renderer import Renderer
from editor.spaces import Codes, WPlus, masked_edit, one_by_one

AT_ONCE = 16
"""Pictures that the classifier looks at together."""


def preserving(
    models: Models, renderer: Renderer, portrait: Portrait, names: Collection[str]
) -> Iterator[tuple[int, Portrait]]:
    """Give, after each attribute, its number and the portrait whose edits of it preserve other attributes. Seconds each.

    Raises:
        SettingError: an attribute does not exist, or the training classifier does not know it.

    >>> next(preserving(editor.models, editor.renderer, portrait, ["Blue_Hair"]))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.SettingError: There is no attribute 'Blue_Hair'. There are: ...
    """
    classifier = classifier_for(models, names)
    best = portrait
    for step, name in enumerate(names, 1):
        if name not in best.mixing:
            k = models.directions.attributes.index(name)
            measured = measure_jacobian(
                portrait.w_plus,
                k,
                models.flow,
                models.directions.w_star,
                models.regions,
                lambda codes: renderer.draw(codes, portrait.lora, live=True),
                classifier,
            )
            amounts = mixing_of(measured, classifier.attributes.index(name), k)
            best = replace(best, mixing={**best.mixing, name: amounts}, held={})
        yield step, best


def measure_jacobian(
    w_plus: WPlus,
    k: int,
    flow: RealNVP,
    directions: SpaceDirections,
    regions: Regions | None,
    draw: Callable[[Codes], torch.Tensor],
    classifier: AttributeClassifier,
) -> torch.Tensor:
    """J of one face in the region of attribute k: [M, K], standard deviations of a logit for one unit of a direction.

    2 K pictures are drawn.

    Args:
        w_plus: the face's code, [1, 18, 512].
        directions: of W*.
        regions: where the attributes lie; None: edits go everywhere.
        draw: codes -> pictures [B, 3, R, R]; small ones will do.
        classifier: pictures -> logits [B, M].

    >>> class Light:  # a classifier of one attribute: how light the picture is
    ...     logit_std = torch.ones(1)
    ...     def __call__(self, pictures):
    ...         return pictures.mean((1, 2, 3))[:, None]
    >>> draw = lambda codes: codes[:, :1, :1, None].expand(-1, 3, 8, 8) / 10  # as light as the first number of the code
    >>> directions = SpaceDirections(torch.eye(1, 9216), torch.zeros(1), torch.ones(1), torch.ones(1))
    >>> measure_jacobian(WPlus(torch.zeros(1, 18, 512)), 0, RealNVP(), directions, None, draw, Light())
    tensor([[0.1000]])
    """
    with torch.inference_mode():
        before = WPlus(w_plus.to(directions.steps.device).expand(2 * len(directions.steps), -1, -1))
        moved: Codes = EDITS["w_star"](before, query_strengths(len(directions.steps)), flow, directions)
        if regions is not None:
            moved = masked_edit(before, moved, regions.masks(torch.tensor([k])))
        pictures = torch.cat([draw(piece).float().cpu().clamp(-1, 1) for piece in one_by_one(moved)])
        logits = torch.cat([classifier(some) for some in pictures.split(AT_ONCE)])
    return jacobian(logits / classifier.logit_std)
