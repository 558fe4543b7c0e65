"""One measurement of the live image, from its options to its numbers."""

from pathlib import Path

from PIL import Image

from editor.data.generated import unseen_codes
from editor.errors import SettingError
from editor.evaluate.product.live import LiveQuality, contact_sheet, measure_live
from editor.files.writing import write_atomically
from editor.generate.mobile import read_mapping
from editor.models import model_set
from editor.pipeline import Editor
from editor.spaces import WPlus
from editor.weights import WeightStore

SHEETS = (".png", ".jpg", ".jpeg", ".webp")
"""How the name of a sheet of pictures may end."""
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
    if sheet and sheet.suffix.lower() not in SHEETS:
        raise SettingError(f"--sheet {sheet}: the name must end in {', '.join(SHEETS)}.")
    store = WeightStore()
    editor = Editor.load("embedded", "cpu", store)
    mapping = read_mapping(store.path(model_set("embedded").generator))
    generated = unseen_codes(mapping, editor.models.encoder.w_mean.cpu(), codes, seed)
    if sheet:
        pictures, kind = contact_sheet(editor, WPlus(generated[:ON_SHEET])), Image.registered_extensions()[sheet.suffix.lower()]
        write_atomically(sheet, lambda part: pictures.save(part, kind))
    return measure_live(editor, generated, seed=seed)
