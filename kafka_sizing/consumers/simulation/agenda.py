"""Actions and their times in; each done when its time has come."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable


class Agenda:
    """What is still to happen, and the time it is."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._entries: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()  # at one time, first come, first done

    @property
    def next_s(self) -> float:
        """When something happens next; infinity if nothing ever does."""
        return self._entries[0][0] if self._entries else float("inf")

    def at(self, time_s: float, action: Callable[[], None]) -> None:
        """Let something happen at a time."""
        heapq.heappush(self._entries, (time_s, next(self._order), action))

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        """Let something happen some time from now."""
        self.at(self.now_s + delay_s, action)

    def advance_to(self, now_s: float) -> None:
        """Let everything happen that is due by then."""
        while self.next_s <= now_s:
            self.now_s, _, action = heapq.heappop(self._entries)
            action()
        self.now_s = now_s
