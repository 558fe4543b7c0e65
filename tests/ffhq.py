"""The model sets of StyleGAN2 with tiny random networks in the checkpoints' place, 1024 px like the real ones."""

import hashlib
from pathlib import Path

import torch

from editor.edit.directions import Directions, SpaceDirections, write_directions
from editor.flow import FlowConfig, RealNVP, write_flow
from editor.generate.runtimes import TorchRuntime
from editor.generate.stylegan2 import StyleGan2Config
from editor.generate.trunk import Generator
from editor.models import Models, prepared_files
from editor.pipeline import Editor
from editor.renderer import Renderer
from editor.weights import MANIFEST, WeightStore, sha256_of
from tests.encode.psp_files import write_psp
from tests.generate.stylegan2_files import random_stylegan2

NARROW = StyleGan2Config(widths=(8,) * 9, depth=2)
NAMES = ("Smiling", "Young", "Own_Attribute")


def tiny_store(folder: Path) -> WeightStore:
    """A store whose pSp and e4e are tiny files in `folder`, and everything else the repository's."""
    entries = []
    for kind in ("psp", "e4e"):
        path = folder / f"{kind}.pt"
        write_psp(path, kind, generator=random_stylegan2(NARROW))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(
            f'[{kind}-ffhq]\nsource = "repository"\nfile = "{path}"\nsha256 = "{digest}"\nsize = 1\nlicence = "l"\norigin = "o"'
        )
    tables = MANIFEST.read_text().split("\n[psp-ffhq]")[0]
    for name in ("preview", "likeness", "encoder", "flow", "directions", "evaluation-classifier", "training-classifier"):
        tables = tables.replace(f'file = "{name}.safetensors"', f'file = "{MANIFEST.parent / name}.safetensors"')
    manifest = folder / "manifest.toml"
    manifest.write_text("\n".join([tables, *entries]))
    for name in ("mobilestylegan-ffhq", "efficientnet-lite0"):  # fetched once, not once a test
        place = WeightStore().path(name)
        (folder / "cache").mkdir(exist_ok=True)
        (folder / "cache" / place.name).symlink_to(place)
    return WeightStore(manifest, folder / "cache")


def prepare_randomly(store: WeightStore, names: tuple[str, ...] = NAMES) -> None:
    """A random flow and directions for the tiny pSp."""
    flow_path, directions_path = prepared_files("ffhq", store)
    flow_path.parent.mkdir(parents=True)
    flow = RealNVP(FlowConfig(couplings=2, hidden=8))
    encoder = store.entries["psp-ffhq"].sha256
    write_flow(flow, flow_path, encoder)
    count = len(names)
    w_plus, w_star = (
        SpaceDirections(
            torch.nn.functional.normalize(torch.randn(count, 9216), dim=1),
            torch.zeros(count),
            torch.full((count,), 20.0),
            torch.full((count,), 0.8),
        )
        for _ in range(2)
    )
    directions = Directions(names, w_plus, w_star, torch.full((count,), 0.6), encoder, sha256_of(flow_path))
    write_directions(directions, directions_path)


def plain_editor(models: Models) -> Editor:
    """An editor that draws with PyTorch on the CPU: nothing is converted first."""
    cpu = torch.device("cpu")
    renderer = Renderer(models.generator, models.preview, cpu, runtime=plain_runtime)
    return Editor(models, renderer)


def plain_runtime(generator: Generator, device: torch.device, *_: object) -> TorchRuntime:
    """PyTorch on any device, in place of the fastest runtime there."""
    return TorchRuntime(generator, device)
