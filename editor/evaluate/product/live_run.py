"""One measurement of the live image, from its options to its numbers."""

from pathlib import Path

from editor.data.generated import unseen_codes
from editor.evaluate.product.live import LiveQuality, contact_sheet, measure_live
from editor.evaluate.sheet_file import check_sheet, save_sheet
from editor.generate.mobile import read_mapping
from editor.models import model_set
from editor.pipeline import Editor
from editor.spaces import WPlus
from editor.weights import WeightStore

ON_SHEET = 8
"""Faces on a sheet."""


def evaluate_live(codes: int, seed: int, sheet: Path | None = None) -> LiveQuality:
    """Move the sliders of generated faces, and compare what is shown meanwhile with what is shown at rest.

    Args:
        codes: how many faces.
        sheet: file for the first eight side by side: at rest, full, live.

    Raises:
        SettingError: the sheet's name does not end as a picture's does.
    """
    check_sheet(sheet)
    store = WeightStore()
    editor = Editor.load("embedded", "cpu", store)
    mapping = read_mapping(store.path(model_set("embedded").generator))
    generated = unseen_codes(mapping, editor.models.encoder.w_mean.cpu(), codes, seed)
    if sheet:
        save_sheet(contact_sheet(editor, WPlus(generated[:ON_SHEET])), sheet)
    return measure_live(editor, generated, seed=seed)
