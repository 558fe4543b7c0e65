"""Packed faces are read as the folder they came from is."""

import numpy as np
import pytest
from PIL import Image

from editor.errors import PhotoError, SettingError
from editor.train.packing import pack_faces
from editor.train.photos import ARCHIVES, load_face, load_faces, read_labelled_faces


@pytest.fixture
def data(tmp_path):
    root = tmp_path / "data"
    (root / "img").mkdir(parents=True)
    shades = np.linspace(20, 235, 64)
    for index, name in enumerate("abcd"):
        picture = np.stack([np.roll(np.add.outer(shades, shades) / 2, 9 * index + c, c % 2) for c in range(3)], 2)
        Image.fromarray(picture.astype("uint8")).save(root / "img" / f"{name}.jpg", quality=95)
    (root / "attributes.csv").write_text("id,Smiling,Young\na,1,0\nb,-1,1\nc,0,1\nd,1,1\n")
    (root / "split.csv").write_text("id,person,split\na,0,train\nb,0,train\nc,1,train\nd,2,heldout\n")
    return root


def test_packed_faces_are_those_of_the_folder(data, tmp_path):
    out = tmp_path / "packed"
    size = pack_faces(data, "train", out, side=32, limit=300)
    archives = sorted(out.glob(ARCHIVES))
    assert len(archives) > 1 and size == sum(path.stat().st_size for path in archives)
    there, here = (read_labelled_faces(root, "train") for root in (out, data))
    assert there.ids == here.ids == ("a", "b", "c") and (there.people == here.people).all()
    assert (there.labels == here.labels).all() and there.attributes == here.attributes
    packed, original = (load_faces(faces, 32, progress=False).float() for faces in (there, here))
    assert (packed - original).abs().mean() < 4 < (packed - original.flip(0)).abs().mean()


def test_nobody_of_another_split_is_packed(data, tmp_path):
    pack_faces(data, "train", tmp_path / "packed", side=32)
    with pytest.raises(SettingError, match="heldout"):
        read_labelled_faces(tmp_path / "packed", "heldout")
    assert "\nd," not in (tmp_path / "packed" / "attributes.csv").read_text()


def test_a_folder_is_packed_into_once(data, tmp_path):
    pack_faces(data, "train", tmp_path / "packed", side=32)
    with pytest.raises(SettingError, match="empty folder"):
        pack_faces(data, "train", tmp_path / "packed", side=32)


def test_damaged_archives_and_missing_faces_are_named(data, tmp_path):
    out = tmp_path / "packed"
    pack_faces(data, "train", out, side=32)
    (out / "split.csv").write_text("id,person,split\nz,0,train\n")
    (out / "attributes.csv").write_text("id,Smiling\nz,1\n")
    with pytest.raises(PhotoError, match=r"z\.jpg"):
        load_face(read_labelled_faces(out, "train").path(0), 32)
    next(out.glob(ARCHIVES)).write_bytes(b"half")
    with pytest.raises(SettingError, match="archive"):
        read_labelled_faces(out, "train")
