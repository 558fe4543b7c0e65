"""A thread that stands back does so alone, and with those that it starts."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from editor.devices.priority import STANDING_BACK, stand_back


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux only")
def test_only_this_thread_and_its_own_stand_back():
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def own() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def with_its_own() -> tuple[int, int]:
        with ThreadPoolExecutor(1) as started_here:
            return own(), started_here.submit(own).result()

    with ThreadPoolExecutor(1, initializer=stand_back) as thread:
        assert thread.submit(with_its_own).result() == (STANDING_BACK, STANDING_BACK)
    assert own() == before
