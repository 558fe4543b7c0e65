"""A change carried into a photo: only what changed is touched, in any mode and any colours, wherever the frame lies."""

import io
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch
from PIL import Image

from editor.align import crop_quad
from editor.face import Quad
from editor.paste import Change, carry
from editor.photos.original import Original, read_original
from tests.conftest import ROOT
from tests.photos.files import P3_ON_D50, matrix_profile

SIDE = 128
MODES = ("RGB", "RGBA", "L", "LA")


def square(x: float, y: float, side: float, turned: float = 0.0) -> Quad:
    """A frame around (x, y), turned by degrees."""
    angle = np.deg2rad(turned)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * side / 2
    return Quad(corners @ rotation.T + [x, y])


def pores(mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    channels = len(Image.new(mode, (1, 1)).getbands())
    numbers = np.random.default_rng(0).integers(20, 230, (size[1], size[0], channels), dtype=np.uint8)
    return Image.frombytes(mode, size, numbers.tobytes())


def lighter(level: float = 20.0, edge: int = 16) -> Change:
    """A square in the middle becomes lighter."""
    added = torch.zeros(3, SIDE, SIDE)
    added[:, edge : SIDE - edge, edge : SIDE - edge] = level
    return Change(added, torch.zeros(1, SIDE, SIDE))


def nothing() -> Change:
    return Change(torch.zeros(3, SIDE, SIDE), torch.zeros(1, SIDE, SIDE))


def carried(change: Change, quad: Quad, original: Original) -> tuple[np.ndarray, tuple[int, int, int, int] | None]:
    face = crop_quad(original.colours.srgb(original.image), quad, SIDE)
    image, box = carry(change, face, quad, original)
    assert image.mode == original.image.mode
    return np.asarray(image).astype(int), box


@pytest.mark.parametrize("mode", MODES)
def test_no_change_gives_the_photo_bit_for_bit(mode):
    original = read_original(pores(mode))
    image, box = carried(nothing(), square(150, 100, 90), original)
    assert box is None
    assert (image == np.asarray(original.image)).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("turned", [0, 30])
def test_every_pixel_outside_the_frame_is_the_same(mode, turned):
    original = read_original(pores(mode))
    image, box = carried(lighter(), square(150, 100, 90, turned), original)
    assert box is not None
    inside = np.zeros(image.shape[:2], dtype=bool)
    inside[box[1] : box[3], box[0] : box[2]] = True
    same = image == np.asarray(original.image)
    assert same[~inside].all()
    assert not same[inside].all()


@pytest.mark.parametrize("turned", [0, 45, 180])
@pytest.mark.parametrize("side", [60.0, 128.0, 180.0])
def test_the_change_lies_where_the_face_lay(side, turned):
    """A mark in the photo's frame is cut out, and the change made of that mark falls onto it again."""
    plain = Image.new("RGB", (300, 200), (100, 100, 100))
    marked = plain.copy()
    marked.paste((160, 160, 160), (140, 80, 165, 110))
    quad = square(150, 100, side, turned)
    difference = np.asarray(crop_quad(marked, quad, SIDE)).astype(np.float32) - 100
    change = Change(torch.from_numpy(difference).permute(2, 0, 1), torch.zeros(1, SIDE, SIDE))
    image, _ = carried(change, quad, read_original(plain))
    assert np.abs(image - np.asarray(marked)).mean() < 0.35
    weight = (image - 100)[..., 0].astype(float)
    centre = [(weight.sum(axis) @ np.arange(weight.shape[1 - axis])) / weight.sum() for axis in (0, 1)]
    assert centre == pytest.approx([152, 94.5], abs=0.15)


def test_transparency_stays_and_what_is_not_seen_does_too():
    original = read_original(pores("RGBA"))
    image, _ = carried(lighter(), square(150, 100, 90), original)
    before = np.asarray(original.image).astype(int)
    assert (image[..., 3] == before[..., 3]).all()
    hidden = original.image.copy()
    hidden.putalpha(0)
    unseen, _ = carried(lighter(), square(150, 100, 90), read_original(hidden))
    assert (unseen == np.asarray(hidden)).all()


def test_an_edge_of_the_photo_that_the_frame_crosses_stays():
    original = read_original(pores())
    image, box = carried(lighter(edge=0), square(20, 100, 90), original)
    before = np.asarray(original.image)
    assert box is not None
    assert box[0] == 0
    assert (image[:, 0] == before[:, 0]).all()
    added = (image - before)[95:105]
    unclipped = (image[95:105] < 255).all(-1)
    assert added[:, 20:40][unclipped[:, 20:40]].mean() == pytest.approx(20, abs=1)


def test_a_frame_beside_the_photo_changes_nothing():
    original = read_original(pores())
    image, box = carry(lighter(), Image.new("RGB", (SIDE, SIDE)), square(-200, 100, 90), original)
    assert box is None
    assert image is original.image


def test_replaced_detail_finer_than_the_face_shows_is_gone():
    """A frame eight times as wide as the aligned face: its finest detail, which the face cannot show, is the photo's."""
    original = read_original(pores(size=(1100, 1100)))
    quad = square(550, 550, 1024)
    plain, _ = carried(lighter(1), quad, original)
    change = Change(lighter(1).added, torch.ones(1, SIDE, SIDE))
    smooth, _ = carried(change, quad, original)
    inner = np.s_[450:650, 450:650]
    assert plain[inner].std() == pytest.approx(np.asarray(original.image)[inner].std(), rel=0.02)
    assert smooth[inner].std() < 0.3 * plain[inner].std()


def test_colours_of_another_profile_change_as_they_do_in_srgb():
    display_p3 = matrix_profile(P3_ON_D50, 2.2)
    content = io.BytesIO()
    pores().save(content, "PNG", icc_profile=display_p3)
    original = read_original(content.getvalue())
    assert original.icc_profile == display_p3
    image, box = carried(lighter(), square(150, 100, 90), original)
    assert box is not None
    before = np.asarray(original.image).astype(int)
    inside = np.zeros(before.shape[:2], dtype=bool)
    inside[box[1] : box[3], box[0] : box[2]] = True
    assert (image == before)[~inside].all()
    shown = np.asarray(original.colours.srgb(Image.fromarray(image.astype(np.uint8)))).astype(int)
    was = np.asarray(original.colours.srgb(original.image)).astype(int)
    moved = (shown - was)[85:115, 135:165]
    safe = ((was > 10) & (was < 225)).all(-1)[85:115, 135:165]
    assert np.median(moved[safe]) == pytest.approx(20, abs=1)


def test_48_megapixels_take_little_memory():
    """A frame over most of the photo; the process holds the photo twice, never in floating point."""
    script = """
        import resource, torch
        from PIL import Image
        from editor.paste import Change, carry
        import editor.photos.original
        from tests.paste.test_warp import square
        photo, face = Image.new("RGB", (8000, 6000), "gray"), Image.new("RGB", (1024, 1024), "gray")
        change = Change(torch.full((3, 1024, 1024), 9.0), torch.ones(1, 1024, 1024))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        carry(change, face, square(4000, 3000, 5000), editor.photos.original.Original(photo))
        print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(ran.stdout) < 600
