"""Files of tensors: this project's own weights, codes and kept results. They are safetensors, written whole or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn
from torch.overrides import TorchFunctionMode

from editor.errors import WeightsError
from editor.files.writing import write_atomically

Value = TypeVar("Value")
Network = TypeVar("Network", bound=nn.Module)
Tensors = dict[str, torch.Tensor]


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor], about: Mapping[str, str] | None = None) -> None:
    """Write tensors by name, and what there is to say about them.

    Args:
        about: the metadata: texts by name, of which JSON is one.

    Raises:
        EditorError: the file cannot be written.

    >>> write_tensors(folder / "ones.safetensors", {"ones": torch.ones(2)}, {"made": "here"})
    >>> read_tensors(folder / "ones.safetensors")
    ({'ones': tensor([1., 1.])}, {'made': 'here'})
    """
    plain = {name: value.detach().contiguous().cpu() for name, value in tensors.items()}
    write_atomically(path, lambda part: _write(part, plain, dict(about) if about else None))


def _write(part: Path, tensors: Tensors, about: dict[str, str] | None) -> None:
    """Write a file that may be read by whoever may read others: safetensors makes one for its owner alone."""
    part.touch()
    mode = part.stat().st_mode
    save_file(tensors, part, about)
    part.chmod(mode & 0o777)


def halved(tensors: Mapping[str, torch.Tensor], besides: tuple[str, ...] = ()) -> Tensors:
    """The tensors with floats in half precision, but for those named in `besides`.

    >>> tensors = {"weight": torch.ones(2), "mean": torch.ones(2), "count": torch.ones(2, dtype=torch.int64)}
    >>> [str(value.dtype) for value in halved(tensors, besides=("mean",)).values()]
    ['torch.float16', 'torch.float32', 'torch.int64']
    """
    return {
        name: value.half() if value.is_floating_point() and name not in besides else value for name, value in tensors.items()
    }


def stored_tensors(path: Path) -> tuple[Tensors, dict[str, str]]:
    """The tensors and the metadata of a file, in the precision that they were written in.

    Raises:
        WeightsError: the file is not safetensors.

    >>> write_tensors(folder / "ones.safetensors", {"ones": torch.ones(2).half()}, {"made": "here"})
    >>> stored_tensors(folder / "ones.safetensors")
    ({'ones': tensor([1., 1.], dtype=torch.float16)}, {'made': 'here'})
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118 (not a mapping)
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{path} is not a readable safetensors file: {error}") from error


def read_tensors(path: Path) -> tuple[Tensors, dict[str, str]]:
    """The tensors (halves widened to float32) and the metadata of a file.

    Raises:
        WeightsError: the file is not safetensors.

    >>> write_tensors(folder / "ones.safetensors", {"ones": torch.ones(2).half(), "count": torch.tensor(2)})
    >>> read_tensors(folder / "ones.safetensors")[0]["ones"].dtype
    torch.float32
    """
    tensors, about = stored_tensors(path)
    kinds = {name: torch.float32 if value.is_floating_point() else value.dtype for name, value in tensors.items()}
    return {name: value.to(kinds[name], copy=True) for name, value in tensors.items()}, about  # or all of the file stays mapped


def read_as(path: Path, what: str, build: Callable[[Tensors, dict[str, str]], Value]) -> Value:
    """What `build` makes of a file's tensors and metadata, as `read_tensors` gives them.

    Args:
        what: the file is to hold, for the error.

    Raises:
        WeightsError: the file is not safetensors, or `build` does not find in it what it needs.

    >>> write_tensors(folder / "ones.safetensors", {"ones": torch.ones(2)}, {"made": "here"})
    >>> read_as(folder / "ones.safetensors", "ones", lambda tensors, about: (tensors["ones"].sum(), about["made"]))
    (tensor(2.), 'here')
    """
    tensors, about = read_tensors(path)
    try:
        return build(tensors, about)
    except (KeyError, IndexError, TypeError, ValueError, RuntimeError) as error:
        raise WeightsError(f"{path} does not hold {what}: {error}") from error


def filled(build: Callable[[], Network], tensors: Mapping[str, torch.Tensor]) -> Network:
    """The network that `build` makes, frozen, in eval mode, with these tensors as its own: nothing is initialised or copied.

    Args:
        build: makes the network. What is no parameter and in no file, it makes on a device that it names.

    Raises:
        RuntimeError: the tensors are not those of the network.

    >>> tensors = {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}
    >>> network = filled(lambda: nn.Linear(3, 2), tensors)
    >>> network.weight.data_ptr() == tensors["weight"].data_ptr(), network.weight.requires_grad
    (True, False)
    """
    with torch.device("meta"), _Uninitialised():
        network = build()
    network.load_state_dict(tensors, strict=True, assign=True)
    return network.eval().requires_grad_(False)


class _Uninitialised(TorchFunctionMode):
    """Leaves out what `torch.nn.init` does, which would import PyTorch's compiler for tensors without data."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        given = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return given["tensor"] if "tensor" in given else args[0]
        return func(*args, **given)


def kept_tensors(path: Path, make: Callable[[], Mapping[str, torch.Tensor]]) -> Tensors:
    """The tensors of a file, as they were written; made and written first where there is no file.

    Args:
        make: makes the tensors; not called where the file is there.

    Raises:
        EditorError: the file cannot be written.
        WeightsError: the file is there and is not safetensors.

    >>> kept_tensors(folder / "ones.safetensors", lambda: {"ones": torch.ones(2)})
    {'ones': tensor([1., 1.])}
    """
    if not path.exists():
        write_tensors(path, make())
    return stored_tensors(path)[0]


def kept_tensor(path: Path, name: str, make: Callable[[], torch.Tensor]) -> torch.Tensor:
    """A tensor that is in a file of its own, or is made and written there; floats as float32.

    Args:
        path: the file; folders that are missing are made.
        name: what the tensor is called in it.
        make: makes the tensor; not called where the file is there.

    Raises:
        EditorError: the file cannot be written.
        WeightsError: the file is there and is not safetensors.

    >>> kept_tensor(folder / "ones.safetensors", "ones", lambda: torch.ones(2))
    tensor([1., 1.])
    >>> kept_tensor(folder / "ones.safetensors", "ones", lambda: torch.zeros(2))  # read back, not made again
    tensor([1., 1.])
    """
    value = kept_tensors(path, lambda: {name: make()})[name]
    return value.float() if value.is_floating_point() else value
