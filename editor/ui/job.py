"""An improvement that was asked for: how far it is, how it ended, and how it is stopped. Used by several threads."""

import threading


class Job:
    """One improvement.

    Attributes:
        way: refine or tune.
        steps: how many it takes.
        step: how many are done.
        state: waiting, running, done, stopped or failed.
        error: why it failed, for a person.
    """

    def __init__(self, way: str, steps: int):
        self.way, self.steps = way, steps
        self.step = 0
        self.state = "waiting"
        self.error: str | None = None
        self.over = threading.Event()
        self._stopping = False
        self._lock = threading.Lock()

    def begin(self) -> bool:
        """Its turn has come; False where it was stopped while it waited."""
        with self._lock:
            if not self._stopping:
                self.state = "running"
        return not self._stopping

    def stop(self) -> None:
        """End at the next step, or at once where it waits for its turn."""
        with self._lock:
            self._stopping = True
            if self.state == "waiting":
                self.close("stopped")

    @property
    def ending(self) -> bool:
        """Whether it is over, or will be after the step under way."""
        return self._stopping or self.over.is_set()

    def close(self, state: str, error: str | None = None) -> None:
        """It is over."""
        self.state, self.error = state, error
        self.over.set()
