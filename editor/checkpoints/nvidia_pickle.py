"""NVIDIA's network pickles (stylegan2-ada-pytorch), read without running what is in them.

Such a pickle carries the Python source of its networks and, opened as its authors open it, executes that source. Here only
data comes out: an unpickler that knows a dozen names, each answered by a harmless stand-in, and refuses every other. A network
becomes an `NvidiaModule`: its class's name and its attributes.

Format: torch_utils/persistence.py of NVlabs/stylegan2-ada-pytorch. A network reduces to a call of
`_reconstruct_persistent_obj` with a dictionary `type, version, module_src, class_name, state`; its numbers are NumPy scalars,
its tensors storages in torch's old format.
"""

import io
import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

from editor.checkpoints.torch_file import refuse_other_files
from editor.errors import WeightsError

SCALARS = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1")
"""NumPy's codes of plain numbers; an object is not among them."""


@dataclass(frozen=True, eq=False)
class NvidiaModule:
    """A network of a pickle, never built: only what it was made of.

    Attributes:
        class_name: as its source calls it.
        state: its attributes; an `nn.Module`'s tensors are in `_parameters`, `_buffers` and `_modules`.
    """

    class_name: str
    state: dict[str, Any]


def read_nvidia_pickle(path: Path) -> Any:
    """The containers, numbers, tensors and `NvidiaModule`s of a pickle.

    Raises:
        WeightsError: it is another kind of file, truncated, TensorFlow's, or names anything that is not data.

    >>> size = (folder / "numbers.pkl").write_bytes(pickle.dumps({"sizes": [4, 8], "rate": 0.5}))
    >>> read_nvidia_pickle(folder / "numbers.pkl")
    {'sizes': [4, 8], 'rate': 0.5}
    """
    refuse_other_files(path)
    try:
        with path.open("rb") as file:
            return _Reader(file).load()
    except _RefusedError as refused:
        if str(refused).startswith("dnnlib.tflib"):
            raise WeightsError(
                f"{path} is a pickle of the TensorFlow version. "
                "Use ffhq.pkl of stylegan2-ada-pytorch, or a .pt that was converted from it."
            ) from refused
        raise WeightsError(f"{path} asks for {refused}, which is not data. It was not read.") from refused
    except MemoryError:
        raise
    except Exception as error:  # a damaged pickle fails in whatever way its bytes say
        raise WeightsError(f"{path} is truncated or damaged, or no pickle of networks. Fetch it again.") from error


def named_tensors(module: NvidiaModule, prefix: str = "") -> dict[str, torch.Tensor]:
    """The tensors of a network and of those inside it, under the names that its `state_dict` would give them.

    >>> inner = NvidiaModule("Linear", {"_parameters": {"weight": torch.zeros(2, 3)}})
    >>> outer = NvidiaModule("MappingNetwork", {"_buffers": {"w_avg": torch.zeros(2)}, "_modules": {"fc0": inner}})
    >>> {name: tuple(tensor.shape) for name, tensor in named_tensors(outer).items()}
    {'w_avg': (2,), 'fc0.weight': (2, 3)}
    """
    named = {}
    for group in ("_parameters", "_buffers"):
        tensors = module.state.get(group, {})
        named |= {prefix + name: tensor for name, tensor in tensors.items() if isinstance(tensor, torch.Tensor)}
    for name, inner in module.state.get("_modules", {}).items():
        if isinstance(inner, NvidiaModule):
            named |= named_tensors(inner, f"{prefix}{name}.")
    return named


class _RefusedError(Exception):
    """A name that is not on the list."""


class _Reader(pickle.Unpickler):
    """Answers the names below and no other. The stand-ins are made anew for each file, so no file can leave a mark on them."""

    def __init__(self, file: BinaryIO):
        super().__init__(file)
        self._known = _stand_ins()

    def find_class(self, module_name: str, global_name: str) -> Any:
        name = f"{module_name}.{global_name}"
        if name not in self._known:
            raise _RefusedError(name)
        return self._known[name]

    def persistent_load(self, pid: Any) -> Any:
        raise _RefusedError("something outside the file")


def _stand_ins() -> dict[str, Callable[..., Any]]:
    class Plain(dict):
        """A dictionary; what was an attribute in a pickle's own kind of it is of no use here."""

        def __setstate__(self, state: Any) -> None:
            pass

    class Dtype:
        """The type of a NumPy scalar."""

        def __init__(self, code: str, *_: Any):
            if code not in SCALARS:
                raise _RefusedError(f"a NumPy scalar of type {code!r}")
            self.code = code
            self.order = "<"

        def __setstate__(self, state: tuple) -> None:
            self.order = ">" if state[1] == ">" else "<"

    def scalar(dtype: Dtype, content: bytes) -> int | float | bool:
        return np.frombuffer(content, np.dtype(dtype.order + dtype.code))[0].item()

    def module(meta: dict) -> NvidiaModule:
        return NvidiaModule(str(meta["class_name"]), dict(meta["state"]))

    return {
        "collections.OrderedDict": Plain,
        "dnnlib.util.EasyDict": Plain,
        "dnnlib.EasyDict": Plain,
        "builtins.set": set,
        "torch_utils.persistence._reconstruct_persistent_obj": module,
        "torch._utils._rebuild_tensor_v2": _tensor,
        "torch._utils._rebuild_parameter": lambda data, *_: data,
        "torch.storage._load_from_bytes": _storage,
        "numpy.core.multiarray.scalar": scalar,
        "numpy._core.multiarray.scalar": scalar,
        "numpy.dtype": Dtype,
    }


def _storage(content: bytes) -> torch.TypedStorage:
    """Numbers of one type, as torch wrote them into bytes."""
    storage = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    if not isinstance(storage, torch.TypedStorage):
        raise _RefusedError("something else in place of a tensor's numbers")
    return storage


def _tensor(storage: torch.TypedStorage, offset: int, size: tuple, stride: tuple, *_: Any) -> torch.Tensor:
    """A view of a storage that stays inside it."""
    numbers = (offset, *size, *stride)
    if len(size) != len(stride) or not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise _RefusedError("a tensor of an impossible shape")
    whole = torch.empty(0, dtype=storage.dtype).set_(storage._untyped_storage)
    last = offset + sum((extent - 1) * step for extent, step in zip(size, stride, strict=True))
    if math.prod(size) and last >= whole.numel():
        raise _RefusedError("a tensor larger than its numbers")
    return whole.as_strided(size, stride, offset)
