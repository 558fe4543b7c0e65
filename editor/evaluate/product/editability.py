"""Whether codes can still be edited: how often one calibrated step makes the judge change its mind.

    flips = share of (face, attribute) whose side changes when the face is moved one unit to the other side

measured alike on faces the generator draws (what edits are like at best), on the encoder's codes of photos, and on refined
ones. The judge's line between the sides is where as many drawn faces have the attribute as photos do: its own line was
drawn for photos. Small images serve, as while a slider moves: the judge sees 128 px.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from tqdm import tqdm

from editor.actions.render import edited_code
from editor.edit.attributes import BEST
from editor.generate.trunk import LoRA
from editor.judge.attributes import AttributeClassifier, thresholds
from editor.pipeline import Editor
from editor.spaces import SPACES, Codes, Space, WPlus

Inversion = tuple[WPlus, LoRA | None]
"""A code, [1, 18, 512], and what its generator is changed by."""


@dataclass(frozen=True, eq=False)
class Editability:
    """Flips of one group of faces in each space, over the dozen main attributes, and by attribute.

    `*_ci95` is half the width of a 95 % confidence interval over the faces.
    """

    n: int
    w_plus: float
    w_plus_ci95: float
    w_star: float
    w_star_ci95: float
    by_attribute: dict[str, dict[str, float]]


def drawn_lines(editor: Editor, judge: AttributeClassifier, drawn: Sequence[Inversion]) -> torch.Tensor:
    """The judge's lines between the sides, on drawn faces, [K]."""
    scores = torch.stack([_score(editor, judge, *inversion) for inversion in tqdm(drawn, desc="lines")])
    return thresholds(scores, judge.prevalence)


def measure_editability(
    editor: Editor, judge: AttributeClassifier, line: torch.Tensor, faces: Sequence[Inversion]
) -> Editability:
    """Move every face along every main attribute, to the side it is not on."""
    both = torch.stack([_flips(editor, judge, line, *face) for face in tqdm(faces, desc="flips")])
    flips: dict[Space, torch.Tensor] = dict(zip(SPACES, both.unbind(1), strict=True))
    means: Mapping[str, float] = {space: flips[space].mean().item() for space in SPACES}
    widths = {
        f"{space}_ci95": (1.96 * flips[space].mean(1).std() / len(faces) ** 0.5).item() if len(faces) > 1 else float("nan")
        for space in SPACES
    }
    by_attribute = {name: {space: flips[space][:, k].mean().item() for space in SPACES} for k, name in enumerate(BEST)}
    return Editability(n=len(faces), **means, **widths, by_attribute=by_attribute)


def _flips(editor: Editor, judge: AttributeClassifier, line: torch.Tensor, w_plus: WPlus, lora: LoRA | None) -> torch.Tensor:
    """1 where the face changed sides, for each space and each main attribute."""
    side = _score(editor, judge, w_plus, lora) > line
    flips = torch.zeros(len(SPACES), len(BEST))
    for at, name in enumerate(BEST):
        k = judge.attributes.index(name)
        for space, row in zip(SPACES, flips, strict=True):
            moved = edited_code(editor.models, w_plus, {name: -1.0 if side[k] else 1.0}, space)
            row[at] = side[k] != (_score(editor, judge, moved, lora)[k] > line[k])
    return flips


def _score(editor: Editor, judge: AttributeClassifier, codes: Codes, lora: LoRA | None) -> torch.Tensor:
    return judge(editor.renderer.draw(codes, lora, live=True).cpu().clamp(-1, 1))[0]
