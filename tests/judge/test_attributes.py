"""The judge of attributes: kept and read back as it was, and what it is measured by."""

import pytest
import torch
from safetensors.torch import save_file

from editor.errors import WeightsError
from editor.judge.attributes import AttributeClassifier, read_classifier, write_classifier
from editor.judge.backbone import QuickFeatures, WideFeatures
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
