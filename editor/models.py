"""Model sets: which generator, encoder, flow and directions belong together."""

from dataclasses import astuple, dataclass

import torch

from editor.edit.directions import Directions, read_directions
from editor.encode import CompactEncoder, read_encoder
from editor.errors import SettingError, WeightsError
from editor.flow import RealNVP, read_flow
from editor.generate.mobile import read_synthesis
from editor.generate.preview import PreviewGenerator, read_preview
from editor.generate.trunk import Generator, whole_generator
from editor.judge.likeness import Likeness, read_likeness
from editor.weights import Gate

PREVIEW_SIDE = 256
"""Side in pixels of what is drawn for refinement and while a slider moves."""


@dataclass(frozen=True)
class ModelSet:
    """The names of the cards that make up a set."""

    generator: str
    encoder: str
    flow: str
    directions: str
    preview: str
    likeness: str

    @property
    def cards(self) -> tuple[str, ...]:
        """All of them."""
        return astuple(self)


MODEL_SETS = {
    "embedded": ModelSet(
        generator="mobilestylegan-ffhq",
        encoder="encoder",
        flow="flow",
        directions="directions",
        preview="preview",
        likeness="likeness",
    ),
}


@dataclass(frozen=True)
class Models:
    """The networks of a set, loaded, frozen and in eval mode."""

    name: str
    generator: Generator
    encoder: CompactEncoder
    flow: RealNVP
    directions: Directions
    preview: PreviewGenerator
    likeness: Likeness


def model_set(name: str) -> ModelSet:
    """Look a set up by name.

    Raises:
        SettingError: there is no such set.
    """
    if name not in MODEL_SETS:
        raise SettingError(f"There are no models called {name!r}. There are: {', '.join(MODEL_SETS)}.")
    return MODEL_SETS[name]


def load_models(name: str, gate: Gate, device: torch.device) -> Models:
    """Fetch, verify and load a set.

    Raises:
        SettingError: there is no such set.
        WeightsError: a file is missing or wrong, or codes, flow and directions belong to different encoders.
    """
    cards = model_set(name)
    encoder = read_encoder(gate.path(cards.encoder)).to(device)
    flow, flow_encoder = read_flow(gate.path(cards.flow))
    directions = read_directions(gate.path(cards.directions))
    encoder_hash, flow_hash = gate.cards[cards.encoder].sha256, gate.cards[cards.flow].sha256
    if {flow_encoder, directions.encoder} != {encoder_hash} or directions.flow != flow_hash:
        raise WeightsError(
            "The flow and the directions were made for codes of another encoder. "
            "`git checkout -- weights` brings a set back that belongs together; after training an encoder, train both anew."
        )
    synthesis = read_synthesis(gate.path(cards.generator)).to(device)
    preview = read_preview(gate.path(cards.preview), synthesis, PREVIEW_SIDE).to(device)
    likeness = read_likeness(gate.path(cards.likeness)).to(device)
    return Models(name, whole_generator(synthesis), encoder, flow, directions, preview, likeness)
