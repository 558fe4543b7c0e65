"""The classifiers of attributes: what they are measured by, and their thresholds on generated faces."""

import pytest
import torch

from editor.judge.attributes import AttributeClassifier
from editor.spaces import WPlus
from editor.train.classifier.training import area_under_curve, on_generated_faces


def test_the_area_under_the_curve_counts_pairs_and_ties_as_halves():
    scores, labels = torch.tensor([[1.0, 0], [2, 0], [2, 0], [3, 0]]), torch.tensor([[0, 1], [1, 0], [0, 0], [1, 1]]).bool()
    assert area_under_curve(scores, labels).tolist() == pytest.approx([3.5 / 4, 0.5])


@pytest.mark.parametrize("everybody", [True, False])
def test_where_all_are_alike_there_is_no_area(everybody):
    assert area_under_curve(torch.rand(4, 1), torch.full((4, 1), everybody)).isnan().all()


def test_thresholds_and_stds_are_those_of_generated_faces(random):
    faces = torch.rand(40, 1, 1, 6, generator=random)
    codes = WPlus(torch.arange(40.0)[:, None, None])
    numbers = [torch.rand(*shape, generator=random) + 0.5 for shape in ((6,), (6,), (2, 6), (2,))]
    shares, nothing = torch.tensor([0.25, 0.5]), torch.zeros(2)
    classifier = AttributeClassifier(torch.nn.Flatten(), *numbers, shares, ("a", "b"), nothing, nothing)
    measured = on_generated_faces(classifier, lambda code: faces[int(code)][None], codes)
    logits = classifier(faces)
    assert torch.allclose(measured.logit_std, logits.std(0), rtol=1e-4)
    assert torch.allclose((logits > measured.threshold).float().mean(0), shares, atol=0.03)
