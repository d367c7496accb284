"""Shares of work done in; how far reading has come, how fast, and how long it will go on, out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_SECONDS_PER_WORD: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How far the reading of a log has come."""

    share: float  #: of this look that is done, in [0, 1]
    records: int  #: read so far in this look
    elapsed_s: float  #: since this look began
    look: int = 1  #: 2: heavy keys are counted in a second look

    @property
    def records_per_s(self) -> float:
        """Records per second so far; 0 before there is a second to speak of."""
        return self.records / self.elapsed_s if self.elapsed_s else 0.0

    @property
    def left_s(self) -> float | None:
        """About how long this look will go on; None while that cannot be told."""
        return self.elapsed_s * (1 - self.share) / self.share if self.share else None


Progress = Callable[[Reading], None]


class Meter:
    """Tells a listener now and then how far one look has come."""

    def __init__(self, listener: Progress | None, *, look: int) -> None:
        self.expected = 1  #: bytes of all files, or 1 where that is not known
        self.share = 0.0
        self._listener = listener
        self._look = look
        self._begun = self._told = time.perf_counter()
        self._records = 0

    def expect(self, size_bytes: int) -> None:
        """Say how much there is to read."""
        self.expected = max(size_bytes, 1)

    def add(self, records: int, share: float) -> None:
        """Note records that were read, and how much of all that makes."""
        self._records += records
        self.share = min(max(share, self.share), 1.0)
        now = time.perf_counter()
        due = now - self._told >= _SECONDS_PER_WORD or self.share >= 1
        if self._listener is not None and due:
            self._told = now
            self._listener(
                Reading(
                    share=self.share,
                    records=self._records,
                    elapsed_s=now - self._begun,
                    look=self._look,
                )
            )
