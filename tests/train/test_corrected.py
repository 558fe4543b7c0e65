"""Directions of labels, corrected: what is asked for changes by one, the rest less, and codes stay among codes."""

from dataclasses import replace

import pytest
import torch

from editor.train.corrected import CorrectionConfig, fit_corrected, held_patterns, predicted_leakage
from editor.train.responses import Responses

D, N = 12, 400
CONFIG = CorrectionConfig(penalty=1e-5, coarse=1.0)


def answers(random, faces: int = 40, noise: float = 0.0) -> tuple[Responses, torch.Tensor]:
    """Gradients of three logits that are the same at every face, but for noise."""
    own = torch.randn(3, D, generator=random)
    rows = own + noise * torch.randn(faces, 3, D, generator=random)
    asked = torch.arange(3).expand(faces, 3)
    nothing = torch.zeros(faces, 1, D)
    return Responses(torch.randn(faces, D, generator=random), rows, asked, nothing, nothing), own


@pytest.fixture
def codes(random) -> tuple[torch.Tensor, torch.Tensor]:
    """Numbers, and three labels that two of them have in common."""
    numbers = torch.randn(N, D, generator=random)
    return numbers, torch.stack([numbers[:, 0] > 0, numbers[:, 0] + numbers[:, 1] > 0, numbers[:, 2] > 0], 1)


def test_patterns_hold_the_other_attributes(codes, random):
    numbers, labels = codes
    patterns = held_patterns(numbers, labels, ridge=1e-6)
    alone = numbers[labels[:, 1]].mean(0) - numbers[~labels[:, 1]].mean(0)
    assert patterns[1, 1] > 0.5 * alone[1] and patterns[1, 0].abs() < 0.7 * alone[0], (
        "what the first explains is not the second's"
    )
    shifted = held_patterns(numbers + 5, labels, ridge=1e-6)
    assert torch.allclose(patterns, shifted, atol=1e-4)


def test_only_what_is_asked_for_changes(codes, random):
    responses, own = answers(random)
    fit = fit_corrected(responses, *codes, CONFIG)
    assert torch.allclose(own @ fit.directions.t(), torch.eye(3), atol=0.02)
    assert fit.leakage < 0.02 < predicted_leakage(own, responses)


def test_a_high_price_leaves_the_pattern(codes, random):
    responses, own = answers(random)
    fit = fit_corrected(responses, *codes, replace(CONFIG, penalty=1e6))
    patterns = held_patterns(*codes)
    assert torch.nn.functional.cosine_similarity(fit.directions, patterns).abs().min() > 0.999
    assert torch.allclose((fit.directions * own).sum(1), torch.ones(3), atol=1e-3)


def test_corrections_go_where_codes_vary(codes, random):
    numbers, labels = codes
    still = numbers.clone()
    still[:, 8:] *= 1e-3  # codes hardly vary there, patterns have hardly anything there
    responses, _ = answers(random)
    config = replace(CONFIG, penalty=1e-2, floor=1e-6)
    moving, kept = (fit_corrected(responses, part, labels, config).directions for part in (numbers, still))
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


def test_later_layers_move_only_for_those_that_live_there(codes, random):
    responses, own = answers(random)
    own = own.clone()
    patterns = held_patterns(*codes)
    own[0, :6], own[0, 6:] = patterns[0, :6], 0  # all of the first attribute's effect comes early
    own[1, :6], own[1, 6:] = 0.1 * patterns[1, :6], 10 * patterns[1, 6:].sign()
    responses = replace(responses, gradients=own.expand(40, 3, D))
    fit = fit_corrected(responses, *codes, replace(CONFIG, coarse=0.5)).directions
    assert fit[0, 6:].abs().max() == 0 < fit[1, 6:].abs().max()
    assert torch.allclose((fit * own).sum(1), torch.ones(3), atol=0.02)
