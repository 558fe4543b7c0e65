"""Everything that a GPU computes stays on it: played on torch's meta device, where any tensor of the CPU's is an error.

A tensor made on the wrong device would also break the recording of a CUDA graph.
"""

import pytest
import torch

from editor.edit import EDITS
from editor.edit.directions import Directions, SpaceDirections
from editor.encode import CompactEncoder, PspEncoder
from editor.encode.psp import PspConfig
from editor.flow import FlowConfig, RealNVP
from editor.generate.mobile import Synthesis
from editor.generate.stylegan2 import StyleGan2
from editor.generate.trunk import early_generator, whole_generator, zero_lora
from editor.images import shrink, to_bytes
from editor.judge.likeness import Likeness, LikenessNet
from editor.spaces import SPACES, masked_edit
from tests.encode.psp_files import TINY
from tests.generate.stylegan2_files import SMALL

META = torch.device("meta")


@pytest.fixture
def codes():
    return torch.zeros(2, 18, 512, device=META)


@pytest.mark.parametrize("half", [False, True])
def test_stylegan2_whole_early_and_with_a_delta(codes, half):
    network = StyleGan2(SMALL).to(META)
    whole = whole_generator(network, 16, half)
    assert whole(codes).device.type == "meta" and whole(codes).shape == (2, 3, 64, 64)
    assert early_generator(network, 32, 16)(codes).shape == (2, 3, 32, 32)
    assert whole(_local(codes)).device.type == "meta"
    lora = zero_lora(whole_generator(StyleGan2(SMALL), 16).trunk).map(lambda factor: factor.half().to(META))
    assert whole.with_trunk(whole.trunk.fitted(lora))(codes).device.type == "meta"
    assert to_bytes(whole(codes)).device.type == "meta"


def test_the_embedded_generator(codes):
    for drawn in (codes, _local(codes)):
        assert whole_generator(Synthesis((16, 16, 16)).to(META), 8)(drawn).device.type == "meta"


def _local(codes):
    return masked_edit(codes, codes, torch.zeros(2, 32, 32, device=META))


@pytest.mark.parametrize("kind", ["psp", "e4e"])
def test_the_encoders(kind):
    faces = torch.zeros(1, 3, 1024, 1024, device=META)
    assert PspEncoder(PspConfig(**vars(TINY) | {"kind": kind})).eval().to(META)(faces).shape == (1, 18, 512)
    assert CompactEncoder().eval().to(META)(faces).device.type == "meta"


@pytest.mark.parametrize("space", SPACES)
def test_edits_of_strengths_from_the_page(codes, space):
    flow = RealNVP(FlowConfig(couplings=2, hidden=8)).to(META)
    parts = [SpaceDirections(torch.zeros(2, 9216), *(torch.zeros(2) for _ in range(3))) for _ in range(2)]
    directions = Directions(("A", "B"), *parts, torch.zeros(2), "", "").to(META)
    strengths = directions.strengths({"A": 1.0})
    assert strengths.device.type == "cpu"
    part = getattr(directions, space)
    assert EDITS[space](codes, strengths, flow, part).device.type == part.normals.device.type == "meta"


def test_the_likeness_of_faces():
    faces = torch.zeros(1, 3, 1024, 1024, device=META)
    found = Likeness(LikenessNet()).eval().to(META)(shrink(faces, 256), shrink(faces, 256))
    assert {value.device.type for value in found} == {"meta"}
