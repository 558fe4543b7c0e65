"""Who draws next: one at a time, the moving slider first, and nobody for ever."""

import asyncio

import pytest

from editor.ui.turns import MOST_WAITING, TooManyWaitError, Turns


async def _queue(turns, wanted):
    """The order in which requests that all come while one is under way get their turns."""
    order, go_on = [], asyncio.Event()

    async def ask(name, first):
        async with turns.turn(first):
            order.append(name)
            if name == "under way":
                await go_on.wait()

    tasks = []
    for name, first in (("under way", False), *wanted):
        tasks.append(asyncio.create_task(ask(name, first)))
        await asyncio.sleep(0)
    return order, go_on, tasks


def test_a_live_picture_that_comes_before_a_full_one_begins_is_drawn_first():
    async def run():
        order, go_on, tasks = await _queue(Turns(), [("full", False), ("live", True), ("details", False), ("live 2", True)])
        assert order == ["under way"]
        go_on.set()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(run()) == ["under way", "live", "live 2", "full", "details"]


def test_whoever_gives_up_waiting_does_not_keep_the_turn():
    async def run():
        order, go_on, tasks = await _queue(Turns(), [("gone", True), ("next", False)])
        tasks[1].cancel()
        go_on.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        return order

    assert asyncio.run(run()) == ["under way", "next"]


def test_a_turn_ends_with_an_error_too():
    async def run():
        turns = Turns()
        with pytest.raises(ValueError):
            async with turns.turn():
                raise ValueError
        async with turns.turn():
            return True

    assert asyncio.run(asyncio.wait_for(run(), 5))


def test_not_more_wait_than_a_page_ever_sends():
    async def run():
        turns = Turns()
        _, go_on, tasks = await _queue(turns, [(str(number), False) for number in range(MOST_WAITING)])
        with pytest.raises(TooManyWaitError):
            async with turns.turn(first=True):
                pass
        go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())
