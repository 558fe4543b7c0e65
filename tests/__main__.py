"""All tests, in two halves beside each other: `python -m tests`. Each half leaves a core to the other most of the time.

The browser's half mostly waits for a page, and its output is shown once the other half has ended.
"""

import os
import subprocess
import sys
import tempfile

HALVES = ("browser", "not browser")
THREADS = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""Two halves with a thread for each core would mostly wait for one another's."""


def main() -> int:
    """Run both; the exit status is that of the first half that failed, 0 where none did."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        environment = THREADS | dict(os.environ)
        beside = subprocess.Popen(command(HALVES[0]), env=environment, stdout=said, stderr=subprocess.STDOUT)
        try:
            status = subprocess.run(command(HALVES[1]), env=environment, check=False).returncode
            other = beside.wait()
        finally:
            beside.kill()
        said.seek(0)
        print(said.read(), flush=True)
    return status or other


def command(half: str) -> list[str]:
    """What runs one half, with further options from the command line."""
    return [sys.executable, "-m", "pytest", "-m", half, *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
