"""One measurement of editability, from its options to its numbers."""

from collections.abc import Callable
from pathlib import Path

from editor.data.batch import each_photo
from editor.data.generated import unseen_codes
from editor.evaluate.product.editability import Editability, Inversion, generated_thresholds, measure_editability
from editor.evaluate.product.face_options import FaceOptions
from editor.evaluate.product.faces import chosen_faces
from editor.evaluate.product.improved import improvement_shelf
from editor.evaluate.product.likenesses import improve
from editor.generate.mobile import read_mapping
from editor.images import open_photo
from editor.judge.backbone import open_evaluation_classifier
from editor.models import model_set
from editor.pipeline import Editor
from editor.portrait import Portrait
from editor.spaces import WPlus
from editor.weights import WeightStore


def evaluate_editability(
    faces: Path, of: FaceOptions, generated: int, seed: int, refine: int = 0, tune: int = 0, cache: Path | None = None
) -> dict[str, Editability]:
    """Measure generated faces, encoded ones, and those after latent optimisation and pivotal tuning.

    As many generated faces are moved as there are photos.

    Args:
        generated: number of generated faces that the evaluation classifier's thresholds are measured on.
        refine, tune: steps; 0: not measured.
        cache: folder of improved portraits.
    """
    store, paths = WeightStore(), chosen_faces(faces, of)
    editor = Editor.load("embedded", "cpu", store)
    classifier = open_evaluation_classifier(store)
    portraits = list(each_photo(lambda path: editor.open_aligned(open_photo(path)), paths, "encoding"))
    mapping = read_mapping(store.path(model_set("embedded").generator))
    codes = unseen_codes(mapping, editor.models.encoder.w_mean, max(generated, len(portraits)), seed)
    faces_generated: list[Inversion] = [(WPlus(code), None) for code in codes.split(1)]
    threshold = generated_thresholds(editor, classifier, faces_generated[:generated])
    groups: dict[str, list[Inversion]] = {"generated": faces_generated[: len(portraits)]}
    shelf = improvement_shelf(cache, store, "embedded")
    stages: dict[str, Callable[[Portrait], Portrait]] = {"encoded": lambda portrait: portrait}
    if refine:
        stages["refined"] = lambda portrait: improve(editor, portrait, "refine", refine, shelf)[0]
    if tune:
        stages["tuned"] = lambda portrait: improve(editor, portrait, "tune", tune, shelf)[0]
    for name, stage in stages.items():
        portraits = [stage(portrait) for portrait in portraits]
        groups[name] = [(portrait.w_plus, portrait.lora) for portrait in portraits]
    return {name: measure_editability(editor, classifier, threshold, group) for name, group in groups.items()}
