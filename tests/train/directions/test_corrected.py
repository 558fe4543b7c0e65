"""Corrected normals: what is asked for changes by one, the rest less, and codes stay among codes."""

from dataclasses import replace

import pytest
import torch

from editor.edit.regions import parts_of
from editor.train.directions.corrected import (
    CorrectionConfig,
    corrected_in,
    costs_of,
    covariance_of,
    fit_by_region,
    fit_corrected,
    predicted_leakage,
)
from editor.train.directions.responses import Responses

D, N = 12, 400
CONFIG = CorrectionConfig(penalty=1e-5)


def some_responses(random, faces: int = 40, noise: float = 0.0) -> tuple[Responses, torch.Tensor]:
    """Gradients of three logits that are the same at every face, but for noise."""
    own = torch.randn(3, D, generator=random)
    rows = own + noise * torch.randn(faces, 3, D, generator=random)
    asked = torch.arange(3).expand(faces, 3)
    nothing = torch.zeros(faces, 1, D)
    return Responses(torch.randn(faces, D, generator=random), rows, asked, nothing, nothing), own


@pytest.fixture
def codes(random) -> tuple[torch.Tensor, torch.Tensor]:
    """Three normals, and normalised codes."""
    return torch.randn(3, D, generator=random), torch.randn(N, D, generator=random)


ALL = torch.arange(3)


def fitted(responses, normals, codes, config=CONFIG, floor=0.02, which=ALL, area=1.0) -> torch.Tensor:
    root = torch.linalg.cholesky(covariance_of(codes, floor))
    costs = costs_of(responses, normals[which], root, config, area)
    return fit_corrected(costs, responses, normals[which], which, root, config)


def test_only_what_is_asked_for_changes(codes, random):
    responses, own = some_responses(random)
    directions = fitted(responses, *codes)
    assert torch.allclose(own @ directions.t(), torch.eye(3), atol=0.02)
    assert predicted_leakage(directions, ALL, responses) < 0.02 < predicted_leakage(own, ALL, responses)


def test_some_attributes_are_fitted_as_among_all(codes, random):
    responses, _ = some_responses(random)
    config, some = replace(CONFIG, penalty=1e-2), torch.tensor([2, 0])
    few, all_of_them = (fitted(responses, *codes, config, which=which) for which in (some, ALL))
    assert torch.allclose(few, all_of_them[some], atol=1e-4)


def test_it_is_the_least_cost_of_all_directions_that_do_as_much(codes, random):
    responses, _ = some_responses(random, noise=0.5)
    config = replace(CONFIG, penalty=0.05)
    d = fitted(responses, *codes, config)[0].double()
    rows = responses.gradients.flatten(0, 1).double()
    cost, covariance = rows.t() @ rows / len(rows), covariance_of(codes[1], 0.02).double()
    g = responses.gradients[:, 0].double().mean(0)
    b = codes[0][0].double() / (codes[0][0].double() @ g)
    weight = config.penalty * (cost * covariance).sum()

    def price(direction):
        gap = direction - b
        return direction @ cost @ direction + weight * gap @ torch.linalg.solve(covariance, gap)

    assert torch.isclose(d @ g, torch.tensor(1.0).double(), atol=1e-4)
    for _ in range(20):
        step = torch.randn(D, generator=random).double()
        step = 0.05 * (step - g * (step @ g) / (g @ g))
        assert price(d + step) > price(d)


def test_every_attribute_is_corrected_in_its_own_region_and_leakage_is_predicted_on_validation_faces(codes, random):
    parts = [some_responses(random, noise=0.5)[0] for _ in range(2)]
    both = replace(
        parts[0],
        **{
            name: torch.stack([getattr(part, name).half() for part in parts], 2)
            for name in ("gradients", "identity", "colours")
        },
    )
    regions, config = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), replace(CONFIG, penalty=1e-2)
    fit = fit_by_region(both, *codes, regions, torch.tensor([0.2, 0.5]), config)
    for at, part in enumerate(parts):
        which = regions[:, at].nonzero().flatten()
        assert torch.allclose(fit.directions[which], fitted(part, *codes, config)[which], atol=0.01)
    cut = 32
    fitted_to = [fitted(part.of(slice(cut)), *codes, config) for part in parts]
    predicted = sum(
        predicted_leakage(fitted_to[at][k : k + 1], torch.tensor([k]), parts[at].of(slice(cut, None))) / 3
        for k, at in enumerate((0, 1, 0))
    )
    assert fit.leakage == pytest.approx(predicted, rel=0.02)


def test_a_high_price_leaves_the_normal(codes, random):
    responses, own = some_responses(random)
    directions = fitted(responses, *codes, replace(CONFIG, penalty=1e6))
    assert torch.nn.functional.cosine_similarity(directions, codes[0]).abs().min() > 0.999
    assert torch.allclose((directions * own).sum(1), torch.ones(3), atol=1e-3)


def test_corrections_go_where_codes_vary(codes, random):
    normals, still = codes[0].clone(), codes[1].clone()
    normals[:, 8:] = 0
    still[:, 8:] *= 1e-3  # codes hardly vary there
    responses, _ = some_responses(random)
    config = replace(CONFIG, penalty=1e-2)
    moving, kept = (fitted(responses, normals, part, config, floor=1e-6) for part in (codes[1], still))
    assert moving[:, 8:].abs().max() > 0.05 > 10 * kept[:, 8:].abs().max()


def test_noise_is_predicted_to_leak(codes, random):
    quiet, noisy = (some_responses(random, noise=noise)[0] for noise in (0.0, 3.0))
    predicted = [predicted_leakage(fitted(found, *codes), ALL, found) for found in (quiet, noisy)]
    assert predicted[1] > predicted[0] + 0.1


@pytest.mark.parametrize("what", ["identity", "colours"])
def test_who_it_is_and_colours_are_kept(codes, random, what):
    responses, own = some_responses(random)
    shared = torch.randn(1, D, generator=random) * 5
    minded = replace(responses, **{what: shared.expand(40, 1, D)})
    free, held = (fitted(part, *codes) for part in (responses, minded))
    assert (held @ shared[0]).abs().max() < 0.1 * (free @ shared[0]).abs().max()
    assert torch.allclose((held * own).sum(1), torch.ones(3), atol=0.02)


def test_colours_cost_what_they_change_in_the_region(codes, random):
    minded = replace(some_responses(random)[0], colours=torch.randn(1, D, generator=random).expand(40, 1, D))
    small = fitted(minded, *codes, replace(CONFIG, colours=1.0), area=0.1)
    assert torch.allclose(small, fitted(minded, *codes, replace(CONFIG, colours=10.0)), atol=1e-4)


def test_hair_is_corrected_as_if_everywhere_and_the_rest_in_its_region():
    mustache, bangs = corrected_in(["Mustache", "Bangs"])
    assert 0 < mustache.sum() < len(mustache) and bangs.all()
    assert torch.equal(mustache, parts_of(["Mustache"])[0]) and not parts_of(["Bangs"]).all()
