"""One training of the encoder, from its options to the written file."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from editor.data.fingerprint import hash_of_data
from editor.data.generated import shipped_preview, w_statistics
from editor.data.labelled_faces import LabelledFaces, load_faces, read_labelled_faces
from editor.data.pictures import picture_loss
from editor.data.refining import SIDE, refiner
from editor.devices.precision import autocast
from editor.encode import PyramidEncoder, read_encoder, write_encoder
from editor.errors import SettingError
from editor.generate.mobile import Mapping, read_mapping, read_synthesis
from editor.generate.preconditioner import Preconditioner, read_preconditioner
from editor.generate.runtimes.openvino import OpenVinoRuntime
from editor.generate.trunk import Generator, whole_generator
from editor.judge.backbone import imagenet_tensors
from editor.judge.identity import IdentityJudge
from editor.judge.likeness import read_likeness
from editor.spaces import CHANNELS, LAYERS, WPlus
from editor.train.encoder.batches import Source
from editor.train.encoder.config import EncoderConfig
from editor.train.encoder.lessons import TOGETHER, TOGETHER_ON_GPU, find_lessons, finished_lessons
from editor.train.encoder.training import EncoderTrainer
from editor.train.encoder.validation import Validation
from editor.train.history import Run
from editor.weights import WeightStore, sha256_of

VALIDATION = 0.04
"""Share of the training people that the encoder is validated on."""
VALIDATION_PHOTOS = 200
VALIDATION_SIDE = 256
"""Side in pixels at which their pictures are compared."""
DRAWN_SIDE = 256
"""Side in pixels of the generated faces."""
SAVE_EVERY = {"cpu": 250, "cuda": 1_000}
"""Steps from one checkpoint to the next: a GPU takes them quickly."""
LESSONS = "lessons.pt"
"""Codes of the photos, in the folder of the run."""


def train_encoder(
    config: EncoderConfig,
    folder: Path,
    device: torch.device,
    data: Path | None = None,
    start: Path | None = None,
    stop_at: int | None = None,
) -> Path:
    """Train, then write the averaged weights beside the checkpoint.

    Args:
        folder: of the run.
        data: labelled faces; None: generated faces only.
        start: weights to start from; None: a fresh pyramid over the pretrained eye.
        stop_at: pause after this step.

    Returns:
        The file that was written.
    """
    if start:
        config = replace(config, start=sha256_of(start))
    store = WeightStore()
    learnt_from = {"data": hash_of_data(data)} if data else {}
    run, path = Run(folder, config, **learnt_from), folder / "encoder.safetensors"
    inside, validation = _photos(data, config)
    mapping, known = read_mapping(store.path("mobilestylegan-ffhq")), read_preconditioner(store.path("preconditioner"))
    encoder = _started(start, config, known) if start else fresh_encoder(config, mapping, store, known)
    workers = min(12, os.cpu_count() or 1) if device.type == "cuda" else 0
    statistics = w_statistics(mapping).to(device)
    photos, codes = _learnt(store, config, inside, device, folder / LESSONS)
    trainer = EncoderTrainer(
        start=encoder,
        source=Source(
            mapping.to(device), statistics, _drawer(shipped_preview(store, DRAWN_SIDE), device), photos, codes, workers
        ),
        pictures=picture_loss(store, SIDE, config.weights, device),
        side=SIDE,
        validation=_validation(store, validation, device),
        device=device,
        known=known.to(device),
    )
    with threads(1 if workers else torch.get_num_threads()):  # with workers, each of them is a thread
        write_encoder(trainer.train(config, run, SAVE_EVERY[device.type], stop_at), path)
    return path


def fresh_encoder(config: EncoderConfig, mapping: Mapping, store: WeightStore, known: Preconditioner) -> PyramidEncoder:
    """A fresh pyramid over the pretrained eye, for the generator that a mapping and a preconditioner belong to.

    >>> from editor.encode import PyramidConfig
    >>> from editor.generate.preconditioner import preconditioner_of
    >>> config = EncoderConfig(model=PyramidConfig(resolution=32, pyramid=4, summary=2, glance=8))
    >>> known = preconditioner_of(torch.eye(512), torch.eye(512).expand(18, -1, -1), rank=1)
    >>> fresh_encoder(config, Mapping(depth=2), store, known).eval()(torch.zeros(1, 3, 64, 64)).shape
    torch.Size([1, 18, 512])
    """
    torch.manual_seed(config.seed)
    encoder, statistics = PyramidEncoder(config.model), w_statistics(mapping)
    encoder.w_mean.copy_(statistics.mean)
    encoder.w_std.copy_(statistics.std)
    encoder.axes.copy_(known.axes)
    seen = imagenet_tensors(store)
    encoder.eye.lite.load_state_dict({name: seen[name] for name in encoder.eye.lite.state_dict()})
    encoder.eye.likeness.load_state_dict(read_likeness(store.path("likeness")).net.state_dict())
    return encoder


def _started(path: Path, config: EncoderConfig, known: Preconditioner) -> PyramidEncoder:
    encoder = read_encoder(path)
    if not isinstance(encoder, PyramidEncoder) or encoder.config != config.model:
        raise SettingError(f"{path} is an encoder of another kind or size. Leave out --init to train a new one.")
    if not torch.allclose(encoder.axes, known.axes.float(), atol=1e-3):
        raise SettingError(f"{path} is an encoder for another generator. Leave out --init to train a new one.")
    return encoder


def _photos(data: Path | None, config: EncoderConfig) -> tuple[LabelledFaces | None, torch.Tensor]:
    """Photos to train on, and some to validate on, uint8 [N, 3, R, R]."""
    if not data:
        return None, torch.empty(0, 3, VALIDATION_SIDE, VALIDATION_SIDE, dtype=torch.uint8)
    inside, validation = read_labelled_faces(data, "train").by_person(VALIDATION, config.seed)
    return inside, load_faces(validation.sample(VALIDATION_PHOTOS, config.seed), VALIDATION_SIDE)


def _learnt(
    store: WeightStore,
    config: EncoderConfig,
    photos: LabelledFaces | None,
    device: torch.device,
    path: Path,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Photos as bytes [N, 3, R, R] and their codes [N, 18, 512]; from the file, or found now by the encoder in use."""
    side = config.model.resolution
    if photos is None:
        return torch.empty(0, 3, side, side, dtype=torch.uint8), torch.empty(0, LAYERS, CHANNELS)
    count = min(config.lessons, 2 * len(photos))
    if finished := finished_lessons(path, count):  # what teaches need not be made
        return finished.faces(photos, side), finished.codes
    refine = refiner(read_encoder(store.path("encoder")).to(device), store, device)
    together = TOGETHER if device.type == "cpu" else TOGETHER_ON_GPU
    lessons = find_lessons(refine, photos, count, config.lesson_steps, config.seed, VALIDATION_SIDE, path, together)
    return lessons.faces(photos, side), lessons.codes


def _drawer(generator: Generator, device: torch.device) -> Callable[[WPlus], torch.Tensor]:
    """What draws codes: OpenVINO on a CPU. Half precision where it is fast."""
    if device.type == "cpu":
        return OpenVinoRuntime(generator, half=True)
    generator = generator.to(memory_format=torch.channels_last).to(device)

    def draw(codes: WPlus) -> torch.Tensor:
        with autocast(device):
            return generator(codes)

    return draw


def _validation(store: WeightStore, photos: torch.Tensor, device: torch.device) -> Validation:
    """Judged by pictures drawn in full."""
    generator = whole_generator(read_synthesis(store.path("mobilestylegan-ffhq")))
    judge = IdentityJudge(store.path("dlib-face-recognition"))
    return Validation(photos, _drawer(generator, device), judge)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let PyTorch use this many threads, and afterwards as many as before.

    >>> before = torch.get_num_threads()
    >>> with threads(1):
    ...     torch.get_num_threads()
    1
    >>> torch.get_num_threads() == before
    True
    """
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
