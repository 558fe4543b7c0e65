"""Files of `torch.save` that hold tensors and plain values, and what is often found in their place."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from editor.errors import WeightsError


def refuse_other_files(path: Path) -> None:
    """Tell apart what is saved under a checkpoint's name by mistake.

    Raises:
        WeightsError: the file cannot be read, is empty, a web page, or a pointer of Git LFS.

    >>> _ = (folder / "ffhq.pt").write_text("<!DOCTYPE html>")
    >>> refuse_other_files(folder / "ffhq.pt")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    editor.errors.WeightsError: ...ffhq.pt is a web page, not weights: the address was that of a page about the file...
    """
    try:
        with path.open("rb") as file:
            head = file.read(512).lstrip().lower()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error
    if not head:
        raise WeightsError(f"{path} is empty. Fetch it again.")
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise WeightsError(
            f"{path} is a web page, not weights: the address was that of a page about the file. "
            "On the Hugging Face hub, file addresses have /resolve/ where pages have /blob/."
        )
    if head.startswith(b"version https://git-lfs"):
        raise WeightsError(f"{path} is a pointer of Git LFS, not the file itself. `git lfs pull` brings it.")


def read_torch_file(path: Path) -> Any:
    """What `torch.save` wrote, on the CPU; tensors stay on the disk until they are used where the format allows it.

    Raises:
        WeightsError: the file is something else, truncated, or holds more than tensors, containers and plain values.

    >>> torch.save({"state_dict": {"weight": torch.ones(2)}}, folder / "weights.pt")
    >>> read_torch_file(folder / "weights.pt")
    {'state_dict': {'weight': tensor([1., 1.])}}
    """
    refuse_other_files(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as error:
        if "GLOBAL" not in str(error):  # bytes that make no sense, where others would name what they want to call
            raise _damaged(path) from error
        raise WeightsError(
            f"{path} holds more than tensors and plain values, and reading it would run code. It was not read."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> WeightsError:
    size = path.stat().st_size
    return WeightsError(f"{path} ({size / 1e6:.1f} MB) is truncated or damaged, or no file of torch.save. Fetch it again.")
