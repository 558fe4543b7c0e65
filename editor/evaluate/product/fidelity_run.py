"""One measurement of fidelity, from its options to its numbers."""

import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from editor.errors import SettingError
from editor.evaluate.product.face_options import FaceOptions
from editor.evaluate.product.faces import chosen_faces
from editor.evaluate.product.fidelity import Fidelity, Refined, align_photos, find_faces, measure_fidelity, measure_refinement
from editor.evaluate.product.improved import improvement_shelf
from editor.judge.identity import IdentityJudge
from editor.pipeline import Editor
from editor.weights import WeightStore


def evaluate_fidelity(
    faces: Path | None,
    photos: Path | None,
    of: FaceOptions,
    models: str,
    device: str | None,
    steps: tuple[int, int] | None = None,
    cache: Path | None = None,
) -> tuple[Fidelity, Refined | None]:
    """Measure aligned faces, or photos in which faces are detected first.

    Args:
        faces: a folder of aligned faces, or
        photos: a folder of photos.
        steps: measure also after so many steps of latent optimisation, and of pivotal tuning after that.
        cache: folder of improved portraits.

    Raises:
        SettingError: faces and photos are both named, or neither, or there are none.
    """
    if (faces is None) == (photos is None):
        raise SettingError("Name aligned faces with --faces, or photos with --photos.")
    store = WeightStore()
    found: Sequence[Path | Image.Image] = chosen_faces(faces, of) if faces else find_faces(photos or Path(), of.limit)
    editor = Editor.load(models, device, store)
    judge = IdentityJudge(store.path("dlib-face-recognition"))
    if photos:
        found = _aligned(editor, photos, of.limit)
    if steps is None:
        return measure_fidelity(editor, judge, found), None
    return measure_refinement(editor, judge, found, *steps, improvement_shelf(cache, store, models))


def _aligned(editor: Editor, photos: Path, limit: int | None) -> list[Image.Image]:
    """The faces of photos; those without one are named on stderr."""
    faces, passed = align_photos(editor, find_faces(photos, limit))
    for photo, reason in passed.items():
        print(f"passed over {photo}: {reason}", file=sys.stderr)
    if not faces:
        raise SettingError(f"No face was found in {photos}.")
    return faces
