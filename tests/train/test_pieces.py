"""Files in pieces: joined they are what they were, and what is damaged or half there is said to be."""

import subprocess

import pytest

from editor.errors import WeightsError
from editor.train.pieces import cut, joined


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(bytes(range(250)))
    return path


def test_pieces_are_small_and_join_to_the_file(file):
    content = file.read_bytes()
    pieces = cut(file, 100)
    assert [piece.stat().st_size for piece in pieces] == [100, 100, 50] and not file.exists()
    assert subprocess.run(["cat", *map(str, pieces)], capture_output=True, check=True).stdout == content
    assert joined(file).read_bytes() == content


def test_a_new_cut_replaces_the_old_and_a_whole_file_goes_first(file):
    cut(file, 100)
    file.write_bytes(b"newer")
    assert joined(file).read_bytes() == b"newer", "as after a kill between writing and cutting"
    pieces = cut(file, 2)
    assert sorted(file.parent.glob("*.0*")) == pieces and joined(file).read_bytes() == b"newer"


def test_what_is_not_in_pieces_is_left_alone(tmp_path):
    assert joined(tmp_path / "nowhere") == tmp_path / "nowhere"


def test_a_missing_or_damaged_piece_is_noticed(file):
    second = cut(file, 100)[1]
    second.write_bytes(bytes(100))
    with pytest.raises(WeightsError, match="anew"):
        joined(file)
    second.unlink()
    with pytest.raises(WeightsError, match=second.name):
        joined(file)
    assert not file.exists()
