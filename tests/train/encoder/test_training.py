"""The encoder's losses, and that a step depends on the seed and its number alone."""

import dataclasses
import json

import pytest
import torch
from torch import nn

from editor.data.generated import sample_codes, w_statistics
from editor.encode import CompactConfig, CompactEncoder
from editor.errors import SettingError
from editor.generate.mobile import Mapping
from editor.judge.likeness import Distances, pixel_distance
from editor.train.encoder.training import EncoderConfig, EncoderTrainer, code_loss
from editor.train.history import Run
from editor.train.schedule import schedule

CONFIG = EncoderConfig(
    steps=6,
    generated=4,
    fresh=2,
    memory=2,
    photos=2,
    photos_from=3,
    model=CompactConfig(widths=(8, 8, 8, 8, 16), depth=1, pyramid=8, summary=2),
)


class Painter(nn.Module):
    """Stands for the preview generator: a linear picture of the code, differentiable."""

    def __init__(self):
        super().__init__()
        self.register_buffer("basis", torch.randn(512, 3 * 16 * 16, generator=torch.Generator().manual_seed(0)) / 30)

    def forward(self, w_plus):
        small = (w_plus.float().mean(1) @ self.basis).view(-1, 3, 16, 16).tanh()
        return nn.functional.interpolate(small, size=128, mode="bilinear")


class Apart(nn.Module):
    """Stands for the likeness."""

    def forward(self, faces, targets):
        distance = pixel_distance(faces.float(), targets.float())
        return Distances(pixel=distance, perceptual=distance.sqrt(), identity=distance)


@pytest.fixture(scope="module")
def trainer() -> EncoderTrainer:
    torch.manual_seed(0)
    mapping = Mapping(depth=2).requires_grad_(False)
    photos = torch.randint(0, 255, (5, 3, 128, 128), dtype=torch.uint8)
    statistics = w_statistics(mapping, samples=1000)
    return EncoderTrainer(mapping, statistics, Painter(), Apart(), photos, photos[:2], torch.device("cpu"))


def test_the_code_loss_is_zero_on_what_is_right():
    offsets = torch.randn(2, 18, 512)
    assert code_loss(offsets, offsets) == 0 and code_loss(offsets, -offsets) > 0


def test_the_rate_rises_and_falls():
    rates = [schedule(step, 1000) for step in range(1000)]
    assert rates[0] < 0.01 and max(rates) == pytest.approx(1, abs=0.1) and rates[-1] == pytest.approx(0.02, abs=0.01)


def test_codes_surround_the_mean(trainer, random):
    codes = sample_codes(trainer.mapping, trainer.statistics.mean, 400, random)
    assert codes.shape == (400, 18, 512)
    error = (codes.mean((0, 1)) - trainer.statistics.mean).abs().mean()
    assert error < 0.2 * trainer.statistics.std.mean()
    spread = codes.std(1).mean((1,))
    assert (spread < 1e-6).any() and (spread > 0.05 * trainer.statistics.std.mean()).any(), "W and W+ alike"


def test_a_resumed_run_ends_as_the_unbroken_one(trainer, tmp_path):
    unbroken = trainer.train(CONFIG, Run(tmp_path / "a", CONFIG))
    trainer.train(CONFIG, Run(tmp_path / "b", CONFIG), stop_at=4)
    resumed = trainer.train(CONFIG, Run(tmp_path / "b", CONFIG))
    for one, other in zip(unbroken.state_dict().values(), resumed.state_dict().values(), strict=True):
        assert torch.equal(one, other)


def test_faces_degraded_ahead_by_threads_are_the_same(trainer, tmp_path):
    alone = trainer.train(CONFIG, Run(tmp_path / "a", CONFIG))
    helped = dataclasses.replace(trainer, workers=3).train(CONFIG, Run(tmp_path / "b", CONFIG))
    assert all(torch.equal(x, y) for x, y in zip(alone.state_dict().values(), helped.state_dict().values(), strict=True))


def test_at_least_one_face_a_step_is_new(trainer, tmp_path):
    config = dataclasses.replace(CONFIG, fresh=1, photos_from=0, steps=2)
    trainer.train(config, Run(tmp_path, config))


def test_validation_is_logged_and_its_photos_are_not_trained_on(trainer, tmp_path):
    other = dataclasses.replace(trainer, validation=255 - trainer.validation)
    one, two = (trained.train(CONFIG, Run(tmp_path / n, CONFIG)) for n, trained in (("a", trainer), ("b", other)))
    assert all(torch.equal(x, y) for x, y in zip(one.state_dict().values(), two.state_dict().values(), strict=True))
    lines = [json.loads((tmp_path / n / "curve.jsonl").read_text().splitlines()[-1]) for n in ("a", "b")]
    assert {f"validation_{name}" for name in Distances._fields} <= lines[0].keys()
    assert lines[0]["validation_pixel"] != pytest.approx(lines[1]["validation_pixel"], abs=1e-4)
    assert lines[0]["validation_pixel"] == pytest.approx(trainer.validate(one)["validation_pixel"], abs=1e-4)


def test_a_run_may_start_from_given_weights(trainer, tmp_path):
    config = dataclasses.replace(CONFIG, rate=0.0, ema=0.0)
    torch.manual_seed(3)
    start = CompactEncoder(config.model)
    trained = dataclasses.replace(trainer, start=start).train(config, Run(tmp_path, config))
    assert torch.equal(trained.heads[0].linear.weight, start.heads[0].linear.weight)


def test_a_run_goes_on_under_its_own_config_only(tmp_path):
    Run(tmp_path, CONFIG)
    with pytest.raises(SettingError, match="steps"):
        Run(tmp_path, EncoderConfig(steps=7, **{k: v for k, v in vars(CONFIG).items() if k != "steps"}))
