"""The photo with its edit in it, saved."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from editor.edited_photo import EditedPhoto
from editor.errors import EditorError, SettingError
from editor.photos.orientation import ORIENTATION
from editor.photos.original import JpegCoding, Original, read_original
from editor.recipe import FaceEdit, Recipe
from editor.saving.credentials import Credentials
from editor.saving.embedded import marked, recipe_in
from editor.saving.marks import TERMS
from editor.sheets import BESIDE_GAP

RECIPE = Recipe((FaceEdit({"Smiling": 1.5}),))
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 80, 4), np.uint8))
LOSSLESS = {"png": "keep", "webp": "lossless", "tif": "keep"}


def edited(image: Image.Image = PICTURE, **original) -> EditedPhoto:
    return EditedPhoto(image, Original(Image.new(image.mode, image.size), **original), RECIPE, (1, 2, 3, 4))


@pytest.mark.parametrize("ending, quality", LOSSLESS.items(), ids=LOSSLESS)
def test_lossless_files_hold_the_photo_bit_for_bit_with_its_profile_mark_and_recipe(tmp_path, ending, quality):
    path = tmp_path / "new" / f"anna.{ending}"
    edited(icc_profile=PROFILE).save(path, quality=quality)
    content = path.read_bytes()
    saved = Image.open(io.BytesIO(content))
    assert saved.tobytes() == PICTURE.tobytes() and saved.info["icc_profile"] == PROFILE
    assert recipe_in(content) == RECIPE and getattr(marked(content), "source", "") == TERMS["edited"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "avif", "tif"])
def test_mark_and_recipe_are_left_out_where_they_are_not_wanted(tmp_path, ending):
    path = tmp_path / f"anna.{ending}"
    edited().save(path, mark=False)
    mark = marked(path.read_bytes())
    assert mark and mark.source == "" and mark.recipe == RECIPE
    edited().save(path, recipe=False, overwrite=True)
    mark = marked(path.read_bytes())
    assert mark and mark.source == TERMS["edited"] and mark.recipe is None
    edited().save(path, mark=False, recipe=False, overwrite=True)
    assert marked(path.read_bytes()) is None and b"xmp" not in path.read_bytes().lower()


def test_a_jpeg_is_compressed_as_the_photo_was_unless_a_quality_is_asked_for(tmp_path):
    stream = io.BytesIO()
    PICTURE.convert("RGB").save(stream, "JPEG", quality=60, subsampling=2)
    tables = Image.open(stream).quantization
    photo = edited(PICTURE.convert("RGB"), jpeg=JpegCoding(tables, 2), dpi=(300, 300))
    photo.save(tmp_path / "keep.jpg")
    photo.save(tmp_path / "asked.jpg", quality=80)
    with Image.open(tmp_path / "keep.jpg") as kept, Image.open(tmp_path / "asked.jpg") as asked:
        assert kept.quantization == tables != asked.quantization and kept.info["dpi"] == (300, 300)


def test_what_a_file_does_not_keep_is_told(tmp_path):
    told = edited(dpi=(72, 72), notes=("This photo has 16 bits.",)).save(tmp_path / "anna.jpg")
    assert told[0] == "This photo has 16 bits." and "white" in told[1] and len(told) == 2
    assert "dots" in edited(dpi=(72, 72)).save(tmp_path / "anna.webp")[0]
    assert edited(dpi=(72, 72)).save(tmp_path / "anna.png") == ()


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_overwritten(tmp_path):
    path = tmp_path / "anna.png"
    path.write_bytes(b"mine")
    with pytest.raises(EditorError, match="there already"):
        edited().save(path)
    assert path.read_bytes() == b"mine"
    edited().save(path, overwrite=True)
    assert Image.open(path).size == PICTURE.size
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(EditorError, match="there already"):
        edited().save(tmp_path / "link.png")


def test_where_nothing_can_be_written_nothing_is_left(tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "folder.png", tmp_path / "file" / "anna.png", tmp_path / ("a" * 300 + ".png"), "/proc/anna.png"):
        with pytest.raises(EditorError):
            edited().save(path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder.png"]


@pytest.mark.parametrize("name", ["Анна 安娜 ‏أنا.png", "a" * 251 + ".png", "-rf.png", " .png", "a'\"$(b).png"])
def test_names_in_any_script_are_names(tmp_path, name):
    edited().save(tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "name, quality", [("anna.bmp", "keep"), ("anna", 90), ("a.jpg", 0), ("a.jpg", "lossless"), ("a.webp", "x")]
)
def test_a_format_or_quality_that_is_none_is_told_and_nothing_written(tmp_path, name, quality):
    with pytest.raises(SettingError):
        edited().save(tmp_path / name, quality=quality)
    assert list(tmp_path.iterdir()) == []


def test_a_photo_that_cannot_be_signed_is_not_written(tmp_path):
    with pytest.raises(SettingError, match=r"key\.pem"):
        edited().save(tmp_path / "a.png", credentials=Credentials(tmp_path / "key.pem", tmp_path / "chain.pem"))
    assert list(tmp_path.iterdir()) == []


def test_before_and_after_stand_beside_each_other_in_the_photos_own_numbers():
    both = edited(icc_profile=PROFILE).before_after()
    width, height = PICTURE.size
    assert both.image.crop((width + BESIDE_GAP, 0, 2 * width + BESIDE_GAP, height)).tobytes() == PICTURE.tobytes()
    assert both.image.crop((0, 0, width, height)).tobytes() == both.original.image.tobytes()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_jpeg_that_lay_on_its_side_is_compressed_again_with_as_little_loss(tmp_path, orientation, subsampling):
    """Quantization differs across and down, so its tables turn with the picture."""
    smooth = Image.fromarray(np.random.default_rng(0).integers(0, 256, (12, 16, 3), np.uint8)).resize((256, 192), 3)
    smooth = Image.blend(smooth, Image.effect_noise(smooth.size, 20).convert("RGB"), 0.2)
    exif, stream = Image.Exif(), io.BytesIO()
    exif[ORIENTATION] = orientation
    smooth.save(stream, "JPEG", quality=80, subsampling=subsampling, exif=exif, dpi=(100, 50))
    original = read_original(stream.getvalue())
    EditedPhoto(original.image, original, RECIPE).save(tmp_path / "again.jpg")
    with Image.open(tmp_path / "again.jpg") as again:
        lost = float(np.abs(np.asarray(again, int) - np.asarray(original.image)).mean())
        assert lost < (0.1 if subsampling == 0 else 0.6)
        assert again.info["dpi"] == ((100, 50) if orientation < 5 else (50, 100))
