"""What the examples in docstrings of the research rooms are given: small data, small networks, small results."""

import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from editor.actions.render import edited_code
from editor.data.codes import LabelledCodes
from editor.data.labelled_faces import LabelledFaces, read_labelled_faces
from editor.edit.attributes import BEST
from editor.edit.directions import Directions, SpaceDirections
from editor.edit.regions import parts
from editor.errors import FaceError
from editor.evaluate.claims.comparison import Moved
from editor.evaluate.claims.leakage import ImageMeter
from editor.flow import FlowConfig, RealNVP
from editor.generate.trunk import LoRA, Trunk
from editor.images import to_picture, to_tensor
from editor.judge.attributes import AttributeClassifier
from editor.spaces import SPACES, Codes, MaskedCodes, WPlus
from editor.train.directions.responses import Responses
from tests.batch.workers import Upper

NAMES = ("Smiling", "Young")
CHANNELS = 4
"""In place of 512."""
NUMBERS = 18 * CHANNELS


class Painter:
    """A runtime that paints the picture, [B, 3, 16, 16], in one colour: the first three numbers of a code."""

    name = "painter"
    resolution = 16

    def __call__(self, codes: Codes, trunk: Trunk | None = None) -> torch.Tensor:
        of_layers = codes.codes.sum(1) if isinstance(codes, MaskedCodes) else codes
        return of_layers.mean(1)[:, :3, None, None].tanh().expand(-1, -1, 16, 16)


@pytest.fixture(scope="session")
def given_painter() -> Painter:
    return Painter()


@pytest.fixture(scope="session")
def given_codes() -> LabelledCodes:
    """60 codes [60, 18, 4] of 30 people; an attribute is the sign of a number."""
    w_plus = torch.randn(60, 18, CHANNELS, generator=torch.Generator().manual_seed(0))
    people, ids = torch.arange(60) // 2, tuple(f"{n:06d}" for n in range(60))
    return LabelledCodes(WPlus(w_plus), w_plus[:, 0, :2] > 0, people, NAMES, "sha256 of the encoder", ids)


@pytest.fixture(scope="session")
def given_flow(given_codes) -> RealNVP:
    """A flow of those sizes that is not the identity, frozen."""
    flow, random = RealNVP(FlowConfig(couplings=2, hidden=4, channels=CHANNELS)), torch.Generator().manual_seed(0)
    for parameter in flow.parameters():
        parameter.data.normal_(0, 0.3, generator=random)
    flow.mean.copy_(given_codes.w_plus.mean(0))
    flow.std.copy_(given_codes.w_plus.std(0))
    return flow.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def given_directions() -> Directions:
    """A direction for each attribute, along one number of the code."""
    ones = torch.ones(2)
    w_plus, w_star = (SpaceDirections(torch.eye(2, NUMBERS), torch.zeros(2), 3 * ones, 0.9 * ones) for _ in SPACES)
    return Directions(NAMES, w_plus, w_star, 0.6 * ones, encoder="sha256 of the encoder", flow="sha256 of the flow")


@pytest.fixture(scope="session")
def given_classifier() -> AttributeClassifier:
    """Reads two attributes off a picture's mean red and green."""
    seen = {"mean": torch.zeros(3), "std": torch.ones(3), "weights": torch.eye(2, 3), "intercepts": torch.zeros(2)}
    measured = {"prevalence": torch.full((2,), 0.5), "threshold": torch.zeros(2), "logit_std": torch.ones(2)}
    return AttributeClassifier(_mean_colour, **seen, **measured, attributes=NAMES)  # type: ignore[arg-type]


def _mean_colour(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.mean((2, 3))


@pytest.fixture(scope="session")
def given_data(tmp_path_factory) -> Path:
    """A data set of 28 pictures of 14 people, 12 of whom are in train and 2 in test."""
    root = tmp_path_factory.mktemp("data")
    (root / "img").mkdir()
    with (root / "attributes.csv").open("w", newline="") as labels, (root / "split.csv").open("w", newline="") as split:
        tables = csv.writer(labels), csv.writer(split)
        tables[0].writerow(["id", *NAMES])
        tables[1].writerow(["id", "person", "split"])
        for n in range(28):
            red, green = n % 2, n // 2 % 2
            Image.new("RGB", (16, 16), (100 * red + 4 * n, 200 * green, 0)).save(root / "img" / f"{n:06d}.jpg")
            tables[0].writerow([f"{n:06d}", red, green])
            tables[1].writerow([f"{n:06d}", n // 2, "train" if n < 24 else "test"])
    return root


@pytest.fixture(scope="session")
def given_faces(given_data) -> LabelledFaces:
    """The 24 faces of those in train."""
    return read_labelled_faces(given_data, "train")


@pytest.fixture(scope="session")
def given_responses() -> Responses:
    """Gradients at 10 faces. Each of 2 logits answers to one number of the code, and a little to others at random."""
    random, places = torch.Generator().manual_seed(0), len(parts())
    noise = 0.1 * torch.randn(10, 2, places, NUMBERS, generator=random)
    gradients = torch.eye(2, NUMBERS)[None, :, None] / places + noise
    other = torch.randn(10, 1, places, NUMBERS, generator=random)
    return Responses(torch.zeros(10, NUMBERS), gradients, torch.tensor([[0, 1]]).expand(10, 2), other, other.flip(0))


class SmallEditor:
    """Does with codes of 18 x 4 numbers what `Editor` does. A face is one colour but black, and a code of it is too pale."""

    def __init__(self, flow: RealNVP, directions: Directions):
        self.models = SimpleNamespace(flow=flow, directions=directions, regions=None)
        self.renderer = SimpleNamespace(draw=self.draw)

    def draw(self, codes: Codes, lora: LoRA | None = None, live: bool = False) -> torch.Tensor:
        """Live pictures are a little darker."""
        return Painter()(codes) - 0.1 * live

    def find(self, photo: Path) -> SimpleNamespace:
        picture = Image.open(photo).convert("RGB")
        if not picture.getbbox():
            raise FaceError("The photo has no face.")
        return SimpleNamespace(image=picture)

    def encode(self, face: torch.Tensor, share: float = 0.8) -> WPlus:
        code = torch.zeros(1, 18, CHANNELS)
        code[..., :3] = (share * face.mean((2, 3))).atanh()
        return WPlus(code)

    def open_aligned(self, face: Image.Image) -> SimpleNamespace:
        return self.reconstruct(SimpleNamespace(image=face), to_tensor(face), self.encode(to_tensor(face)))

    def refine(self, portrait: SimpleNamespace, steps: int) -> SimpleNamespace:
        target = to_tensor(portrait.face.image)
        return self.reconstruct(portrait.face, target, self.encode(target, share=0.95))

    def reconstruct(self, face, target, w_plus, lora=None, reasons=()) -> SimpleNamespace:
        drawn, quality = to_picture(self.draw(w_plus)), SimpleNamespace(reasons=reasons)
        return SimpleNamespace(face=face, w_plus=w_plus, lora=lora, reconstruction=drawn, quality=quality)

    def render(self, portrait: SimpleNamespace, strengths: dict[str, float]) -> SimpleNamespace:
        codes = {space: edited_code(self.models, portrait.w_plus, strengths, space) for space in SPACES}
        return SimpleNamespace(images={space: to_picture(self.draw(code)) for space, code in codes.items()})


@pytest.fixture(scope="session")
def given_small_editor(given_flow) -> SmallEditor:
    """With the twelve main attributes, each along one number of the code."""
    ones = torch.ones(len(BEST))
    part = SpaceDirections(torch.eye(len(BEST), NUMBERS), 0 * ones, 9 * ones, 0.9 * ones)
    return SmallEditor(given_flow, Directions(BEST, part, part, 0.6 * ones, encoder="", flow=""))


@pytest.fixture(scope="session")
def given_results() -> dict[str, Moved]:
    """Edits of 2 attributes on 4 faces in both spaces, all as far as was wanted. W* leaks half as much."""
    return {"w_plus": _moved(0.4), "w_star": _moved(0.2)}


def _moved(leak: float) -> Moved:
    changes = torch.full((2, 4, 2), leak)
    changes[0, :, 0] = changes[1, :, 1] = 1
    trail = torch.tensor([[0.5, leak / 2], [1.0, leak]]).expand(2, 4, 2, 2)
    return Moved(torch.ones(2, 4), changes, *(torch.full((2, 4), leak) for _ in range(3)), trail)


@pytest.fixture(scope="session")
def given_judge() -> SimpleNamespace:
    """Stands for dlib: the embedding of a picture is its mean colour in [0, 1]."""
    return SimpleNamespace(embed=lambda picture: np.asarray(picture, dtype=float).mean((0, 1)) / 255)


@pytest.fixture(scope="session")
def given_meter(given_painter, given_classifier, given_judge) -> ImageMeter:
    """Paints codes, and reads the attributes off the colours."""
    return ImageMeter(given_painter, given_classifier, given_judge, torch.ones(2), torch.zeros(2))


@pytest.fixture(scope="session")
def given_upper() -> Upper:
    """Work for a batch that needs no models."""
    return Upper()
