"""Tasks that give things one by one in; the same things in the order of the tasks out."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

THINGS_AHEAD: Final = 32  # how many a task may give before they are wanted
BYTES_AHEAD: Final = 2**27  # of all tasks together; beyond it, one thing a task

Task = Callable[[], Iterable[Any]]


def in_order(
    tasks: Iterable[Task], workers: int, *, size_of: Callable[[Any], int] = lambda _: 0
) -> Iterator[Any]:
    """Run tasks on threads and hand on what they give, task by task.

    A task that is ahead waits, so that few things and, by ``size_of``, few bytes are held at a
    time. What a task raises is raised here; whoever stops asking stops all tasks.
    """
    ahead = _Ahead(size_of)
    waiting = iter(tasks)
    begun: deque[_Given] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="kafka-sizing")

    def begin_next() -> None:
        task = next(waiting, None)
        if task is not None:
            given: _Given = deque()
            begun.append(given)
            pool.submit(_run, task, given, ahead)

    try:
        for _ in range(workers + 1):
            begin_next()
        while begun:
            thing = ahead.take(begun[0])
            if isinstance(thing, _Failed):
                raise thing.error
            if thing is _END:
                begun.popleft()
                begin_next()
            else:
                yield thing
    finally:
        ahead.stop()
        pool.shutdown(wait=True, cancel_futures=True)


_Given = deque[Any]


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


_END: Final = object()


class _Ahead:
    """What tasks gave and nobody asked for yet."""

    def __init__(self, size_of: Callable[[Any], int]) -> None:
        self.stopped = False
        self._size_of = size_of
        self._bytes = 0
        self._changed = threading.Condition()

    def give(self, given: _Given, thing: Any, *, is_last: bool = False) -> None:
        """Hand a thing on as soon as there is room for it."""
        size = 0 if is_last else self._size_of(thing)

        def has_room() -> bool:
            few = len(given) < THINGS_AHEAD and self._bytes + size <= BYTES_AHEAD
            return self.stopped or few or not given  # a task whose turn it is must not wait

        with self._changed:
            self._changed.wait_for(has_room)
            given.append(thing)
            self._bytes += size
            self._changed.notify_all()

    def take(self, given: _Given) -> Any:
        """Wait for the next thing of a task."""
        with self._changed:
            self._changed.wait_for(lambda: given)
            thing = given.popleft()
            if thing is not _END and not isinstance(thing, _Failed):
                self._bytes -= self._size_of(thing)
            self._changed.notify_all()
            return thing

    def stop(self) -> None:
        """Let nobody wait any longer."""
        with self._changed:
            self.stopped = True
            self._changed.notify_all()


def _run(task: Task, given: _Given, ahead: _Ahead) -> None:
    last: Any = _END
    try:
        for thing in task():
            ahead.give(given, thing)
            if ahead.stopped:
                return
    except BaseException as error:  # noqa: BLE001 - it is raised where things are asked for
        last = _Failed(error)
    ahead.give(given, last, is_last=True)
