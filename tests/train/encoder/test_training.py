"""The encoder's training: that a step depends on the seed and its number alone, and on whom it learns."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from torch import nn

from editor.data.generated import sample_codes, w_statistics
from editor.data.pictures import PictureDistances
from editor.encode import PyramidConfig, PyramidEncoder, read_encoder
from editor.errors import SettingError
from editor.generate.mobile import Mapping
from editor.generate.preconditioner import Preconditioner
from editor.judge.likeness import pixel_distance
from editor.train.encoder.batches import Source
from editor.train.encoder.config import EncoderConfig
from editor.train.encoder.training import BEST, EncoderTrainer, regularisation
from editor.train.encoder.validation import Validation
from editor.train.history import Run
from editor.train.schedule import schedule

CONFIG = EncoderConfig(
    steps=6,
    generated=4,
    fresh=2,
    memory=2,
    photos=2,
    pictures_from=2,
    eye_from=4,
    validate_every=3,
    model=PyramidConfig(resolution=32, pyramid=4, summary=2, glance=8),
)


class Painter(nn.Module):
    """Stands for the preview generator: a linear picture of the code, differentiable."""

    def __init__(self):
        super().__init__()
        self.register_buffer("basis", torch.randn(512, 3 * 16 * 16, generator=torch.Generator().manual_seed(0)) / 30)

    def forward(self, w_plus):
        small = (w_plus.float().mean(1) @ self.basis).view(-1, 3, 16, 16).tanh()
        return nn.functional.interpolate(small, size=32, mode="bilinear")


class Mirror:
    """Stands for dlib."""

    def embed(self, picture):
        return np.asarray(picture).mean((0, 1)) / 255


PAINTER = Painter()
STRONG = torch.eye(512)[:, :1].expand(18, -1, -1)
KNOWN = Preconditioner(torch.eye(512), STRONG, torch.full((18, 1), 100.0))


def pictures(codes, photos):
    leaf = codes.clone().requires_grad_()
    distance = pixel_distance(PAINTER(leaf), photos)
    (pull,) = torch.autograd.grad(distance.sum(), leaf)
    return PictureDistances(*[distance.detach()] * 4), pull


@pytest.fixture(scope="module")
def trainer() -> EncoderTrainer:
    torch.manual_seed(0)
    mapping = Mapping(depth=2).requires_grad_(False)
    photos = torch.randint(0, 255, (5, 3, 32, 32), dtype=torch.uint8)
    codes = torch.randn(5, 18, 512, generator=torch.Generator().manual_seed(2)).half()
    source = Source(mapping, w_statistics(mapping, samples=1000), PAINTER, photos, codes)
    validation = Validation(photos[:2], PAINTER, Mirror())
    return EncoderTrainer(PyramidEncoder(CONFIG.model), source, pictures, 32, validation, torch.device("cpu"), KNOWN)


def trained(trainer, folder, config=CONFIG, **options):
    """Train a fresh network, always the same."""
    torch.manual_seed(1)
    fresh = dataclasses.replace(trainer, start=PyramidEncoder(config.model))
    return fresh.train(config, Run(folder, config), **options)


def same(one, other):
    return all(torch.equal(x, y) for x, y in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_codes_that_are_known_are_learnt(trainer, tmp_path):
    config = dataclasses.replace(CONFIG, rate=0.02, steps=60, pictures_from=100, eye_from=100, validate_every=100)
    trained(trainer, tmp_path, config)
    first, *_, last = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert "pixel" not in last and last["lesson"] < first["lesson"]


def test_the_rate_rises_and_falls():
    rates = [schedule(step, 1000) for step in range(1000)]
    assert rates[0] < 0.01 and max(rates) == pytest.approx(1, abs=0.1) and rates[-1] == pytest.approx(0.02, abs=0.01)


def test_codes_surround_the_mean(trainer, random):
    statistics = trainer.source.statistics
    codes = sample_codes(trainer.source.mapping, statistics.mean, 400, random)
    assert codes.shape == (400, 18, 512)
    error = (codes.mean((0, 1)) - statistics.mean).abs().mean()
    assert error < 0.2 * statistics.std.mean()
    spread = codes.std(1).mean((1,))
    assert (spread < 1e-6).any() and (spread > 0.05 * statistics.std.mean()).any(), "W and W+ alike"


def test_a_resumed_run_ends_as_the_unbroken_one_with_the_eye_learning(trainer, tmp_path):
    unbroken = trained(trainer, tmp_path / "a")
    trained(trainer, tmp_path / "b", stop_at=5)
    assert same(unbroken, trained(trainer, tmp_path / "b"))


def test_the_eye_learns_from_its_step_on_and_behind_the_finest_level_only(trainer, tmp_path):
    torch.manual_seed(1)
    before = PyramidEncoder(CONFIG.model).eye.state_dict()

    def changed(encoder):
        return {name for name, value in encoder.eye.state_dict().items() if not torch.equal(value, before[name])}

    assert not changed(trained(trainer, tmp_path, stop_at=4))
    found = changed(trained(trainer, tmp_path))
    assert "lite._blocks.15._project_conv.weight" in found and "likeness.pointwise.12.weight" in found
    assert not any(name.startswith(("lite._conv_stem", "lite._blocks.4.", "likeness.pointwise.4.")) for name in found)


def test_faces_degraded_ahead_by_threads_are_the_same(trainer, tmp_path):
    alone = trained(trainer, tmp_path / "a")
    helped = dataclasses.replace(trainer, source=dataclasses.replace(trainer.source, workers=3))
    assert same(alone, trained(helped, tmp_path / "b"))


def test_a_share_of_the_generated_faces_lies_between_two_photos(trainer):
    codes = torch.stack([torch.full((18, 512), level) for level in (5.0, 6.0, 7.0)]).half()
    source = dataclasses.replace(trainer.source, photos=torch.zeros(3, 3, 32, 32, dtype=torch.uint8), codes=codes)
    for share, fresh, blended in ((0.0, 2, 0), (0.5, 2, 1), (1.0, 2, 2), (0.5, 1, 1)):
        (batch,) = source.batches(dataclasses.replace(CONFIG, blended=share, fresh=fresh), 0, 1)
        between = [bool((code >= 5).all() and (code <= 7).all()) for code in batch.codes[:fresh]]
        assert sum(between) == blended


def test_at_least_one_face_a_step_is_new(trainer, tmp_path):
    trained(trainer, tmp_path, dataclasses.replace(CONFIG, fresh=1, pictures_from=0, steps=2))


def test_a_run_without_photos_learns_from_generated_faces(trainer, tmp_path):
    none = torch.empty(0, 3, 32, 32, dtype=torch.uint8)
    source = dataclasses.replace(trainer.source, photos=none, codes=torch.empty(0, 18, 512))
    trained(dataclasses.replace(trainer, source=source, validation=Validation(none, PAINTER, Mirror())), tmp_path)
    assert "pixel" not in (tmp_path / "curve.jsonl").read_text()


def test_validation_is_logged_kept_as_the_best_and_never_learnt_from(trainer, tmp_path):
    others = Validation(255 - trainer.validation.photos, PAINTER, Mirror())
    one = trained(trainer, tmp_path / "a")
    two = trained(dataclasses.replace(trainer, validation=others), tmp_path / "b")
    assert same(one, two)
    lines = [json.loads(line) for line in (tmp_path / "a" / "curve.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "same_person" in line] == [3, 6]
    best = min(line["identity_distance"] for line in lines)
    kept = trainer.validation(read_encoder(tmp_path / "a" / BEST), torch.device("cpu"))
    assert kept["identity_distance"] == pytest.approx(best, abs=0.01)


def test_a_run_goes_on_under_its_own_config_only(tmp_path):
    Run(tmp_path, CONFIG)
    with pytest.raises(SettingError, match="steps"):
        Run(tmp_path, EncoderConfig(steps=7, **{k: v for k, v in vars(CONFIG).items() if k != "steps"}))


def asked(trainer, known, pull, moves=torch.zeros(2, 18, 512)):
    return dataclasses.replace(trainer, known=known).asked(CONFIG, pull, moves)


def test_what_drawings_ask_for_is_preconditioned_and_stays_as_large(trainer, random):
    pull, axes = torch.randn(2, 18, 512, generator=random), torch.linalg.qr(torch.randn(512, 512, generator=random))[0]
    plain = asked(trainer, Preconditioner(axes, STRONG, torch.zeros(18, 1)), pull)
    assert torch.allclose(plain, pull @ axes, atol=1e-4), "where nothing is known, nothing changes"
    found = asked(trainer, Preconditioner(axes, STRONG, torch.full((18, 1), 100.0)), pull)
    assert found[..., 0].norm() < 0.1 * plain[..., 0].norm() and torch.allclose(found.norm(), plain.norm(), rtol=1e-4)


def test_photos_are_held_near_the_mean_as_firmly_in_strong_directions_as_in_weak_ones(trainer, random):
    moves = torch.randn(2, 18, 512, generator=random)
    leaf = moves.clone().requires_grad_()
    (near,) = torch.autograd.grad(regularisation(CONFIG, leaf).sum(), leaf)
    assert asked(trainer, KNOWN, -near, moves).abs().max() < 1e-6, "where the loss is least, nothing is asked"
