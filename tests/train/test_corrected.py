"""Corrected normals: what is asked for changes by one, the rest less, and codes stay among codes."""

from dataclasses import replace

import pytest
import torch

from editor.train.corrected import CorrectionConfig, fit_corrected, predicted_leakage
from editor.train.responses import Responses

D, N = 12, 400
CONFIG = CorrectionConfig(penalty=1e-5)


def answers(random, faces: int = 40, noise: float = 0.0) -> tuple[Responses, torch.Tensor]:
    """Gradients of three logits that are the same at every face, but for noise."""
    own = torch.randn(3, D, generator=random)
    rows = own + noise * torch.randn(faces, 3, D, generator=random)
    asked = torch.arange(3).expand(faces, 3)
    nothing = torch.zeros(faces, 1, D)
    return Responses(torch.randn(faces, D, generator=random), rows, asked, nothing, nothing), own


@pytest.fixture
def codes(random) -> tuple[torch.Tensor, torch.Tensor]:
    """Three normals, and numbers."""
    return torch.randn(3, D, generator=random), torch.randn(N, D, generator=random)


def test_only_what_is_asked_for_changes(codes, random):
    responses, own = answers(random)
    fit = fit_corrected(responses, *codes, CONFIG)
    assert torch.allclose(own @ fit.directions.t(), torch.eye(3), atol=0.02)
    assert fit.leakage < 0.02 < predicted_leakage(own, responses)


def test_a_high_price_leaves_the_normal(codes, random):
    responses, own = answers(random)
    fit = fit_corrected(responses, *codes, replace(CONFIG, penalty=1e6))
    assert torch.nn.functional.cosine_similarity(fit.directions, codes[0]).abs().min() > 0.999
    assert torch.allclose((fit.directions * own).sum(1), torch.ones(3), atol=1e-3)


def test_corrections_go_where_codes_vary(codes, random):
    normals, numbers = codes[0].clone(), codes[1].clone()
    normals[:, 8:] = 0
    numbers[:, 8:] *= 1e-3  # codes hardly vary there
    responses, _ = answers(random)
    config = replace(CONFIG, penalty=1e-2, floor=1e-6)
    moving, kept = (fit_corrected(responses, normals, part, config).directions for part in (codes[1], numbers))
    assert moving[:, 8:].abs().max() > 0.05 > 10 * kept[:, 8:].abs().max()


def test_noise_is_promised_to_leak(codes, random):
    quiet, noisy = (fit_corrected(answers(random, noise=noise)[0], *codes, CONFIG) for noise in (0.0, 3.0))
    assert noisy.leakage > quiet.leakage + 0.1


@pytest.mark.parametrize("what", ["identity", "colours"])
def test_who_it_is_and_colours_are_kept(codes, random, what):
    responses, own = answers(random)
    shared = torch.randn(1, D, generator=random) * 5
    minded = replace(responses, **{what: shared.expand(40, 1, D)})
    free, held = (fit_corrected(part, *codes, CONFIG).directions for part in (responses, minded))
    assert (held @ shared[0]).abs().max() < 0.1 * (free @ shared[0]).abs().max()
    assert torch.allclose((held * own).sum(1), torch.ones(3), atol=0.02)
