"""One measurement of colours, from its options to its numbers."""

from pathlib import Path

from editor.data.batch import each_photo
from editor.evaluate.product.colour import ColourDifference, colour_differences
from editor.evaluate.product.face_options import FaceOptions
from editor.evaluate.product.faces import chosen_faces
from editor.images import open_photo
from editor.pipeline import Editor


def evaluate_colour(faces: Path, of: FaceOptions, refine: int, tune: int) -> dict[str, dict[str, ColourDifference]]:
    """Measure the encoder's codes, and portraits after latent optimisation and pivotal tuning.

    Args:
        refine, tune: steps; 0: not measured.

    Returns:
        Stage (encoded, refined, tuned) -> place -> measures.
    """
    paths, editor = chosen_faces(faces, of), Editor.load("embedded", "cpu")
    portraits = list(each_photo(lambda path: editor.open_aligned(open_photo(path)), paths, "encoding"))
    stages = {"encoded": portraits}
    if refine:
        portraits = stages["refined"] = [editor.refine(portrait, refine) for portrait in portraits]
    if tune:
        stages["tuned"] = [editor.tune(portrait, tune) for portrait in portraits]
    return {
        stage: colour_differences([(portrait.face.image, portrait.reconstruction) for portrait in group])
        for stage, group in stages.items()
    }
