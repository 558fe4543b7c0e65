"""Families of codes: the first is where they come from, the others are moved; shards are asked once."""

from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from editor.flow import RealNVP
from editor.train.answers import FAMILY, SHARD, AnswersConfig, Wanderer, ask


@pytest.fixture
def wanderer(random) -> Wanderer:
    return Wanderer(
        photos=torch.randn(50, 18, 512, generator=random),  # type: ignore[arg-type]
        mapping=lambda z: z,  # type: ignore[arg-type]
        mean=torch.zeros(512),
        flow=RealNVP(),
        normals=F.normalize(torch.randn(3, 9216, generator=random), dim=1),
        spans=torch.ones(3),
        config=AnswersConfig(shards=2, mixed=0.0, layered=0.0),
    )


def test_the_moved_lie_along_the_normals(wanderer):
    rows = wanderer.families(0)
    assert rows.shape == (SHARD, 18, 512)
    families = rows.flatten(1).unflatten(0, (-1, FAMILY))
    moves = (families[:, 1:] - families[:, :1]).flatten(0, 1)
    assert moves.norm(dim=1).min() > 0
    along = moves @ torch.linalg.pinv(wanderer.normals)
    assert torch.allclose(along @ wanderer.normals, moves, atol=1e-3)
    assert along.abs().max() <= wanderer.config.reach + 1e-2 and along.abs().max() > 0.5 * wanderer.config.reach


def test_shards_differ_and_are_made_alike_again(wanderer):
    assert torch.equal(wanderer.families(1), wanderer.families(1))
    assert not torch.equal(wanderer.families(0), wanderer.families(1))


def test_what_was_asked_is_not_asked_again(wanderer, tmp_path):
    asked = []

    def judge(faces):
        asked.append(len(faces))
        return faces[:, 0, 0, :3]

    def draw(code):
        return code[:, None, :8, :8].expand(-1, 3, -1, -1)

    likeness = SimpleNamespace(see=lambda faces: SimpleNamespace(embedding=faces[:, 0, 0, :4]))
    first = ask(wanderer, draw, judge, likeness, tmp_path)  # type: ignore[arg-type]
    assert sum(asked) == 2 * SHARD
    again = ask(wanderer, draw, judge, likeness, tmp_path)  # type: ignore[arg-type]
    assert sum(asked) == 2 * SHARD and torch.equal(first.logits, again.logits)
    assert torch.allclose(first.logits, first.w_plus[:, 0, :3].float().clamp(-1, 1), atol=1e-3)
