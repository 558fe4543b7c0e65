"""How many workers, and where each runs: on a GPU of its own, or on a group of cores."""

import os

from editor.batch.work import Place
from editor.devices.choice import devices

WORKER_BYTES = 4 * 2**30
"""Memory that a worker may need, photos of 12 megapixels included: see docs/scale.md."""
THREADS = 1
"""Cores of a worker on a CPU, unless their number is given."""


def places(workers: int = 0, threads: int = 0, device: str | None = None) -> tuple[Place, ...]:
    """Places for workers on this machine.

    Args:
        workers: how many; 0: one for each GPU, else one for each group of cores that the memory suffices for.
        threads: cores of each; 0: an equal share of them.
        device: as PyTorch has it; None: the GPUs if there are any, else the CPU.

    >>> [place.device for place in places(workers=2, device="cpu")]
    ['cpu', 'cpu']
    >>> {place.threads for place in places(workers=1, device="cpu")} == {cores()}
    True
    """
    chosen = spread(device)
    most = max(1, min(cores() // (threads or THREADS), memory() // WORKER_BYTES))
    count = workers or (most if chosen == ("cpu",) else len(chosen))
    share = threads or max(1, cores() // count)
    return tuple(Place(number, chosen[number % len(chosen)], share) for number in range(count))


def spread(device: str | None) -> tuple[str, ...]:
    """The devices that workers are spread over.

    >>> spread("cpu"), spread("cuda:1")
    (('cpu',), ('cuda:1',))
    """
    if device in (None, "cuda"):
        gpus = tuple(name for name in devices() if name.startswith("cuda:"))
        return gpus or ("cpu",)
    return (device,)


def memory() -> int:
    """Bytes of this machine's memory; where it does not say, enough for four workers.

    >>> memory() > 1e9
    True
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return 4 * WORKER_BYTES


def cores() -> int:
    """How many cores this process may use.

    >>> cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
