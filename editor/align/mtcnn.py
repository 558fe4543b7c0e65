"""The class `MTCNN` of facenet-pytorch, imported without PyTorch's compiler.

facenet-pytorch imports torchvision, whose `ops.roi_align` asks the compiler's package for one function: whether compiling is
supported. Nothing here calls `roi_align`. The compiler would take longer to import than PyTorch itself, and 150 MB of memory.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

COMPILER = "torch._dynamo"
"""The package that is left out."""


@contextmanager
def without_compiler() -> Iterator[None]:
    """Let modules be imported that ask the compiler's package for that function; nothing changes where it is imported already.

    >>> with without_compiler():
    ...     import torchvision.ops
    """
    if COMPILER in sys.modules:
        yield
        return
    asked = ModuleType(f"{COMPILER}.utils")
    asked.__dict__["is_compile_supported"] = lambda device: False
    absent = {COMPILER: ModuleType(COMPILER), asked.__name__: asked}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name, module in absent.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


try:
    with without_compiler():
        from facenet_pytorch import MTCNN
except ImportError:  # a torchvision that asks it for more
    from facenet_pytorch import MTCNN

__all__ = ["MTCNN"]
