"""Signals that ask the process to stop.

Python runs a signal's handler in the main thread, wherever that is. An exception raised there can end up anywhere: in the
middle of an import, or in a callback that swallows it. So the handler only notes the signal, the work is done in another
thread, and the main thread waits for whichever comes first.
"""

import signal

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Those of them that the system has: Ctrl-C, `kill` and `docker stop`, a closed terminal, Ctrl-Break on Windows."""


class Interruption:
    """What was asked for last.

    Attributes:
        number: of the signal; 0 while there was none.
    """

    def __init__(self) -> None:
        self.number = 0

    def listen(self) -> None:
        """Note these signals from now on, but those that the process was started to ignore. In the main thread only."""
        for name in NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        self.number = number

    def __bool__(self) -> bool:
        return self.number != 0

    @property
    def status(self) -> int:
        """The exit status of a process that it ended, as shells give it."""
        return 128 + self.number
