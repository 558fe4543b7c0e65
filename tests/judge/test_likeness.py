"""The likeness network: what its distances mean, and that they lead somewhere."""

import pytest
import torch
from PIL import ImageFilter
from safetensors.torch import save_file

from editor.errors import WeightsError
from editor.images import to_tensor
from editor.judge.likeness import Likeness, LikenessNet, centre, frame, pixel_distance, read_likeness


@pytest.fixture(scope="module")
def likeness(store) -> Likeness:
    return read_likeness(store.path("likeness"))


@pytest.fixture(scope="module")
def face(portrait) -> torch.Tensor:
    return to_tensor(portrait.face.image.resize((256, 256)))


def test_a_face_is_at_no_distance_from_itself(likeness, face):
    for distance in likeness(face, face):
        assert distance.shape == (1,) and distance.item() == pytest.approx(0, abs=1e-5)


def test_the_same_person_blurred_is_nearer_than_somebody_else(likeness, face, portrait, editor):
    blurred = to_tensor(portrait.face.image.resize((256, 256)).filter(ImageFilter.GaussianBlur(2)))
    mean = editor.models.encoder.w_mean.expand(1, 18, -1)
    other = torch.nn.functional.interpolate(editor.renderer.draw(mean), 256, mode="area")
    assert likeness(blurred, face).identity < 0.5 * likeness(other, face).identity
    assert likeness(blurred, face).perceptual < likeness(other, face).perceptual


def test_size_hardly_matters(likeness, face):
    small = torch.nn.functional.interpolate(face, 128, mode="area")
    one, other = likeness.net(face)[0], likeness.net(small)[0]
    assert (one * other).sum() > 0.98


def test_gradients_reach_the_face(face):
    torch.manual_seed(0)
    likeness = Likeness(LikenessNet()).requires_grad_(False)
    moved = (face * 0.9).requires_grad_()
    torch.stack(list(likeness(moved, face))).sum().backward()
    assert moved.grad is not None and moved.grad.abs().sum() > 0


def test_the_border_counts_a_tenth():
    border, middle = torch.zeros(1, 3, 128, 128), torch.zeros(1, 3, 128, 128)
    border[..., 0, :] = 1
    middle[..., 64, :] = 1
    assert pixel_distance(border, torch.zeros_like(border)).item() == pytest.approx(0.1 / 128)
    assert pixel_distance(middle, torch.zeros_like(middle)).item() == pytest.approx(1 / 96 + 0.1 / 128, rel=0.01)
    assert centre(border).shape[-1] == 96


def test_what_is_shown_is_the_face():
    rows = torch.linspace(0, 1, 256).view(1, 1, 256, 1).expand(1, 3, 256, 256)
    shown = frame(rows)
    assert shown.min() == pytest.approx(0.10, abs=0.01) and shown.max() == pytest.approx(0.95, abs=0.01)


def test_other_tensors_are_refused(tmp_path):
    save_file({"stem.weight": torch.zeros(1)}, tmp_path / "wrong.safetensors")
    with pytest.raises(WeightsError, match="likeness"):
        read_likeness(tmp_path / "wrong.safetensors")
