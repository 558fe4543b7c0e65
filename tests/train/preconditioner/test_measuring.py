"""The measurement finds the directions that pictures answer to, and a descent that knows them arrives sooner."""

import pytest
import torch

from editor.actions.fit.descent import Comparison, FitConfig, descend
from editor.actions.fit.inversion import Inversion
from editor.actions.fit.objective import Slope
from editor.actions.fit.refine import code_moves
from editor.generate.preconditioner import read_preconditioner, write_preconditioner
from editor.spaces import WPlus
from editor.train.preconditioner.config import PreconditionerConfig
from editor.train.preconditioner.measuring import measured

AXES = torch.eye(512)
START = WPlus(torch.zeros(1, 18, 512))
TURNED = torch.linalg.qr(torch.randn(512, 192, generator=torch.Generator().manual_seed(1)))[0]
STRENGTHS = 30 / torch.arange(1.0, 193)


class Toy:
    """A picture is 192 numbers of the mean layer, none of them one of its axes, and some count for much more than others."""

    side = 8

    def see(self, faces):
        return faces

    def __call__(self, at, part, target, correction, weights):
        at = at.to_differentiate(part)
        error = ((at.w_plus.mean(1) @ TURNED - target.flatten(1)) * STRENGTHS).square().sum()
        gradients = torch.autograd.grad(error, list(at.tensors(part)))
        return Slope(at.w_plus.detach(), error.detach().expand(4), gradients)


def faces(count, random):
    return [torch.randn(1, 3, 8, 8, generator=random) / 3 for _ in range(count)]


@pytest.fixture(scope="module")
def known():
    random = torch.Generator().manual_seed(0)
    given = ((START, face) for face in faces(12, random))
    return measured(given, [Toy()], AXES, PreconditionerConfig(steps=6, rank=64))


def test_it_finds_what_pictures_answer_to(known):
    for basis, variances in zip(known.bases, known.variances, strict=True):
        assert (TURNED.t() @ basis).square().sum(0)[-8:].min() > 0.9, "numbers that a picture has"
        assert (TURNED[:, 0] @ basis[:, variances.argmax()]).abs() > 0.9, "most of all the first"
    assert torch.allclose(known.variances.sum(1).mean(), torch.tensor(512.0), rtol=0.05), "in units of their mean"


def test_a_descent_that_knows_it_arrives_sooner(known, random):
    def left(face, preconditioner):
        config = FitConfig(stay=0.0)
        *_, last = descend(code_moves(START, AXES, None, preconditioner, config), Comparison(face, [Toy()]), 12, config)
        return float(Toy()(Inversion(last.now.w_plus), "w_plus", face, None, (1, 1, 1, 1)).distances[0])

    pairs = [(left(face, known), left(face, None)) for face in faces(6, random)]
    assert sum(with_it < without for with_it, without in pairs) >= 5


def test_a_file_holds_it(known, tmp_path):
    write_preconditioner(known, tmp_path / "preconditioner.safetensors")
    again = read_preconditioner(tmp_path / "preconditioner.safetensors")
    assert torch.allclose(again.bases, known.bases, atol=1e-3) and torch.equal(again.variances, known.variances)
