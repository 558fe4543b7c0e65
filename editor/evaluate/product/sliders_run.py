"""One measurement of sliders, from its options to its numbers."""

from pathlib import Path

import torch

from editor.data.batch import each_photo
from editor.data.generated import unseen_codes
from editor.edit.attributes import BEST
from editor.edit.directions import read_directions
from editor.errors import SettingError
from editor.evaluate.product.faces import chosen_faces
from editor.evaluate.product.slider_options import SliderOptions
from editor.evaluate.product.sliders import SliderQuality, measure_sliders, slider_sheet
from editor.evaluate.sheet_file import check_sheet, save_sheet
from editor.generate.mobile import read_mapping
from editor.images import open_photo
from editor.models import model_set
from editor.pipeline import Editor
from editor.spaces import Codes, WPlus
from editor.weights import WeightStore

ON_SHEET = 8
"""Faces on a sheet."""


def evaluate_sliders(options: SliderOptions, sheet: Path | None = None) -> dict[str, SliderQuality]:
    """Move the sliders of refined faces, and draw a sheet of generated ones where it is asked for.

    Args:
        sheet: file for eight generated faces at both ends and half-way.

    Raises:
        SettingError: an attribute does not exist, there are no faces, or the sheet's name does not end as a picture's does.
    """
    check_sheet(sheet)
    store = WeightStore()
    editor = Editor.load("embedded", "cpu", store)
    models = editor.models
    directions = read_directions(options.directions) if options.directions else models.directions
    names = options.attributes or BEST
    if unknown := set(names) - set(directions.attributes):
        raise SettingError(f"There is no {', '.join(sorted(unknown))}. There are: {', '.join(directions.attributes)}.")

    def draw(codes: Codes) -> torch.Tensor:
        return editor.renderer.draw(codes, live=True).float().cpu().clamp(-1, 1)

    if sheet:
        mapping = read_mapping(store.path(model_set("embedded").generator))
        generated = unseen_codes(mapping, models.encoder.w_mean, ON_SHEET, options.seed)
        faces = [WPlus(code) for code in generated.split(1)]
        save_sheet(slider_sheet(models, directions, draw, faces, names), sheet)
    paths = chosen_faces(options.faces, options)
    portraits = each_photo(lambda path: editor.open_aligned(open_photo(path)), paths, "encoding")
    codes = [editor.refine(portrait, options.refine).w_plus for portrait in portraits]
    return measure_sliders(models, directions, draw, codes, names)
