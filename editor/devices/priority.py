"""Threads that stand back: the processor runs others first, for as long as these want to run."""

import os
import sys
import threading

STANDING_BACK = 10
"""How nice such a thread is, as Unix counts: 0 is usual, 19 the most."""


def stand_back() -> None:
    """Let all other threads go before this one, and before the threads that it starts.

    PyTorch starts threads for each thread that computes, so what it computes here stands back as a whole. Only Linux has
    threads of different priority within one process; elsewhere nothing changes.

    >>> thread = threading.Thread(target=stand_back)
    >>> thread.start()
    """
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), STANDING_BACK)
