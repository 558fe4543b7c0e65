"""Model sets: which generator, encoder, flow and directions belong together.

embedded          MobileStyleGAN-FFHQ and what this project trained for it: two CPU cores
embedded-svm      the same with the plain normals of its SVMs, not corrected by pictures, and edits everywhere: what the page's
                  switch "Everything as in the paper" draws
embedded-paper    the paper's edits as its text describes them: a T that has seen the labels of all faces, SVMs with C = 1,
                  whose normals are not corrected by pictures, and edits everywhere in the picture
ffhq              StyleGAN2-FFHQ and pSp, the paper's own: a GPU. pSp's codes need a flow and directions of their own,
                  which `face-editor prepare ffhq` makes from labelled photos
ffhq-e4e          StyleGAN2-FFHQ and e4e. e4e's codes stay near W, which both generators share, so the flow and the
                  directions of `embedded` are borrowed
"""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from editor.devices.memory import moved
from editor.devices.narrow import narrowed
from editor.edit.directions import Directions, read_directions
from editor.edit.regions import Regions, regions_of
from editor.encode import OwnEncoder, PspEncoder, read_encoder, read_psp
from editor.errors import SettingError, WeightsError
from editor.flow import RealNVP, read_flow
from editor.generate.layouts import read_stylegan2
from editor.generate.mobile import read_mapping, read_synthesis
from editor.generate.preconditioner import Preconditioner, read_preconditioner
from editor.generate.preview import read_preview
from editor.generate.stylegan2 import StyleGan2, style_statistics
from editor.generate.trunk import Generator, early_generator, whole_generator
from editor.judge.attributes import AttributeClassifier
from editor.judge.backbone import ENTRY as BACKBONE
from editor.judge.backbone import open_classifiers
from editor.judge.likeness import Likeness, read_likeness
from editor.weights import WeightStore

PREVIEW_SIDE = 256
"""Side in pixels of what is drawn for refinement and while a slider moves."""
FULL_SIDE = 1024
SAME_MEAN = 0.05
"""An encoder and a generator are of one domain when the means of W they were made with differ by no more, relatively."""


@dataclass(frozen=True)
class ModelSet:
    """The entries that make up a set.

    Attributes:
        generator, encoder: names of entries; one file may hold both.
        likeness, classifier, training_classifier: names of entries.
        flow, directions: names of entries; empty: files that `prepare` makes.
        preview: name of an entry; empty: the generator draws small by itself.
        preconditioner: name of an entry; empty: refining knows nothing of faces before its first step.
        kind: what the encoder is.
        local: whether edits change the picture only where their attributes lie, unless asked not to.
        codes_of: the entry of the encoder whose codes flow and directions are made for; empty: this set's.
    """

    generator: str
    encoder: str
    likeness: str = "likeness"
    classifier: str = "evaluation-classifier"
    training_classifier: str = "training-classifier"
    flow: str = ""
    directions: str = ""
    preview: str = ""
    preconditioner: str = ""
    kind: Literal["compact", "psp", "e4e"] = "compact"
    local: bool = True
    codes_of: str = ""

    @property
    def entries(self) -> tuple[str, ...]:
        """All of them, each once.

        >>> MODEL_SETS["ffhq"].entries
        ('psp-ffhq', 'likeness', 'evaluation-classifier', 'training-classifier', 'efficientnet-lite0')
        """
        names = (self.generator, self.encoder, self.flow, self.directions, self.preview, self.preconditioner)
        names += (self.likeness, self.classifier, self.training_classifier, BACKBONE)
        return tuple(dict.fromkeys(name for name in names if name))


EMBEDDED = ModelSet(
    generator="mobilestylegan-ffhq",
    encoder="encoder",
    flow="flow",
    directions="directions",
    preview="preview",
    preconditioner="preconditioner",
)
MODEL_SETS = {
    "embedded": EMBEDDED,
    "embedded-svm": dataclasses.replace(EMBEDDED, directions="directions-svm", local=False),
    "embedded-paper": dataclasses.replace(EMBEDDED, flow="flow-paper", directions="directions-paper", local=False),
    "ffhq": ModelSet(generator="psp-ffhq", encoder="psp-ffhq", kind="psp"),
    "ffhq-e4e": ModelSet(
        generator="e4e-ffhq", encoder="e4e-ffhq", kind="e4e", flow="flow", directions="directions", codes_of="encoder"
    ),
}


@dataclass(frozen=True, eq=False)
class Networks:
    """The half of a set that comes from checkpoints: face -> w+ and w+ -> image, frozen and in eval mode."""

    generator: Generator
    encoder: OwnEncoder | PspEncoder
    preview: Generator
    likeness: Likeness
    mapping: nn.Module | None = field(default=None, kw_only=True)
    """z of a normal distribution, [B, 512] -> w, [B, 512]; None where it is not at hand."""

    def to(self, device: torch.device) -> "Networks":
        """All of them on a device; copies, which share what these share, unless they are there already."""
        return Networks(**self.moved(device, {}))

    def moved(self, device: torch.device, memo: dict[int, Any]) -> dict[str, Any]:
        """The networks on a device, by name; see `editor.devices.memory.moved`."""
        networks = {name: getattr(self, name) for name in Networks.__annotations__}
        return {name: network and moved(network, device, memo) for name, network in networks.items()}


@dataclass(frozen=True, eq=False)
class Models(Networks):
    """The networks of a set, loaded, frozen and in eval mode.

    Attributes:
        name: of the set, also where its flow or directions are others by now; empty if it is none of `MODEL_SETS`.
        regions: where the attributes lie; None if edits always go everywhere.
        classifier: the evaluation classifier, which says what an edit changed.
        training_classifier: what preserving other attributes is steered by.
        preconditioner: what is known of the gradients that codes are refined by; None: nothing.
        hashes: what decides how an edit looks ("generator", "encoder", "flow", "directions") -> sha256 of its file.
    """

    name: str
    flow: RealNVP
    directions: Directions
    regions: Regions | None = None
    classifier: AttributeClassifier | None = None
    training_classifier: AttributeClassifier | None = None
    preconditioner: Preconditioner | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)

    def to(self, device: torch.device) -> "Models":
        """All of them on a device but the classifiers, which see pictures that are there already."""
        memo: dict[int, Any] = {}
        networks = self.moved(device, memo) | {"flow": moved(self.flow, device, memo)}
        parts = {
            name: (part := getattr(self, name)) and part.to(device) for name in ("directions", "regions", "preconditioner")
        }
        return dataclasses.replace(self, **networks, **parts)


def model_set(name: str) -> ModelSet:
    """Look a set up by name.

    Raises:
        SettingError: there is no such set.

    >>> model_set("ffhq").encoder
    'psp-ffhq'
    """
    if name not in MODEL_SETS:
        raise SettingError(f"There are no models called {name!r}. There are: {', '.join(MODEL_SETS)}.")
    return MODEL_SETS[name]


def classifier_for(models: Models, names: Collection[str]) -> AttributeClassifier:
    """The training classifier, which knows all of these attributes.

    Raises:
        SettingError: there is none, or it does not know one of them.

    >>> "Smiling" in classifier_for(editor.models, ["Smiling"]).attributes
    True
    """
    classifier = models.training_classifier
    if classifier is None:
        raise SettingError(f"The models {models.name} have no classifier, which preserving and locking attributes need.")
    models.directions.strengths(dict.fromkeys(names, 0.0))
    missing = [name for name in names if name not in classifier.attributes]
    if missing:
        raise SettingError(f"The classifier does not know {', '.join(missing)}, so it cannot be locked.")
    return classifier


def load_models(name: str, store: WeightStore, half: bool = False, generator: str = "") -> Models:
    """Fetch, verify and load a set, on the CPU.

    Args:
        half: draw in half precision what is safe in it.
        generator: another StyleGAN2 of the same domain: an entry, or a .pt or .pkl of one's own.

    Raises:
        SettingError: there is no such set.
        WeightsError: a file is missing or wrong, or codes, flow and directions belong to different encoders.

    >>> load_models("ffqh", WeightStore())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.SettingError: There are no models called 'ffqh'. There are: embedded, ...
    """
    entries = model_set(name)
    files = flow_and_directions(name, store)  # first: without them the large files are of no use
    networks = load_networks(entries, store, half, generator)
    flow, flow_encoder = read_flow(files[0])
    directions = read_directions(files[1])
    encoder_hash = store.entries[entries.codes_of or entries.encoder].sha256
    if {flow_encoder, directions.encoder} != {encoder_hash} or directions.flow != store.hash_of(files[0]):
        remedy = (
            "`git checkout -- weights`, or installing the package again, brings a set back that belongs together; "
            "after training an encoder, train both anew."
        )
        if not entries.flow:
            remedy = f"Make them anew: face-editor prepare {name} --photos DIR --labels CSV"
        raise WeightsError(f"The flow and the directions were made for codes of another encoder. {remedy}")
    regions = regions_of(directions.attributes) if entries.local else None
    classifiers = open_classifiers(store, networks.likeness)
    return Models(
        **vars(networks),
        name=name,
        flow=flow,
        directions=directions,
        regions=regions,
        classifier=classifiers[0],
        training_classifier=classifiers[1],
        preconditioner=read_preconditioner(store.path(entries.preconditioner)) if entries.preconditioner else None,
        hashes=deciding_hashes(name, store, generator),
    )


def deciding_hashes(name: str, store: WeightStore, generator: str = "") -> dict[str, str]:
    """The sha256 of the files that decide how an edit looks, which are fetched where they are missing.

    Raises:
        SettingError: there is no such set.
        WeightsError: a file is missing or wrong.

    >>> sorted(deciding_hashes("embedded", store))
    ['directions', 'encoder', 'flow', 'generator']
    """
    entries, files = model_set(name), flow_and_directions(name, store)
    return {
        "generator": store.hash_of(generator_file(entries, store, generator)),
        "encoder": store.entries[entries.codes_of or entries.encoder].sha256,
        "flow": store.hash_of(files[0]),
        "directions": store.hash_of(files[1]),
    }


def flow_and_directions(name: str, store: WeightStore) -> tuple[Path, Path]:
    """The files of a set's flow and directions.

    Raises:
        WeightsError: they are still to be made.

    >>> [path.name for path in flow_and_directions("embedded", WeightStore())]
    ['flow.safetensors', 'directions.safetensors']
    """
    entries = model_set(name)
    if entries.flow:
        return store.path(entries.flow), store.path(entries.directions)
    flow, directions = prepared_files(name, store)
    if not flow.is_file() or not directions.is_file():
        raise WeightsError(
            f"The models {name!r} need a flow and directions for their encoder's codes, made from labelled photos: "
            f"face-editor prepare {name} --photos DIR --labels CSV. "
            "Without labelled photos, ffhq-e4e edits with those that are here, and embedded runs on any machine."
        )
    return flow, directions


def prepared_files(name: str, store: WeightStore) -> tuple[Path, Path]:
    """Where `prepare` puts a set's flow and directions.

    >>> [path.parts[-2:] for path in prepared_files("ffhq", WeightStore())]
    [('ffhq', 'flow.safetensors'), ('ffhq', 'directions.safetensors')]
    """
    folder = store.cache / "prepared" / name
    return folder / "flow.safetensors", folder / "directions.safetensors"


def generator_file(entries: ModelSet, store: WeightStore, generator: str = "") -> Path:
    """The file that a set's generator is in, or the one asked for instead.

    Args:
        generator: an entry, or a .pt or .pkl of one's own; empty: the set's own.

    Raises:
        SettingError: the set's generator cannot be another.
        WeightsError: an entry's file is missing or wrong.

    >>> generator_file(model_set("ffhq"), WeightStore(), "mine.pt").name
    'mine.pt'
    """
    if generator and entries.kind == "compact":
        raise SettingError("The embedded models have one generator only. Another goes with ffhq or ffhq-e4e.")
    if generator and generator not in store.entries:
        return Path(generator)
    return store.path(generator or entries.generator)


def load_networks(entries: ModelSet, store: WeightStore, half: bool = False, generator: str = "") -> Networks:
    """Everything of a set but flow and directions, on the CPU.

    Args:
        half: draw in half precision what is safe in it.
        generator: another StyleGAN2 of the same domain: an entry, or a .pt or .pkl of one's own.

    Raises:
        SettingError: the set's generator cannot be another.
        WeightsError: a file is missing or wrong, or encoder and generator are of different domains.

    >>> load_networks(model_set("embedded"), store).preview.resolution
    256
    """
    place = generator_file(entries, store, generator)
    likeness = read_likeness(store.path(entries.likeness))
    if entries.kind == "compact":
        encoder = narrowed(read_encoder(store.path(entries.encoder)))
        synthesis = read_synthesis(place)
        preview = read_preview(store.path(entries.preview), synthesis, PREVIEW_SIDE)
        return Networks(whole_generator(synthesis, half=half), encoder, preview, likeness, mapping=read_mapping(place))
    synthesis, mean = read_stylegan2(place, FULL_SIDE)
    file = place if entries.generator == entries.encoder and not generator else store.path(entries.encoder)
    return stylegan2_networks(synthesis, mean, read_psp(file, entries.kind, style_statistics(synthesis)[1]), likeness, half)


def stylegan2_networks(
    synthesis: StyleGan2, mean: torch.Tensor, encoder: PspEncoder, likeness: Likeness, half: bool = False
) -> Networks:
    """A StyleGAN2 and an encoder for it.

    Args:
        mean: of the generator's W, [512].
        half: draw in half precision what is safe in it.

    Raises:
        WeightsError: the encoder was trained for another generator.

    >>> models, other_mean = editor.models, torch.ones(512)
    >>> stylegan2_networks(models.generator, other_mean, models.encoder, models.likeness)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.WeightsError: The encoder was trained for another generator: their mean codes differ by ...
    """
    apart = (encoder.w_mean - mean).norm() / mean.norm()
    if not apart <= SAME_MEAN:
        raise WeightsError(
            f"The encoder was trained for another generator: their mean codes differ by {apart:.0%}. "
            "Take both from the same domain (FFHQ)."
        )
    preview = early_generator(synthesis, min(PREVIEW_SIDE, synthesis.resolution))
    return Networks(whole_generator(synthesis, half=half), encoder, preview, likeness, mapping=synthesis.style)
