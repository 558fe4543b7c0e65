"""A training leaves the process as it found it."""

import pytest
import torch

from editor.train.encoder.run import threads


def test_threads_are_given_back_after_an_error_too():
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError), threads(before + 1):
        assert torch.get_num_threads() == before + 1
        raise RuntimeError
    assert torch.get_num_threads() == before
