"""Files of others are data: what is in them comes out, nothing of it is run, and everything else is one clear error."""

import io
import os
import pickle
import sys
from types import ModuleType

import numpy as np
import pytest
import torch

from editor.checkpoints import NvidiaModule, named_tensors, read_nvidia_pickle, read_torch_file
from editor.errors import WeightsError
from tests.generate.stylegan2_files import Persistent, persistent_tree, write_nvidia

NOT_WEIGHTS = {
    "empty": (b"", "empty"),
    "page": (b"\n<!DOCTYPE html><html><body>Quota exceeded</body></html>", "web page.*resolve"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5", "git lfs pull"),
    "noise": (bytes(range(200, 250)) * 90, "damaged"),
}


class Hostile:
    """Pickles as a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("read", [read_torch_file, read_nvidia_pickle])
@pytest.mark.parametrize("content, said", NOT_WEIGHTS.values(), ids=NOT_WEIGHTS)
def test_what_is_saved_in_place_of_weights(read, content, said, tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=said):
        read(path)
    with pytest.raises(WeightsError, match="cannot be read"):
        read(tmp_path / "absent")


@pytest.mark.parametrize("new", [True, False], ids=["zip", "old format"])
def test_a_torch_file(new, tmp_path):
    holder = {
        "state_dict": {"a": torch.arange(6.0).view(2, 3)},
        "opts": {"encoder_type": "X", "n": 3, "rate": 0.1, "none": None},
    }
    torch.save(holder, tmp_path / "a.pt", _use_new_zipfile_serialization=new)
    read = read_torch_file(tmp_path / "a.pt")
    assert torch.equal(read["state_dict"]["a"], holder["state_dict"]["a"]) and read["opts"] == holder["opts"]


@pytest.mark.parametrize("new", [True, False], ids=["zip", "old format"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_a_truncated_torch_file(new, share, tmp_path):
    path = tmp_path / "a.pt"
    torch.save({"a": torch.randn(100, 100)}, path, _use_new_zipfile_serialization=new)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(WeightsError, match="truncated"):
        read_torch_file(path)


@pytest.mark.parametrize("new", [True, False], ids=["zip", "old format"])
def test_a_hostile_torch_file_is_not_run(new, tmp_path):
    mark = tmp_path / "ran"
    torch.save({"a": Hostile(os.mkdir, str(mark))}, tmp_path / "a.pt", _use_new_zipfile_serialization=new)
    with pytest.raises(WeightsError, match="run code"):
        read_torch_file(tmp_path / "a.pt")
    assert not mark.exists()


def hostile_contents(mark):
    scalar = Hostile(np.dtype, "O")
    inner = io.BytesIO()
    torch.save(Hostile(os.mkdir, str(mark)), inner, _use_new_zipfile_serialization=False)
    return {
        "a call": Hostile(os.mkdir, str(mark)),
        "in a network's state": Persistent("Generator", {"x": Hostile(os.mkdir, str(mark))}),
        "evaluated": Hostile(eval, f"__import__('os').mkdir({str(mark)!r})"),
        "an attribute of what is known": Hostile(getattr, "", "format"),
        "a scalar that is an object": scalar,
        "inside a tensor's numbers": Hostile(torch.storage._load_from_bytes, inner.getvalue()),
        "outside its numbers": Hostile(
            torch._utils._rebuild_tensor_v2, torch.zeros(2)._typed_storage(), 0, (1000,), (1,), False, None
        ),
        "a class": NvidiaModule,
    }


@pytest.mark.parametrize("name", hostile_contents("x"))
def test_a_hostile_pickle_is_not_run(name, tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    path = write_nvidia(lambda: {"G_ema": hostile_contents(mark)[name]}, tmp_path / "hostile.pkl", monkeypatch)
    with pytest.raises(WeightsError):
        read_nvidia_pickle(path)
    assert not mark.exists()


def test_the_source_in_a_pickle_is_not_run_and_its_tensors_come_out(tmp_path, monkeypatch):
    tensors = {"a.weight": torch.randn(3, 4), "a.b.bias": torch.randn(5).half(), "w_avg": torch.arange(3)}
    path = write_nvidia(lambda: {"G_ema": persistent_tree(tensors)}, tmp_path / "n.pkl", monkeypatch)
    network = read_nvidia_pickle(path)["G_ema"]
    named = named_tensors(network)
    assert named.keys() == tensors.keys() and all(torch.equal(named[name], tensors[name]) for name in named)
    assert network.class_name == "Generator" and network.state["weight_gain"] == 1 / np.sqrt(512)
    assert network.state["_init_kwargs"] == {"z_dim": 512} and "torch_utils" not in sys.modules


def test_no_file_leaves_a_mark_on_the_reader(tmp_path, monkeypatch):
    """BUILD sets attributes of whatever is on the stack, the stand-ins among them."""
    build = b"\x80\x02ccollections\nOrderedDict\n}X\x0b\x00\x00\x00__setitem__K\x01s\x86b."
    (tmp_path / "bad.pkl").write_bytes(build)
    with pytest.raises(WeightsError):
        read_nvidia_pickle(tmp_path / "bad.pkl")
    path = write_nvidia(lambda: {"G_ema": persistent_tree({"a": torch.ones(2)})}, tmp_path / "n.pkl", monkeypatch)
    assert torch.equal(named_tensors(read_nvidia_pickle(path)["G_ema"])["a"], torch.ones(2))


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_a_truncated_pickle(share, tmp_path, monkeypatch):
    path = write_nvidia(lambda: {"G_ema": persistent_tree({"a.weight": torch.randn(90, 90)})}, tmp_path / "n.pkl", monkeypatch)
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(WeightsError, match="truncated"):
        read_nvidia_pickle(path)


def test_a_tensorflow_pickle_is_told_apart(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        for name in ("dnnlib", "dnnlib.tflib", "dnnlib.tflib.network"):
            patch.setitem(sys.modules, name, ModuleType(name))
        network = type("Network", (), {"__module__": "dnnlib.tflib.network"})
        sys.modules["dnnlib.tflib.network"].Network = network
        (tmp_path / "tf.pkl").write_bytes(pickle.dumps((network(), network(), network())))
    with pytest.raises(WeightsError, match="TensorFlow"):
        read_nvidia_pickle(tmp_path / "tf.pkl")
