"""The shipped flow on codes near W that it was not trained on: what e4e gives, as far as that can be known without e4e."""

import pytest
import torch

from editor.edit import EDITS
from editor.generate.mobile import read_mapping
from editor.spaces import WPlus

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def near_w(store):
    """Codes of W, truncated as encoders' are, with small offsets of their own in every layer."""
    random, mapping = torch.Generator().manual_seed(3), read_mapping(store.path("mobilestylegan-ffhq"))
    with torch.inference_mode():
        w = mapping(torch.randn(64, 512, generator=random))
    mean, std = w.mean(0), w.std(0)
    offsets = 0.2 * std * torch.randn(64, 18, 512, generator=random)
    return WPlus((mean + 0.7 * (w - mean))[:, None] + offsets)


@pytest.mark.parametrize("strength", [0.0, 2.0])
def test_there_and_back(editor, near_w, strength):
    flow, part = editor.models.flow, editor.models.directions.w_star
    strengths = editor.models.directions.strengths({"Smiling": strength, "Male": -strength})
    code = EDITS["w_star"](near_w, strengths, flow, part)
    back = EDITS["w_star"](code, -strengths, flow, part)
    assert ((back - near_w).flatten(1).norm(dim=1) / near_w.flatten(1).norm(dim=1)).max() < 1e-3


def test_an_edit_goes_as_far_as_its_step_says(editor, near_w):
    models = editor.models
    part = models.directions.w_star
    for name in ("Smiling", "Eyeglasses", "Young"):
        strengths = models.directions.strengths({name: 1.0})
        moved = EDITS["w_star"](near_w, strengths, models.flow, part)
        length = ((moved - near_w) / models.flow.std).flatten(1).norm(dim=1).median()
        assert 0.6 < length / part.steps[models.directions.attributes.index(name)] < 1.4
