"""The evaluation classifier and the likeness network on a CPU: OpenVINO looks at a picture three times as fast as PyTorch.

One thread looks, the one that asks: two are hardly faster, a thread that stands back (`editor.devices.priority`) goes on doing
so, and the other cores draw meanwhile.
"""

import threading
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from editor.compiled.converted import weights_hash
from editor.compiled.static import StaticGraph
from editor.devices.memory import copied
from editor.errors import is_out_of_memory
from editor.images import shrink
from editor.judge.attributes import AttributeClassifier
from editor.judge.backbone import WIDE_SIDE, HasFeatures, WideFeatures, of_faces, of_things
from editor.judge.likeness import SIDE, Distances, Likeness, LikenessNet, Seen, frame

FORM = "judge-1"
"""Part of the names of kept networks; changes whenever one of them computes something else."""
SLOWER = "The networks that look at pictures could not be compiled, so PyTorch runs them: three times as slow. {error}"


class CpuJudge:
    """Looks at pictures by PyTorch until `prepare` has compiled the networks. May be called by several threads.

    What it finds has no gradients once it is prepared.

    Args:
        classifier: reads `WideFeatures` of this likeness network; another one, or None, is left as it is.
        likeness: on the CPU.
        kept: folder to keep the converted networks in; None: they are converted at every start, which takes five seconds.

    >>> judge = CpuJudge(editor.models.classifier, editor.models.likeness)
    >>> faces = portrait.detail.small
    >>> judge.compare(faces, faces).pixel, judge.classifier(faces).shape
    (tensor([0.]), torch.Size([1, 40]))
    """

    def __init__(self, classifier: AttributeClassifier | None, likeness: Likeness, kept: Path | None = None):
        self._likeness, self._kept = likeness, kept
        self._wide = classifier.features if classifier and isinstance(classifier.features, WideFeatures) else None
        self.classifier = replace(classifier, features=self.features) if classifier and self._wide else classifier
        self._compiled: _Compiled | None = None
        self._turn = threading.Lock()

    def prepare(self) -> None:
        """Compile the networks; where that fails for another reason than memory, PyTorch goes on.

        >>> CpuJudge(None, editor.models.likeness).prepare()
        """
        with self._turn:
            if self._compiled:
                return
            try:
                self._compiled = _Compiled(self._wide and self._wide.backbone, self._likeness.net, self._kept)
            except RuntimeError as error:  # a version of PyTorch or OpenVINO that knows other operations
                if is_out_of_memory(error):
                    raise
                warnings.warn(SLOWER.format(error=error), stacklevel=2)

    def features(self, faces: torch.Tensor) -> torch.Tensor:
        """What the evaluation classifier reads, faces [B, 3, R, R] in [-1, 1] -> [B, D]."""
        assert self._wide
        return self._compiled.features(faces) if self._compiled else self._wide(faces)

    def compare(self, faces: torch.Tensor, targets: torch.Tensor) -> Distances:
        """How far faces [B, 3, R, R] in [-1, 1] are from as many targets, or from one, [B] each.

        >>> judge = CpuJudge(None, editor.models.likeness)
        >>> judge.compare(portrait.detail.small.expand(2, -1, -1, -1), portrait.detail.small).perceptual
        tensor([0., 0.])
        """
        if not self._compiled:
            return self._likeness(faces, targets)
        return self._likeness.between(self._compiled.see(faces), self._compiled.see(targets))


class _Compiled:
    """Both networks for one picture at a time.

    Args:
        backbone: the classifier's own; None: there is no classifier.
    """

    def __init__(self, backbone: HasFeatures | None, net: nn.Module, kept: Path | None):
        assert isinstance(net, LikenessNet) and (backbone is None or isinstance(backbone, nn.Module))

        def compiled(name: str, read: Callable[[Any], nn.Module], network: nn.Module, side: int) -> StaticGraph:
            place = kept and kept / f"{FORM}-{name}-{weights_hash(network)[:16]}"
            own = copied(network, lambda tensor: tensor)  # which the converter may change
            return StaticGraph(lambda: read(own), [torch.zeros(1, 3, side, side)], place, threads=1)

        self._things = backbone and compiled("things", _Things, backbone, WIDE_SIDE)
        self._faces = compiled("faces", _Faces, net, SIDE)
        seen = self._faces(torch.zeros(1, 3, SIDE, SIDE))
        self._summary = backbone and StaticGraph(_Summary, seen, kept and kept / f"{FORM}-summary", threads=1)

    def features(self, faces: torch.Tensor) -> torch.Tensor:
        """What `WideFeatures` gives."""
        assert self._things and self._summary
        rows = []
        for face in shrink(faces, WIDE_SIDE).float().split(1):
            rows.append(torch.cat([*self._things(face), *self._summary(*self._faces(frame(face)))], 1))
        return torch.cat(rows)

    def see(self, faces: torch.Tensor) -> Seen:
        """What `Likeness.see` gives."""
        found = [self._faces(shown) for shown in frame(faces.float()).split(1)]
        embedding, *taps = (torch.cat(pieces) for pieces in zip(*found, strict=True))
        return Seen(faces, embedding, taps)


class _Things(nn.Module):
    """Faces [1, 3, R, R] in [-1, 1] -> what the classifier reads of the backbone's maps, [1, D]."""

    def __init__(self, backbone: nn.Module):
        super().__init__()
        self._backbone = backbone

    def forward(self, faces: torch.Tensor) -> torch.Tensor:
        return of_things(self._backbone.features(faces))  # pyright: ignore[reportCallIssue]


class _Faces(nn.Module):
    """What is shown of faces, [1, 3, R, R] in [-1, 1] -> the embedding and the taps."""

    def __init__(self, net: LikenessNet):
        super().__init__()
        self._net = net

    def forward(self, shown: torch.Tensor) -> tuple[torch.Tensor, ...]:
        embedding, taps = self._net.look(shown)
        return embedding, *taps


class _Summary(nn.Module):
    """The embedding and the taps -> what the classifier reads of them, [1, D]: PyTorch takes as long for it as for the taps."""

    def forward(self, embedding: torch.Tensor, *taps: torch.Tensor) -> torch.Tensor:
        return of_faces(embedding, taps)
