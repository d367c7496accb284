"""Tasks run side by side, and what they give comes in their order."""

import threading
import time

import pytest

from kafka_sizing.sources import pipeline
from kafka_sizing.sources.pipeline import in_order


def slow_first(number):
    def task():
        time.sleep(0.02 if number % 3 == 0 else 0)
        yield from (f"{number}{letter}" for letter in "abcdefgh"[: number % 9])

    return task


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_things_come_in_the_order_of_their_tasks(workers):
    expected = [f"{n}{letter}" for n in range(20) for letter in "abcdefgh"[: n % 9]]
    assert list(in_order(map(slow_first, range(20)), workers)) == expected


def test_tasks_run_side_by_side():
    both = threading.Barrier(2, timeout=10)

    def task():
        both.wait()
        yield 1

    assert sum(in_order([task, task], 2)) == 2


def test_what_a_task_raises_is_raised_where_it_is_asked_for():
    def fails():
        yield 1
        raise ValueError("no record")

    things = in_order([fails, slow_first(2)], 2)
    assert next(things) == 1
    with pytest.raises(ValueError, match="no record"):
        next(things)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interrupt_in_a_task_stops_everything(error):
    def stops():
        raise error
        yield

    with pytest.raises(error):
        list(in_order([slow_first(4), stops, slow_first(5)], 1))


def test_what_the_list_of_tasks_raises_is_raised():
    def tasks():
        yield slow_first(1)
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        list(in_order(tasks(), 2))


def test_who_stops_asking_stops_all_tasks():
    given = []

    def endless():
        while True:
            given.append(1)
            yield 1

    things = in_order([endless] * 4, 2)
    next(things)
    things.close()
    before = len(given)
    time.sleep(0.15)
    assert len(given) == before
    assert not [one for one in threading.enumerate() if one.name.startswith("kafka-sizing")]


def test_a_task_that_is_ahead_waits():
    made = []

    def task():
        for number in range(100):
            made.append(number)
            yield number

    things = in_order([task], 1)
    next(things)
    time.sleep(0.15)
    assert len(made) <= pipeline.THINGS_AHEAD + 3
    assert len(list(things)) == 99
