"""Tasks that give things one by one in; the same things in the order of the tasks out."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

THINGS_AHEAD: Final = 4  # how many a task may give before they are wanted
_SECONDS_PER_LOOK: Final = 0.05

Task = Callable[[], Iterable[Any]]


def in_order(tasks: Iterable[Task], workers: int) -> Iterator[Any]:
    """Run tasks on threads and hand on what they give, task by task.

    A task that is ahead waits, so that little is held at a time. What a task raises is raised
    here; whoever stops asking stops all tasks.
    """
    stopped = threading.Event()
    waiting = iter(tasks)
    begun: deque[queue.Queue[Any]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="kafka-sizing")

    def begin_next() -> None:
        task = next(waiting, None)
        if task is not None:
            given: queue.Queue[Any] = queue.Queue(THINGS_AHEAD)
            begun.append(given)
            pool.submit(_run, task, given, stopped)

    try:
        for _ in range(workers + 1):
            begin_next()
        while begun:
            thing = begun[0].get()
            if isinstance(thing, _Failed):
                raise thing.error
            if thing is _END:
                begun.popleft()
                begin_next()
            else:
                yield thing
    finally:
        stopped.set()
        pool.shutdown(wait=True, cancel_futures=True)


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END: Final = object()


def _run(task: Task, given: queue.Queue[Any], stopped: threading.Event) -> None:
    last: Any = _END
    try:
        for thing in task():
            _put(given, thing, stopped)
            if stopped.is_set():
                return
    except BaseException as error:  # noqa: BLE001 - it is raised where things are asked for
        last = _Failed(error)
    _put(given, last, stopped)


def _put(given: queue.Queue[Any], thing: Any, stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            given.put(thing, timeout=_SECONDS_PER_LOOK)
        except queue.Full:
            continue
        return
