"""Codes that are moved nearer to their faces: that they are nearer then, and what `--refine` changes of a data set's codes."""

import pytest
import torch

from editor.actions.fit.descent import FitConfig
from editor.data.code_options import CodeOptions
from editor.data.codes import LabelledCodes, write_codes
from editor.data.pictures import PictureDistances
from editor.data.refining import Refiner
from editor.data.sources import codes_of
from editor.errors import SettingError
from editor.generate.preconditioner import Preconditioner
from editor.judge.likeness import pixel_distance
from editor.spaces import WPlus
from editor.train.anew.layout import begun
from editor.weights import WeightStore

BASIS = torch.randn(512, 3 * 8 * 8, generator=torch.Generator().manual_seed(0)) / 30
KNOWN = Preconditioner(torch.eye(512), torch.zeros(18, 512, 1), torch.zeros(18, 1))


def drawn(codes):
    return (codes.float().mean(1) @ BASIS).view(-1, 3, 8, 8).tanh()


def pictures(codes, photos):
    leaf = codes.clone().requires_grad_()
    with torch.enable_grad():
        distance = pixel_distance(drawn(leaf), photos)
        (pull,) = torch.autograd.grad(distance.sum(), leaf)
    return PictureDistances(*[distance.detach()] * 4), pull


@pytest.fixture
def refine() -> Refiner:
    return Refiner(lambda faces: WPlus(torch.zeros(len(faces), 18, 512)), pictures, KNOWN, 8, torch.device("cpu"))


def test_codes_draw_their_faces_better_and_each_as_if_it_were_alone(refine, random):
    faces = drawn(torch.randn(3, 18, 512, generator=random))
    codes = refine(faces, steps=10)
    before, after = pixel_distance(drawn(codes * 0), faces), pixel_distance(drawn(codes), faces)
    assert (after < 0.8 * before).all()
    assert torch.allclose(codes[1:2], refine(faces[1:2], steps=10), atol=1e-4)


def test_one_step_already_comes_nearer_and_none_changes_nothing(refine, random):
    faces = drawn(torch.randn(8, 18, 512, generator=random))
    plain, moved = refine(faces, steps=0), refine(faces, steps=1, config=FitConfig(look_rate=0.15))
    assert plain.abs().max() == 0
    assert pixel_distance(drawn(moved), faces).mean() < 0.8 * pixel_distance(drawn(plain), faces).mean()


def test_codes_of_a_data_set_are_kept_apart_by_their_steps(given_data, tmp_path, refine, monkeypatch):
    moved = lambda faces, steps, share: WPlus(torch.full((len(faces), 18, 512), float(steps) * share))  # noqa: E731
    monkeypatch.setattr("editor.data.sources.refiner", lambda *_: moved)
    plain = codes_of(CodeOptions(data=given_data, codes=tmp_path), WeightStore(), "train")
    nearer = codes_of(CodeOptions(data=given_data, codes=tmp_path, refine=3), WeightStore(), "train")
    again = codes_of(CodeOptions(data=given_data, codes=tmp_path), WeightStore(), "train")
    assert (nearer.w_plus == 3).all() and nearer.ids == plain.ids and nearer.encoder == plain.encoder
    assert torch.equal(plain.w_plus, again.w_plus) and nearer.fingerprint() != plain.fingerprint()
    half = codes_of(CodeOptions(data=given_data, codes=tmp_path, refine=3, share=0.5), WeightStore(), "train")
    assert (half.w_plus == 1.5).all()


def test_refined_codes_are_made_again_for_other_weights(given_data, tmp_path, monkeypatch):
    ones = lambda faces, steps, share: WPlus(torch.ones(len(faces), 18, 512))  # noqa: E731
    monkeypatch.setattr("editor.data.sources.refiner", lambda *_: ones)
    source = CodeOptions(data=given_data, codes=tmp_path, refine=2)
    codes_of(source, WeightStore(), "train")
    codes_of(source, WeightStore(), "train")
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr("editor.data.sources.sha256_of", lambda path: f"another {path.name}")
    codes_of(source, WeightStore(), "train")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("share", [0.0, -0.5, 1.5])
def test_a_share_that_is_none_is_refused(given_data, tmp_path, share):
    with pytest.raises(SettingError, match="--share"):
        codes_of(CodeOptions(data=given_data, codes=tmp_path, refine=1, share=share), WeightStore(), "train")


def test_a_share_of_no_move_is_refused(given_data, tmp_path):
    for refused in (
        lambda: codes_of(CodeOptions(data=given_data, codes=tmp_path / "codes", share=0.5), WeightStore(), "train"),
        lambda: begun(tmp_path / "run", given_data, None, refine=0, share=0.5),
        lambda: begun(tmp_path / "run", given_data, None, refine=4, share=2.0),
    ):
        with pytest.raises(SettingError, match="--share"):
            refused()
    assert not (tmp_path / "codes").exists() and not (tmp_path / "run").exists()


def test_half_of_a_move_lies_between_its_ends(refine, random):
    faces = drawn(torch.randn(2, 18, 512, generator=random))
    start, end, half = refine(faces, 0), refine(faces, 4), refine(faces, 4, share=0.5)
    assert torch.allclose(half, (start + end) / 2, atol=1e-5) and not torch.allclose(start, end)


def test_codes_in_a_file_cannot_be_refined(tmp_path):
    labels = torch.eye(2).bool().repeat(2, 1)
    codes = LabelledCodes(WPlus(torch.ones(4, 2, 4)), labels, torch.arange(4), ("a", "b"), "abc")
    write_codes(codes, tmp_path / "codes.safetensors")
    with pytest.raises(SettingError, match="no photos"):
        codes_of(CodeOptions(codes=tmp_path / "codes.safetensors", refine=1), WeightStore(), "train")
