"""The judge of attributes: kept and read back as it was, and what it is measured by."""

import pytest
import torch
from efficientnet_lite_pytorch import EfficientNet
from safetensors.torch import save_file

from editor.errors import WeightsError
from editor.judge.attributes import AttributeClassifier, read_classifier, write_classifier
from editor.judge.backbone import (
    Backbone,
    QuickFeatures,
    WideFeatures,
    read_training_classifier,
    write_training_classifier,
)
from editor.judge.likeness import Seen


class Flat:
    """A backbone whose features are the face, shrunk."""

    def features(self, faces):
        return [torch.nn.functional.avg_pool2d(faces, 64)]


@pytest.fixture
def judge(random) -> AttributeClassifier:
    features = QuickFeatures(Flat())
    count = features(torch.zeros(1, 3, 128, 128)).shape[1]
    numbers = [torch.rand(*shape, generator=random) + 0.5 for shape in ((count,), (count,), (2, count), (2,), (2,), (2,), (2,))]
    *probe, line, deviation = numbers
    return AttributeClassifier(features, *probe, threshold=line, logit_std=deviation, attributes=("Smiling", "Young"))


def test_a_judge_scores_as_before_when_read_back(judge, tmp_path, random):
    faces = torch.rand(3, 3, 128, 128, generator=random)
    write_classifier(judge, tmp_path / "judge.safetensors")
    again = read_classifier(tmp_path / "judge.safetensors", judge.features)
    assert again.attributes == ("Smiling", "Young")
    assert torch.allclose(again(faces), judge(faces), rtol=1e-2, atol=1e-2) and judge(faces).shape == (3, 2)


def test_a_glance_has_logits_that_no_mirror_changes_and_the_features_behind_them(judge, random):
    face = torch.rand(1, 3, 128, 128, generator=random) * 2 - 1
    one, other = judge.glance(face), judge.glance(face.flip(-1))
    assert len(one) == 2 + len(judge.mean) and torch.allclose(one[:2], other[:2], atol=1e-5)
    both = (judge(face) + judge(face.flip(-1)))[0] / 2 / judge.logit_std
    assert torch.allclose(one[:2], both, atol=1e-5)
    assert torch.allclose(one[2:], ((judge.features(face)[0] - judge.mean) / judge.std).clamp(-6, 6), atol=1e-4)


def test_a_training_classifier_is_kept_with_its_network(tmp_path, random):
    torch.manual_seed(0)
    backbone = Backbone(EfficientNet.from_name("efficientnet-lite0").state_dict())
    features, faces = QuickFeatures(backbone), torch.rand(2, 3, 128, 128, generator=random)
    count = features(faces).shape[1]
    parts = dict(mean=torch.zeros(count), std=torch.ones(count), weights=torch.rand(1, count, generator=random) / count)
    measured = dict(intercepts=torch.zeros(1), prevalence=torch.ones(1), threshold=torch.ones(1), logit_std=torch.ones(1))
    classifier = AttributeClassifier(features, **parts, **measured, attributes=("Smiling",))
    write_training_classifier(classifier, tmp_path / "own.safetensors")
    again = read_training_classifier(tmp_path / "own.safetensors")
    assert torch.allclose(again(faces), classifier(faces), rtol=0.02, atol=1e-3)


def test_wide_features_see_both_networks(random):
    class Deep(Flat):
        def features(self, faces):
            return [torch.nn.functional.avg_pool2d(faces, size) for size in (32, 16)]

    class Knows:
        def see(self, faces):
            return Seen(faces, faces[:, 0, 0, :5], [faces[..., ::8, ::8]])

    wide = WideFeatures(Deep(), Knows())  # type: ignore[arg-type]
    seen = wide(torch.rand(2, 3, 300, 300, generator=random))
    assert seen.shape == (2, 2 * (3 + 3) + 3 * 16 + 3 * 25 + 5 + 2 * 3 + 3 * 16)


def test_another_file_is_refused(tmp_path, judge):
    save_file({"weights": torch.zeros(1)}, tmp_path / "wrong.safetensors")
    with pytest.raises(WeightsError, match="classifier"):
        read_classifier(tmp_path / "wrong.safetensors", judge.features)
