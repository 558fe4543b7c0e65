"""An edit pasted on the product's own way: from a photo, to the same photo with nothing else changed."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from editor import PhotoError, Portrait, SettingError
from editor.align import whole_quad
from editor.face import Face, Quad
from editor.images import read_photo
from editor.photos.files import FileSource, Kept
from editor.photos.orientation import UPRIGHT
from tests.photos.files import P3_ON_D50, encoded, matrix_profile

POINTS = [(0.40, 0.22), (0.49, 0.22), (0.45, 0.33)]
"""The eyes and the mouth of the photo, so that no face need be looked for."""
EDIT = {"Smiling": -1.5}


def reopened(portrait: Portrait, source: Kept | None) -> Portrait:
    """The same portrait, as if its photo had been read from somewhere else."""
    return replace(portrait, face=replace(portrait.face, source=source))


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def outside_of(quad: Quad, size: tuple[int, int]) -> np.ndarray:
    """The pixels of a photo whose middle lies outside of a frame, bool [H, W]."""
    corner, down, _, across = quad.corners
    y, x = np.mgrid[: size[1], : size[0]]
    place = np.stack([x, y], -1) - corner
    shares = [place @ (axis - corner) / quad.side**2 for axis in (across, down)]
    return np.logical_or.reduce([(share < 0) | (share > 1) for share in shares])


@pytest.fixture(scope="module")
def rendering(editor, portrait):
    return editor.render(portrait, EDIT)


@pytest.fixture(scope="module")
def edited(editor, portrait, rendering):
    return editor.paste(portrait, rendering, "w_star")


def test_no_edit_gives_the_photo_bit_for_bit(editor, portrait, photo):
    for strengths in ({}, {"Smiling": 0.0}):
        found = editor.paste(portrait, editor.render(portrait, strengths))
        assert found.image.tobytes() == photo.tobytes()
        assert found.changed is None and found.recipe.edits == ()


def test_a_local_edit_leaves_every_pixel_outside_the_frame(edited, portrait, photo):
    same = (pixels(edited.image) == pixels(photo)).all(-1)
    assert same[outside_of(portrait.face.quad, photo.size)].all()
    left, top, right, bottom = edited.changed
    inside = np.zeros_like(same)
    inside[top:bottom, left:right] = True
    assert same[~inside].all() and not same[inside].all()


def test_a_smile_leaves_the_background_beside_the_head(edited, portrait, photo):
    """Nothing changes in the upper corners of the frame, where a smile is not."""
    left, top = (int(edge) for edge in portrait.face.quad.corners.min(0))
    corner = np.s_[top + 1 : top + int(portrait.face.quad.side * 0.15), left : left + int(portrait.face.quad.side)]
    assert (pixels(edited.image)[corner] == pixels(photo)[corner]).all()


def test_glasses_leave_chin_and_hair(editor, portrait, photo):
    """They are drawn with the whole head, and seen about the eyes."""
    found = editor.paste(portrait, editor.render(portrait, {"Eyeglasses": 1.5}, ("w_star",)))
    left, top = portrait.face.quad.corners.min(0)
    side = portrait.face.quad.side
    change = np.abs(pixels(found.image) - pixels(photo)).mean(-1)

    def at(x: float, y: float) -> float:
        low, high = (np.array([top, left]) + side * (np.array([y, x]) + reach) for reach in (-0.05, 0.05))
        return change[int(low[0]) : int(high[0]), int(low[1]) : int(high[1])].mean()

    assert at(0.375, 0.475) > 3
    assert at(0.5, 0.77) < 1.5 and at(0.5, 0.15) == 0


def test_both_spaces_can_be_pasted(editor, portrait, rendering, edited):
    other = editor.paste(portrait, rendering, "w_plus")
    assert (other.recipe.edits[0].space, edited.recipe.edits[0].space) == ("w_plus", "w_star")
    assert other.image.tobytes() != edited.image.tobytes()


def test_pasting_twice_gives_the_same(editor, portrait, rendering, edited):
    assert editor.paste(portrait, rendering, "w_star").image.tobytes() == edited.image.tobytes()


def test_the_recipe_says_what_was_done(editor, photo):
    portrait = editor.refine(editor.open(photo, points=POINTS), steps=1)
    rendering = editor.render(portrait, EDIT, ("w_plus",), local=False)
    recipe = editor.paste(portrait, rendering, "w_plus").recipe
    (edit,) = recipe.edits
    assert (dict(edit.strengths), edit.space, edit.local, edit.refine, edit.tune) == (
        EDIT,
        "w_plus",
        False,
        portrait.refined,
        0,
    )
    assert np.allclose(edit.points, POINTS) and edit.face == 0
    assert recipe.models == "embedded" and recipe.hashes


def test_live_and_foreign_renderings_are_refused(editor, portrait):
    with pytest.raises(SettingError, match="Render the edit in full"):
        editor.paste(portrait, editor.render(portrait, EDIT, live=True))
    with pytest.raises(SettingError, match="w_star"):
        editor.paste(portrait, editor.render(portrait, EDIT, ("w_plus",)), "w_star")


def test_a_photo_that_changed_since_is_refused(editor, photo, rendering, tmp_path):
    path = tmp_path / "photo.png"
    photo.save(path)
    portrait = editor.open(path, points=POINTS)
    assert editor.paste(portrait, rendering).original.format == "PNG"
    photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    with pytest.raises(PhotoError, match=r"photo\.png has changed since it was opened\. Open it again\."):
        editor.paste(portrait, rendering)
    path.unlink()
    with pytest.raises(PhotoError, match=r"photo\.png cannot be read"):
        editor.paste(portrait, rendering)


def test_a_picture_that_its_owner_changes_later_is_pasted_as_it_was_opened(editor, portrait, photo):
    own = photo.copy()
    source = read_photo(own).source
    own.paste((0, 0, 0), (0, 0, *own.size))
    assert editor.paste(reopened(portrait, source), editor.render(portrait, {})).image.tobytes() == photo.tobytes()


def test_path_bytes_and_picture_give_the_same(editor, portrait, rendering, edited, photo, tmp_path):
    path = tmp_path / "photo.png"
    photo.save(path)
    content = path.read_bytes()
    for source in (FileSource.of(path, content), content):
        found = editor.paste(reopened(portrait, source), rendering)
        assert found.image.tobytes() == edited.image.tobytes()
        assert (found.original.format, edited.original.format) == ("PNG", "")


def test_a_second_face_keeps_the_edit_of_the_first(editor, portrait, rendering, photo):
    """The same person twice in one photo: the second edit is added to the first, and touches nothing of it."""
    both = Image.new("RGB", (2 * photo.width, photo.height))
    for left in (0, photo.width):
        both.paste(photo, (left, 0))
    first, second = (
        replace(portrait, face=replace(portrait.face, quad=Quad(corners), photo_size=both.size, source=both))
        for corners in (portrait.face.quad.corners, np.add(portrait.face.quad.corners, [photo.width, 0]))
    )
    once = editor.paste(first, rendering)
    twice = editor.paste(second, editor.render(second, {"Eyeglasses": 1.5}, ("w_star",)), onto=once)
    beside = outside_of(second.face.quad, both.size)
    assert (pixels(twice.image) == pixels(once.image))[beside].all()
    assert (pixels(twice.image) != pixels(once.image)).any()
    assert [dict(edit.strengths) for edit in twice.recipe.edits] == [EDIT, {"Eyeglasses": 1.5}]
    assert twice.changed[0] == once.changed[0] and twice.changed[2] > photo.width > once.changed[2]


def test_the_same_face_can_be_edited_again(editor, portrait, edited):
    again = editor.paste(portrait, editor.render(portrait, {"Bangs": 1.5}, ("w_star",)), onto=edited)
    assert len(again.recipe.edits) == 2 and len(edited.recipe.edits) == 1


def test_another_photo_is_refused(editor, portrait, rendering, photo):
    small = photo.resize((400, 300))
    other = replace(portrait, face=replace(portrait.face, source=small, photo_size=small.size))
    once = editor.paste(other, editor.render(other, {}))
    with pytest.raises(PhotoError, match="another photo"):
        editor.paste(portrait, rendering, "w_star", onto=once)


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_every_orientation_gives_the_same_upright_pixels(editor, photo, portrait, rendering, edited, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    ways = (photo.transpose(way) for way in Image.Transpose)
    stored = next(way for way in ways if way.transpose(UPRIGHT[orientation]).tobytes() == photo.tobytes())
    turned = reopened(portrait, encoded(stored, "PNG", exif=exif))
    found = editor.paste(turned, rendering if orientation == 6 else editor.render(turned, {}))
    assert found.image.tobytes() == (edited.image if orientation == 6 else photo).tobytes()
    assert not found.image.getexif()


@pytest.mark.parametrize("mode", ["RGBA", "L", "LA"])
def test_other_modes_and_colours_stay_as_they_are(editor, photo, portrait, rendering, mode):
    picture = photo.convert(mode)
    if mode != "L":
        picture.putalpha(200)
    profile = matrix_profile(P3_ON_D50) if mode == "RGBA" else None
    source = encoded(picture, "PNG", dpi=(300, 300), icc_profile=profile)
    found = editor.paste(reopened(portrait, source), rendering)
    assert found.image.mode == mode and found.original.icc_profile == profile
    assert found.original.dpi == pytest.approx((300, 300), abs=0.1)
    before, after = (pixels(one).reshape(512, 512, -1) for one in (picture, found.image))
    same = (before == after).all(-1)
    assert same[outside_of(portrait.face.quad, picture.size)].all() and not same.all()
    assert mode == "L" or (after[..., -1] == 200).all()


@pytest.mark.parametrize("side", [256, 1500])
def test_an_aligned_face_of_any_size_is_its_own_photo(editor, portrait, rendering, side):
    face = portrait.face.image.resize((side, side))
    aligned = replace(portrait, face=Face(face, whole_quad(side, side), photo_size=face.size, source=face))
    found = editor.paste(aligned, rendering)
    change = pixels(found.image) - pixels(face)
    assert found.image.size == (side, side) and change.any()
    assert not any(change[edge].any() or change[:, edge].any() for edge in (0, -1))
