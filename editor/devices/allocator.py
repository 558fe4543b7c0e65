"""How the C library keeps memory that was freed. Imports no networks, so that it can be told before any thread starts."""

import ctypes
import sys

ARENA_MAX = -8
"""glibc's number for the number of arenas, `M_ARENA_MAX` in malloc.h."""
ARENAS = 2


def share_arenas() -> None:
    """Let all threads allocate from a few arenas, and not each from its own.

    A server draws in many threads. glibc gives them up to eight arenas a core, and each keeps what was freed in it: with two,
    the page's process is some 80 MB smaller, and pictures take as long. Only glibc is told; elsewhere nothing changes.

    >>> share_arenas()
    """
    if sys.platform == "linux" and (tell := getattr(ctypes.CDLL(None), "mallopt", None)):
        tell(ARENA_MAX, ARENAS)
