"""Codes on the disk, and what is refused."""

import pytest
import torch

from editor.errors import SettingError, WeightsError
from editor.spaces import WPlus
from editor.train.codes import Codes, read_codes, write_codes


@pytest.fixture
def codes() -> Codes:
    return Codes(WPlus(torch.ones(3, 18, 512)), torch.eye(3, 2).bool(), torch.arange(3), ("a", "b"), "hash")


def test_the_file_gives_the_codes_back(codes, tmp_path):
    write_codes(codes, tmp_path / "c.safetensors")
    again = read_codes(tmp_path / "c.safetensors")
    assert torch.equal(again.w_plus, codes.w_plus) and torch.equal(again.labels, codes.labels)
    assert (again.attributes, again.encoder) == (codes.attributes, "hash")


def test_a_code_that_is_not_a_number_is_refused(codes, tmp_path):
    codes.w_plus[1, 2, 3] = float("nan")
    write_codes(codes, tmp_path / "c.safetensors")
    with pytest.raises(SettingError, match="finite"):
        read_codes(tmp_path / "c.safetensors")


def test_labels_that_do_not_match_are_refused(codes, tmp_path):
    wrong = Codes(codes.w_plus, codes.labels[:2], codes.people, codes.attributes, codes.encoder)
    write_codes(wrong, tmp_path / "c.safetensors")
    with pytest.raises(SettingError, match="match"):
        read_codes(tmp_path / "c.safetensors")


def test_another_file_is_refused(tmp_path):
    (tmp_path / "c.safetensors").write_bytes(b"PK")
    with pytest.raises(WeightsError):
        read_codes(tmp_path / "c.safetensors")
