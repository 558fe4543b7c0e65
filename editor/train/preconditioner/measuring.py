"""Measure the preconditioner of refining: the second moments of a code's gradients, on photos of training people.

Each photo's code is refined as ever, and every gradient on the way counts alike, whatever its size.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image
from tqdm import tqdm

from editor.actions.fit.descent import Comparison, FitConfig, descend
from editor.actions.fit.inversion import Inversion, Part
from editor.actions.fit.objective import Objective, Slope, Weights
from editor.actions.fit.portrait import objectives_for
from editor.actions.fit.refine import code_moves
from editor.data.labelled_faces import LabelledFaces, read_labelled_faces
from editor.devices.choice import chosen_device
from editor.encode.face import FaceEncoder
from editor.generate.axes import principal_axes
from editor.generate.preconditioner import Preconditioner, preconditioner_of, write_preconditioner
from editor.images import to_tensor
from editor.judge.likeness import Seen
from editor.models import load_networks, model_set
from editor.reconstructor import COMPARED_AT
from editor.spaces import CHANNELS, WPlus
from editor.train.encoder.run import VALIDATION
from editor.train.preconditioner.config import PreconditionerConfig
from editor.weights import WeightStore


class _Watched:
    """An objective whose gradients are kept."""

    def __init__(self, objective: Objective):
        self._objective, self.side = objective, objective.side
        self.gradients: list[torch.Tensor] = []

    def see(self, face: torch.Tensor) -> Seen:
        return self._objective.see(face)

    def __call__(self, at: Inversion, part: Part, target: Seen, correction: torch.Tensor | None, weights: Weights) -> Slope:
        slope = self._objective(at, part, target, correction, weights)
        self.gradients.extend(slope.gradients)
        return slope


def measured(
    faces: Iterator[tuple[WPlus, torch.Tensor]], objectives: list[Objective], axes: torch.Tensor, config: PreconditionerConfig
) -> Preconditioner:
    """The preconditioner of faces.

    Args:
        faces: first codes and faces, [1, 18, 512] and [1, 3, R, R] in [-1, 1].
        objectives: from the smallest drawings to the largest.
        axes: of W, [512, 512].
    """
    moments, count = torch.zeros(()), 0
    for code, face in faces:
        code, face = WPlus(code.to(axes)), face.to(axes)
        watched = [_Watched(objective) for objective in objectives]
        for _ in descend(code_moves(code, axes), Comparison(face, watched), config.steps, FitConfig()):
            pass
        along = torch.cat([gradient for each in watched for gradient in each.gradients]).float() @ axes
        along = along / along.square().mean((1, 2), keepdim=True).sqrt()
        moments, count = moments + torch.einsum("nlc,nld->lcd", along, along), count + len(along)
    return preconditioner_of(axes, moments / count, config.rank)


def measure_preconditioner(config: PreconditionerConfig, folder: Path, data: Path) -> Path:
    """Measure on photos of `data` and write the file; returns its place.

    Flow and directions take no part, so a new encoder can be measured before it has any.
    """
    device, store = chosen_device(None), WeightStore()
    training, _ = read_labelled_faces(data, "train").by_person(VALIDATION, 0)
    chosen = training.sample(config.faces, config.seed)
    networks = load_networks(model_set("embedded"), store).to(device)
    mapping, w_std = networks.mapping, networks.encoder.w_std
    assert mapping is not None  # the embedded models have one
    axes = principal_axes(lambda z: mapping(z.to(w_std)), CHANNELS).to(w_std)
    objectives = list(objectives_for(networks.preview, networks.likeness, device))
    found = measured(_opened(FaceEncoder(networks.encoder, device), chosen), objectives, axes, config)
    path = folder / "preconditioner.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_preconditioner(found, path)
    return path


def _opened(encode: FaceEncoder, chosen: LabelledFaces) -> Iterator[tuple[WPlus, torch.Tensor]]:
    for index in tqdm(range(len(chosen)), desc="preconditioner"):
        with Image.open(chosen.path(index)) as picture:
            face = to_tensor(picture.convert("RGB").resize((COMPARED_AT, COMPARED_AT), Image.Resampling.LANCZOS))
        yield encode(face), face
