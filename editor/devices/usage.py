"""How much memory this process has, as the system counts it."""

import os
from pathlib import Path


def resident_mb(process: int | None = None) -> int | None:
    """Megabytes of a process that lie in memory, files mapped into it included; None where the system does not tell.

    Args:
        process: its number; None: this one.

    >>> resident_mb() is None or resident_mb() > 10
    True
    """
    try:
        lines = Path(f"/proc/{process or os.getpid()}/status").read_text().splitlines()
        (line,) = (line for line in lines if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024 // 1_000_000  # the system counts in units of 1,024 bytes
    except (OSError, ValueError):
        return None
