"""Work ahead of its turn changes when it is done, and nothing else."""

import threading

import pytest

from editor.train.prefetch import ahead


@pytest.mark.parametrize("workers", [0, 1, 3, 20])
def test_all_steps_come_in_order_begun_one_after_the_other(workers):
    begun = []

    def begin(step):
        begun.append(step)
        return lambda: 10 * step

    assert list(ahead(begin, range(4, 12), workers)) == list(range(40, 120, 10)) and begun == list(range(4, 12))


def test_a_step_is_finished_while_the_one_before_is_used():
    second = threading.Event()
    batches = ahead(lambda step: second.set if step == 2 else lambda: None, range(1, 9), workers=2)
    next(batches)
    assert second.wait(10), "nobody asked for the second step yet"
    batches.close()


def test_no_further_ahead_than_there_are_workers():
    begun = []
    batches = ahead(lambda step: lambda: begun.append(step), range(100), workers=2)
    next(batches)
    batches.close()
    assert max(begun) <= 2


@pytest.mark.parametrize("workers", [0, 2])
def test_what_goes_wrong_is_told_at_its_turn(workers):
    batches = ahead(lambda step: lambda: 1 / (2 - step), range(5), workers)
    assert [next(batches), next(batches)] == [0.5, 1]
    with pytest.raises(ZeroDivisionError):
        next(batches)
