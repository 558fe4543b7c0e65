"""Faces that a measurement is of."""

import pytest

from editor.evaluate.product.face_options import FaceOptions
from editor.evaluate.product.faces import chosen_faces


@pytest.mark.parametrize(
    ("ids", "chosen"), [(["1", "20"], ["000001.jpg", "000020.jpg"]), (["2.png"], ["2.png"]), (["img/2.jpg"], ["2.jpg"])]
)
def test_faces_are_chosen_by_ids_as_tables_have_them(tmp_path, ids, chosen):
    for name in ("000001.jpg", "000020.jpg", "2.jpg", "2.png"):
        (tmp_path / name).touch()
    (tmp_path / "s.csv").write_text("id,split\n" + "".join(f"{each},Heldout\n" for each in ids))
    options = FaceOptions(split="heldout", splits=tmp_path / "s.csv")
    assert [path.name for path in chosen_faces(tmp_path, options)] == chosen
