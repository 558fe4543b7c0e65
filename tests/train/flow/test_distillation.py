"""Soft labels are out of fold, and T learns more from them than from labels that err."""

from dataclasses import replace

import pytest
import torch

from editor.classify.linear import fit_linear
from editor.data.codes import LabelledCodes
from editor.errors import SettingError
from editor.flow import FlowConfig
from editor.spaces import WPlus
from editor.train.flow.classifiers import DISTILLATION_C, fit_classifiers, frozen_classifiers, soft_labels_of
from editor.train.flow.distillation import DistillationConfig, Perturbed, out_of_fold_labels
from editor.train.flow.recipes import FlowTraining
from editor.train.flow.training import train_flow
from editor.train.history import Run

NOBODY = torch.empty(0, dtype=torch.long)


def test_no_probe_labels_a_person_that_it_was_fitted_on(random):
    """Labels are chance, the same for all pictures of a person: whoever knows a person is right, whoever does not guesses."""
    people = torch.arange(60).repeat_interleave(5)
    labels = (torch.rand(60, 2, generator=random) > 0.5)[people]
    features = torch.randn(60, 80, generator=random)[people] + 0.1 * torch.randn(300, 80, generator=random)
    config = DistillationConfig(c=10.0)
    found = out_of_fold_labels([features, features], labels, people, NOBODY, config)
    known = fit_linear(features, labels, config.c, "logistic")(features)
    assert ((known > 0) == labels).float().mean() > 0.99
    assert 0.3 < ((found > 0.5) == labels).float().mean() < 0.7
    assert found.shape == labels.shape and 0 < found.min() < found.max() < 1


def test_what_features_show_is_labelled(random):
    features = torch.randn(400, 6, generator=random)
    labels = features[:, :2] + 0.3 * torch.randn(400, 2, generator=random) > 0
    found = out_of_fold_labels([features], labels, torch.arange(400), NOBODY, DistillationConfig(c=1.0))
    assert ((found > 0.5) == labels).float().mean() > 0.85


def test_labels_of_validation_people_reach_no_probe(random):
    features = torch.randn(200, 6, generator=random)
    labels, people = features[:, :2] > 0, torch.arange(200)
    validation = torch.arange(0, 200, 4)
    found = out_of_fold_labels([features], labels, people, validation, DistillationConfig(c=1.0))
    flipped = torch.where(torch.isin(people, validation)[:, None], ~labels, labels)
    assert torch.equal(out_of_fold_labels([features], flipped, people, validation, DistillationConfig(c=1.0)), found)
    assert ((found[validation] > 0.5) == labels[validation]).float().mean() > 0.9, "and yet they are labelled"
    assert not torch.equal(out_of_fold_labels([features], flipped, people, NOBODY, DistillationConfig(c=1.0)), found)


def test_an_attribute_that_one_person_has_cannot_be_labelled(random):
    labels = torch.arange(50)[:, None] == 3
    with pytest.raises(SettingError, match="Too few people"):
        out_of_fold_labels([torch.randn(50, 4, generator=random)], labels, torch.arange(50), NOBODY)


def test_views_are_the_same_for_a_seed_and_differ_a_little(random):
    faces = torch.rand(4, 3, 32, 32, generator=random) * 2 - 1
    one, again, other = (Perturbed(seed, 0.5)(faces) for seed in (0, 0, 1))
    assert torch.equal(one, again) and not torch.equal(one, other)
    assert one.shape == faces.shape and one.abs().max() <= 1


@pytest.fixture
def codes(random) -> LabelledCodes:
    """Codes whose labels err a fifth of the time; soft labels are right. A view is the code with another's noise."""
    w_plus = torch.randn(500, 2, 4, generator=random)
    truth = w_plus[:, :, 0] > 0
    labels = truth ^ (torch.rand(500, 2, generator=random) < 0.2)
    views = w_plus[:, None] + 0.01 * torch.randn(500, 3, 2, 4, generator=random)
    return LabelledCodes(WPlus(w_plus), labels, torch.arange(500), ("a", "b"), "hash", (), truth * 0.8 + 0.1, views)


CONFIG = FlowTraining(
    distilled=True,
    stretch=3.0,
    epochs=30,
    decay=0.0,
    preservation=0.1,
    batch=50,
    rate=3e-3,
    model=FlowConfig(2, 16, layers=2, channels=4),
)


def test_soft_labels_and_views_go_where_their_faces_go(codes, random):
    some = codes.take(torch.tensor([7, 3]))
    assert some.soft_labels is not None and some.views is not None
    assert torch.equal(some.soft_labels, codes.soft_labels[[7, 3]]) and torch.equal(some.views, codes.views[[7, 3]])
    seen = [codes.with_random_views(random).w_plus for _ in range(2)]
    assert not torch.equal(*seen) and (seen[0] - codes.w_plus).abs().max() < 0.1
    shares = torch.stack(
        [(seen[0] == view).flatten(1).all(1).float().mean() for view in (codes.w_plus, *codes.views.unbind(1))]
    )
    assert shares.sum() == 1 and shares.min() > 0.15, "each view as often as the code itself"
    plain = replace(codes, views=None)
    assert plain.with_random_views(random) is plain


def test_t_spreads_codes_along_the_normals_and_follows_soft_labels(codes, tmp_path):
    train, validation = codes.by_person(0.2, 0)
    numbers = train.w_plus.flatten(1)
    classifiers = frozen_classifiers(CONFIG, fit_linear(numbers, soft_labels_of(train), 0.1, "logistic"), numbers, train.labels)
    flow = train_flow(CONFIG, Run(tmp_path, CONFIG), classifiers, train, validation)
    with torch.no_grad():
        numbers = flow(validation.w_plus).flatten(1)
    along = [part @ classifiers.normals().t() for part in (flow.normalise(validation.w_plus), numbers)]
    assert (along[1].std(0) > 1.3 * along[0].std(0)).all()
    assert classifiers.accuracy(numbers, soft_labels_of(validation) > 0.5).mean() > 0.9


def test_stretched_classifiers_only_become_less_sure(codes, random):
    numbers = codes.w_plus.flatten(1)
    fitted = fit_linear(numbers, codes.labels, 1.0, "logistic")
    stretched = frozen_classifiers(CONFIG, fitted, numbers, codes.labels)
    assert torch.allclose(stretched.normals(), fitted.normals(), atol=1e-6)
    assert torch.allclose(stretched.weights * 3, fitted.weights) and torch.equal(stretched.intercepts, fitted.intercepts)


def test_classifiers_are_fitted_to_soft_labels(codes):
    train, validation = codes.by_person(0.2, 0)
    c, classifiers = fit_classifiers(CONFIG, train, validation)
    truth = soft_labels_of(validation) > 0.5
    flipped = replace(train, labels=~train.labels)
    assert c == DISTILLATION_C and torch.equal(fit_classifiers(CONFIG, flipped, validation)[1].weights, classifiers.weights)
    scores = classifiers(validation.w_plus.flatten(1))
    assert all((scores[has, k].mean() - scores[~has, k].mean()) > 0 for k, has in enumerate(truth.t()))


def test_codes_without_soft_labels_are_refused(codes):
    with pytest.raises(SettingError, match="--data"):
        soft_labels_of(replace(codes, soft_labels=None))
