"""Tasks run side by side, and what they give comes in their order."""

import threading
import time
from functools import partial

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


def test_tasks_that_are_ahead_hold_few_bytes_together(monkeypatch):
    """Sixty tasks of three parts each: 100 bytes fit ahead, and one thing of each worker."""
    monkeypatch.setattr(pipeline, "BYTES_AHEAD", 100)
    lock, out = threading.Lock(), [0, 0]

    def task(number):
        for part in range(3):
            with lock:
                out[0] += 30
                out[1] = max(out)
            yield number, part

    workers, seen = 4, []
    tasks = [partial(task, number) for number in range(60)]
    for thing in in_order(tasks, workers, size_of=lambda thing: 30):
        time.sleep(0.001)
        seen.append(thing)
        with lock:
            out[0] -= 30
    assert seen == [(number, part) for number in range(60) for part in range(3)]
    # What waits to be given and what was just taken come on top.
    assert out[1] <= 100 + 30 * (workers + workers + 1)


def test_a_thing_larger_than_all_that_fits_ahead_comes_through(monkeypatch):
    monkeypatch.setattr(pipeline, "BYTES_AHEAD", 10)
    things = in_order([partial(iter, [1, 2, 3])] * 3, 2, size_of=lambda thing: 1_000)
    assert list(things) == [1, 2, 3] * 3
