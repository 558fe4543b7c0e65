"""Files of tensors: what is written is read, whole or not at all, and a file of another kind is named."""

import pytest
import torch

from editor.errors import WeightsError
from editor.weights.tensors import halved, kept_tensors, read_as, read_tensors, stored_tensors, write_tensors


def test_halves_are_stored_as_halves_and_read_as_floats(tmp_path):
    path, values = tmp_path / "new" / "f.safetensors", {"a": torch.rand(3), "b": torch.rand(3), "n": torch.arange(3)}
    write_tensors(path, halved(values, besides=("b",)), {"about": "x"})
    stored, about = stored_tensors(path)
    assert [stored[name].dtype for name in "abn"] == [torch.float16, torch.float32, torch.int64] and about == {"about": "x"}
    read, _ = read_tensors(path)
    assert torch.allclose(read["a"], values["a"], atol=1e-3) and read["a"].dtype == torch.float32
    assert torch.equal(read["b"], values["b"]) and torch.equal(read["n"], values["n"])


def test_views_of_other_tensors_are_written(tmp_path):
    write_tensors(tmp_path / "f", {"t": torch.arange(6.0).view(2, 3).t()})
    assert torch.equal(read_tensors(tmp_path / "f")[0]["t"], torch.arange(6.0).view(2, 3).t())


@pytest.mark.parametrize("error", [KeyError("w"), IndexError(), TypeError(), ValueError(), RuntimeError()])
def test_what_is_missing_in_a_file_is_told_with_its_name(tmp_path, error):
    write_tensors(tmp_path / "f", {"t": torch.ones(1)})

    def build(*_):
        raise error

    with pytest.raises(WeightsError, match="f does not hold a thing"):
        read_as(tmp_path / "f", "a thing", build)


@pytest.mark.parametrize("content", [b"", b"nothing", None])
def test_what_is_no_such_file_is_told(tmp_path, content):
    if content is not None:
        (tmp_path / "f").write_bytes(content)
    with pytest.raises(WeightsError, match="not a readable safetensors"):
        read_as(tmp_path / "f", "a thing", lambda *_: pytest.fail("there is nothing to build of"))


def test_what_is_kept_is_made_once_and_not_after_an_error(tmp_path):
    path, made = tmp_path / "f", []

    def make():
        made.append(1)
        return {"t": torch.ones(1).half()} if len(made) > 1 else {"t": 1 / 0}

    with pytest.raises(ZeroDivisionError):
        kept_tensors(path, make)
    assert not list(tmp_path.iterdir())
    assert all(kept_tensors(path, make)["t"].dtype == torch.float16 for _ in range(2)) and len(made) == 2
