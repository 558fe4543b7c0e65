"""The edit that preserves the rest of a face, as a method that is compared: the picture of every trial is looked at."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from editor.edit.apply import Start, apply_edit
from editor.edit.directions import Directions
from editor.edit.kept import Conditions, Kept
from editor.edit.preserving import Wish, searching
from editor.edit.regions import Regions
from editor.flow import RealNVP
from editor.judge.attributes import AttributeClassifier
from editor.spaces import Codes, MaskedCodes, Space, WPlus, WStar, together


@dataclass(eq=False)
class PreservingEdit:
    """The editor's local edit with `editor.edit.preserving`, in one space. It remembers what it found on the last face.

    Attributes:
        space: where edits are made.
        flow: T.
        directions: of both spaces. An amount of 1 is one step of theirs.
        regions: where their attributes lie.
        draw: codes of one picture -> [1, 3, R, R] in about [-1, 1]; small ones will do.
        classifier: the training classifier.
    """

    space: Space
    flow: RealNVP
    directions: Directions
    regions: Regions
    draw: Callable[[Codes], torch.Tensor]
    classifier: AttributeClassifier
    _face: bytes = b""
    _before: torch.Tensor = field(default_factory=lambda: torch.zeros(0))
    _kept: Kept = field(default_factory=Kept)

    def __call__(self, w_plus: WPlus, k: int, amounts: torch.Tensor) -> Codes:
        """Codes [B, 18, 512] moved along attribute k by amounts [B], as masked codes of as many pictures."""
        pairs = zip(w_plus.split(1), amounts.tolist(), strict=True)
        return together(_alike([self._of_one(WPlus(code), k, amount) for code, amount in pairs]))

    def _of_one(self, code: WPlus, k: int, amount: float) -> MaskedCodes:
        name, names = self.directions.attributes[k], self.directions.attributes
        with torch.inference_mode():
            start = Start(code, WStar(self.flow(code)))
        if code.numpy().tobytes() != self._face:
            self._face, self._before, self._kept = code.numpy().tobytes(), self._seen(code), Kept()

        def codes(beside: dict[str, float]) -> MaskedCodes:
            asked, others = (torch.zeros(len(names)), torch.zeros(len(names)))
            asked[k] = amount
            for other, moved in beside.items():
                others[names.index(other)] = moved
            number = torch.tensor([k]) if not beside else None
            made = apply_edit(start, asked, self.space, self.flow, self.directions, self.regions, number, others)
            assert isinstance(made, MaskedCodes)
            return made

        conditions, strengths = Conditions(self.space), ((name, amount),)
        if amount and name in self.classifier.attributes and not self._kept.knows(conditions, strengths):
            wish = Wish(self.classifier.attributes, dict(strengths))
            known = self._kept.known_answers(conditions, strengths)
            look = lambda beside: self._seen(codes(dict(beside))) - self._before  # noqa: E731
            for found in searching(look, wish, set(names), known):
                self._kept = self._kept.with_found(conditions, strengths, found)
        return codes(self._kept.near(conditions, strengths))

    def _seen(self, codes: Codes) -> torch.Tensor:
        return self.classifier.glance(self.draw(codes))


def _alike(parts: list[MaskedCodes]) -> list[MaskedCodes]:
    """The same pictures with as many codes each: those with fewer get codes that are seen nowhere."""
    most = max(part.codes.shape[1] for part in parts)
    alike = []
    for part in parts:
        more = most - part.codes.shape[1]
        codes = torch.cat([part.codes, part.codes[:, -1:].expand(-1, more, -1, -1)], 1)
        masks = torch.cat([part.masks, torch.zeros_like(part.masks[:, :1]).expand(-1, more, -1, -1)], 1)
        alike.append(MaskedCodes(codes, masks))
    return alike
