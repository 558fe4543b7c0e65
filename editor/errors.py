"""What can go wrong and be told to a person. Everything else is a bug and stays a plain Python error."""

import re

NO_MEMORY = re.compile("out of memory|not enough memory|allocate|bad.alloc", re.IGNORECASE)
"""What PyTorch and OpenVINO say where memory runs out."""


class EditorError(Exception):
    """Base of every error whose message is meant for the person at the keyboard."""


class PhotoError(EditorError):
    """The photo cannot be read or is not acceptable."""


class FaceError(EditorError):
    """No usable face was found in the photo."""


class PointsError(FaceError):
    """Points that were placed by hand cannot be the eyes and the mouth of a face."""


class WeightsError(EditorError):
    """A file of weights is missing, damaged, unreachable or not what the manifest says."""


class SettingError(EditorError):
    """A setting, an attribute or a strength is not one that exists."""


class RecipeError(SettingError):
    """A recipe cannot be read, or was made with models that are not these."""


class TableError(SettingError):
    """A table of labels, people or splits cannot be read, or does not say what is asked of it."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of PyTorch's, OpenVINO's or Python's own says that memory ran out.

    >>> is_out_of_memory(RuntimeError("CUDA out of memory")), is_out_of_memory(RuntimeError("memory_desc.h: wrong shape"))
    (True, False)
    """
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and NO_MEMORY.search(str(error)) is not None)
