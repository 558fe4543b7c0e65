"""Exchange the flow or the directions for those of another file, or add attributes of one's own; and carry a portrait over.

Files are untrusted: they must hold finite numbers of the shapes that the other networks need.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from editor.edit.directions import Directions, SpaceDirections, read_directions
from editor.edit.kept import Kept
from editor.edit.own import OwnAttribute, read_own, with_own
from editor.edit.regions import regions_of
from editor.errors import WeightsError
from editor.flow import RealNVP, read_flow
from editor.models import Models
from editor.portrait import Portrait
from editor.spaces import SPACES, WPlus, WStar
from editor.weights import sha256_of

APART = (
    "These directions were not made with this flow, so edits in W* may do something else than their names say. "
    "Take a flow and directions that were trained together."
)


def exchanged(models: Models, flow: Path | None, directions: Path | None) -> tuple[Models, str]:
    """The models with another flow, other directions, or both.

    Args:
        flow, directions: files of tensors as training writes them; None: as they are.

    Returns:
        The models, and what a person should know of them; empty when all is well.

    Raises:
        WeightsError: a file is not what it should be, has other shapes, or was made for another encoder.

    >>> other, notice = exchanged(editor.models, None, store.path("directions-svm"))
    >>> other.flow is editor.models.flow, other.directions is editor.models.directions, notice
    (True, False, '')
    """
    other_flow, other_directions = models.flow, models.directions
    if flow is not None:
        other_flow, encoder = read_flow(flow)
        _check_flow(flow, other_flow, models.flow)
        _check_encoder(flow, encoder, models)
    if directions is not None:
        other_directions = read_directions(directions)
        _check_directions(directions, other_directions, models.flow.mean.numel())
        _check_encoder(directions, other_directions.encoder, models)
    made_with = models.directions.flow if flow is None else sha256_of(flow)
    files = {"flow": flow, "directions": directions}
    device = models.directions.majority.device
    changed = replace(
        models,
        flow=other_flow.to(device),
        directions=other_directions.to(device),
        regions=models.regions and regions_of(other_directions.attributes).to(device),
        hashes={**models.hashes, **{kind: sha256_of(path) for kind, path in files.items() if path is not None}},
    )
    return changed, "" if other_directions.flow == made_with else APART


def extended(models: Models, attributes: Sequence[OwnAttribute | Path]) -> Models:
    """The models with further attributes, which lie everywhere in the picture.

    Args:
        attributes: as `editor.actions.learn` makes them, or their files.

    Raises:
        SettingError: a name is taken.
        WeightsError: a file is not what it should be, or was made for other models.

    >>> extended(editor.models, []).directions is editor.models.directions
    True
    """
    own = [each if isinstance(each, OwnAttribute) else read_own(each) for each in attributes]
    directions = with_own(models.directions, own)
    regions = models.regions and regions_of(directions.attributes).to(models.regions.maps.device)
    return replace(models, directions=directions, regions=regions)


def rebased(models: Models, portrait: Portrait) -> Portrait:
    """The portrait for models with another flow or other directions: T(w) computed anew, and nothing kept that was measured
    along the former directions.

    >>> torch.equal(rebased(editor.models, portrait).w_star, portrait.w_star)
    True
    """
    with torch.inference_mode():
        w_star = models.flow(WPlus(portrait.w_plus.to(models.flow.mean.device)))
    return replace(portrait, w_star=WStar(w_star.cpu()), kept=Kept())


def _check_flow(path: Path, flow: RealNVP, now: RealNVP) -> None:
    if flow.mean.shape != now.mean.shape:
        found, needed = (" x ".join(map(str, one.mean.shape)) for one in (flow, now))
        raise WeightsError(f"The flow in {path.name} is for codes of {found} numbers; these models have {needed}.")
    if not all(value.isfinite().all() for value in flow.state_dict().values()) or not (flow.std > 0).all():
        raise WeightsError(f"The flow in {path.name} has numbers that are not finite, or deviations that are not above 0.")


def _check_directions(path: Path, directions: Directions, numbers: int) -> None:
    names = directions.attributes
    if not names or len(set(names)) < len(names) or not all(isinstance(name, str) and name for name in names):
        raise WeightsError(f"The directions in {path.name} need at least one attribute, and each a name of its own.")
    shapes = {name: (len(names),) for name in SpaceDirections.__annotations__} | {"normals": (len(names), numbers)}
    for space in SPACES:
        for name, value in vars(getattr(directions, space)).items():
            if value.shape != shapes[name]:
                found, needed = (" x ".join(map(str, shape)) for shape in (value.shape, shapes[name]))
                raise WeightsError(f"The directions in {path.name} have {name} of {found} numbers in {space}, not {needed}.")
            if not value.isfinite().all():
                raise WeightsError(f"The directions in {path.name} have {name} in {space} that are not finite numbers.")


def _check_encoder(path: Path, encoder: str, models: Models) -> None:
    if encoder != models.directions.encoder:
        raise WeightsError(f"{path.name} was made for the codes of another encoder. Train it on codes of the one in use.")
