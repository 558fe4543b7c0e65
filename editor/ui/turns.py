"""The order in which the pictures of one visitor are drawn: one at a time, and those that a moving slider waits for first."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST_WAITING = 16
"""Requests of one visitor that may wait. The page has one of each kind under way."""


class TooManyWaitError(Exception):
    """The visitor has too many requests under way."""


class Turns:
    """Whose turn it is. Used in the event loop only, where nobody holds a thread while waiting."""

    def __init__(self) -> None:
        self._busy = False
        self._first: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, first: bool = False) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Args:
            first: before all who wait and are not first.

        Raises:
            TooManyWaitError: too many wait already.
        """
        if self._busy:
            await self._wait(self._first if first else self._others)
        self._busy = True
        try:
            yield
        finally:
            self._hand_on()

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        if len(self._first) + len(self._others) >= MOST_WAITING:
            raise TooManyWaitError
        mine = asyncio.get_running_loop().create_future()
        line.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():  # it was given a turn meanwhile
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        for line in (self._first, self._others):
            while line:
                if not (next_one := line.popleft()).done():
                    next_one.set_result(None)  # the turns stay taken
                    return
        self._busy = False
