"""Features of a face for the classifiers of attributes: EfficientNet-Lite0's at four depths.

The evaluation classifier's network is as it came from ImageNet (Apache-2.0), and its features are joined by those of the
likeness network. The training classifier has a network of its own, which went on learning on labelled faces.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

from editor.images import shrink
from editor.judge.attributes import AttributeClassifier, classifier_of, read_classifier, write_classifier
from editor.judge.likeness import Likeness, read_likeness
from editor.weights import WeightStore
from editor.weights.tensors import Tensors, filled, read_as

ENTRY = "efficientnet-lite0"
FILE = "efficientnet-lite0-57934424.pth"
"""The weights, in the folder of their package."""
QUICK_SIDE, WIDE_SIDE = 128, 224
"""Sides in pixels of the faces that the training and the evaluation classifier look at."""
TAPS = (2, 4, 10, 14)
"""Blocks after which features are read: 1/4, 1/8, 1/16 and 1/32 of the side."""
AFTER = ("_conv_head.", "_bn1.", "_fc.", f"_blocks.{TAPS[-1] + 1}.")
"""What the names of tensors that follow the last tap begin with."""
NETWORK = "network."
"""What the names of the network's own tensors begin with, in the file of a classifier that has one."""


class Backbone(nn.Module):
    """Faces [B, 3, R, R] in [-1, 1] -> features; frozen."""

    def __init__(self, tensors: Tensors):
        """Take the tensors of an EfficientNet-Lite0. What follows the last tap may be among them and is left out."""
        super().__init__()
        read = {name: value for name, value in tensors.items() if not name.startswith(AFTER)}
        self.backbone = filled(lambda: trimmed(TAPS[-1]), read)
        self.eval()

    def train(self, mode: bool = True) -> "Backbone":
        """Stay in eval mode whatever a trainer does."""
        return super().train(False)

    def features(self, faces: torch.Tensor) -> list[torch.Tensor]:
        """The features of faces [B, 3, R, R] in [-1, 1] at each tap, [B, C, R/4, R/4] to [B, C, R/32, R/32].

        The network's own input normalisation is (x - 0.5) / 0.5 to within 2 %.
        """
        net = self.backbone
        x = net._swish(net._bn0(net._conv_stem(faces)))
        taps = []
        for index, block in enumerate(net._blocks[: TAPS[-1] + 1]):
            x = block(x)
            if index in TAPS:
                taps.append(x)
        return taps


def trimmed(last: int) -> EfficientNet:
    """An EfficientNet-Lite0 with random weights, and with nothing that follows its block `last`.

    >>> len(trimmed(last=4)._blocks)
    5
    """
    network = EfficientNet.from_name("efficientnet-lite0")
    network._blocks = network._blocks[: last + 1]
    del network._conv_head, network._bn1, network._fc
    return network


class HasFeatures(Protocol):
    """A network whose feature maps can be read."""

    def features(self, faces: torch.Tensor) -> list[torch.Tensor]:
        """Feature maps [B, C, H, W] from shallow to deep."""
        ...


def pooled(maps: Sequence[torch.Tensor]) -> torch.Tensor:
    """Mean and standard deviation over the frame of every map, [B, C_i, H_i, W_i] each -> [B, 2 sum C_i].

    >>> pooled([torch.tensor([[[[1.0, 1.0], [3.0, 3.0]]]]), torch.zeros(1, 1, 8, 8)])
    tensor([[2.0000, 1.1547, 0.0000, 0.0000]])
    """
    return torch.cat([value for m in maps for value in (m.float().mean((2, 3)), m.float().std((2, 3)))], 1)


class QuickFeatures(nn.Module):
    """What the training classifier reads, faces [B, 3, R, R] in [-1, 1] -> [B, D]: EfficientNet's features at 128 px."""

    def __init__(self, backbone: HasFeatures):
        super().__init__()
        self.backbone = backbone

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Faces [B, 3, R, R] in [-1, 1] -> features [B, D]."""
        maps = self.backbone.features(shrink(faces, QUICK_SIDE))
        # where in the frame things are: the deepest map is 4 x 4, and hats are above chins
        return torch.cat([pooled(maps), maps[-1].float().flatten(1)], 1)


class WideFeatures(nn.Module):
    """What the evaluation classifier reads, faces [B, 3, R, R] in [-1, 1] -> [B, D].

    EfficientNet's features at 224 px, and those of a network that knows faces.
    """

    def __init__(self, backbone: HasFeatures, likeness: Likeness):
        super().__init__()
        self.backbone, self.likeness = backbone, likeness

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        """Faces [B, 3, R, R] in [-1, 1] -> features [B, D]."""
        faces = shrink(faces, WIDE_SIDE)
        _, embedding, taps = self.likeness.see(faces)
        return torch.cat([of_things(self.backbone.features(faces)), of_faces(embedding, taps)], 1)


def of_things(maps: Sequence[torch.Tensor]) -> torch.Tensor:
    """What the evaluation classifier reads of a backbone's maps, [B, C_i, H_i, W_i] each -> [B, D].

    >>> of_things([torch.zeros(2, 4, 14, 14), torch.zeros(2, 8, 7, 7)]).shape  # (4 + 8) x 2 + 8 x 4 x 4 + 4 x 5 x 5
    torch.Size([2, 252])
    """
    grids = [F.adaptive_avg_pool2d(m.float(), cells).flatten(1) for m, cells in ((maps[-1], 4), (maps[-2], 5))]
    return torch.cat([pooled(maps), *grids], 1)


def of_faces(embedding: torch.Tensor, taps: Sequence[torch.Tensor]) -> torch.Tensor:
    """What it reads of the likeness network's embedding [B, 1024] and features at its taps, [B, C_i, H_i, W_i] each -> [B, D].

    >>> of_faces(torch.zeros(2, 1024), [torch.zeros(2, 8, 10, 10)]).shape  # 1024 + 8 x 2 + 8 x 4 x 4
    torch.Size([2, 1168])
    """
    return torch.cat([embedding, pooled(taps), F.adaptive_avg_pool2d(taps[-1].float(), 4).flatten(1)], 1)


def read_backbone(store: WeightStore) -> Backbone:
    """The network as it came from ImageNet; the weights are fetched where they are missing.

    Raises:
        WeightsError: the file is missing, unreachable or wrong.

    >>> len(read_backbone(store).features(portrait.detail.small))
    4
    """
    return Backbone(imagenet_tensors(store))


def imagenet_tensors(store: WeightStore) -> Tensors:
    """All weights of EfficientNet-Lite0 as it came from ImageNet, fetched where they are missing.

    Raises:
        WeightsError: the file is missing, unreachable or wrong.

    >>> imagenet_tensors(store)["_conv_stem.weight"].shape
    torch.Size([32, 3, 3, 3])
    """
    return torch.load(store.path(ENTRY) / FILE, map_location="cpu", weights_only=True)


def wide_features(store: WeightStore) -> WideFeatures:
    """The features that the evaluation classifier reads; the weights are fetched where they are missing.

    Raises:
        WeightsError: a file is missing, unreachable or wrong.

    >>> wide_features(store)(portrait.detail.small).ndim
    2
    """
    return WideFeatures(read_backbone(store), read_likeness(store.path("likeness")))


def open_evaluation_classifier(store: WeightStore) -> AttributeClassifier:
    """The classifier that says what an edit changed.

    It also calibrates step lengths, on training faces. No encoder, flow or direction is fitted to it.

    Raises:
        WeightsError: a file is missing, unreachable or wrong.

    >>> len(open_evaluation_classifier(store).attributes)
    40
    """
    return read_classifier(store.path("evaluation-classifier"), wide_features(store))


def write_training_classifier(classifier: AttributeClassifier, path: Path) -> None:
    """Save a classifier that reads `QuickFeatures` of a `Backbone`, together with that network.

    >>> training = open_training_classifier(store)
    >>> write_training_classifier(training, folder / "training-classifier.safetensors")
    >>> read_training_classifier(folder / "training-classifier.safetensors").attributes == training.attributes
    True
    """
    assert isinstance(classifier.features, QuickFeatures) and isinstance(classifier.features.backbone, Backbone)
    network = classifier.features.backbone.backbone.state_dict()
    write_classifier(classifier, path, {NETWORK + name: value for name, value in network.items()})


def read_training_classifier(path: Path) -> AttributeClassifier:
    """The classifier that `write_training_classifier` saved.

    Raises:
        WeightsError: the file is another kind of file.

    >>> write_classifier(classifier, folder / "classifier.safetensors")
    >>> read_training_classifier(folder / "classifier.safetensors")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.WeightsError: .../classifier.safetensors does not hold a training classifier: ...
    """

    def build(tensors: Tensors, about: dict[str, str]) -> AttributeClassifier:
        own = {name.removeprefix(NETWORK): value for name, value in tensors.items() if name.startswith(NETWORK)}
        return classifier_of(tensors, about, QuickFeatures(Backbone(own)))

    return read_as(path, "a training classifier", build)


def open_training_classifier(store: WeightStore) -> AttributeClassifier:
    """The quicker classifier that training, and preserving other attributes, is steered by. It measures nothing.

    Raises:
        WeightsError: a file is missing, unreachable or wrong.

    >>> len(open_training_classifier(store).attributes)
    40
    """
    return read_training_classifier(store.path("training-classifier"))


def open_classifiers(store: WeightStore, likeness: Likeness) -> tuple[AttributeClassifier, AttributeClassifier]:
    """The evaluation and the training classifier.

    Args:
        likeness: the network of the entry `likeness`, which the evaluation classifier looks through too.

    Raises:
        WeightsError: a file is missing, unreachable or wrong.

    >>> evaluation, training = open_classifiers(store, editor.models.likeness)
    >>> evaluation.attributes == training.attributes
    True
    """
    wide = WideFeatures(read_backbone(store), likeness)
    return read_classifier(store.path("evaluation-classifier"), wide), open_training_classifier(store)
