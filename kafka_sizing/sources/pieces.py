"""Some records of a log as they were read: what they add up to, and what is wrong with them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.serializers import Serializer

BYTES_PER_PIECE: Final = 2**25  # about, of keys that are read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which columns of a table are wanted, and what its keys are written as."""

    key: str
    load: str | None
    serializer: Serializer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A batch of keys, and what was wrong in the records behind it."""

    batch: KeyBatch
    share: float | None = None  #: of its log; None: the reader of the log knows how far it is
    wrong_loads: int = 0  #: records whose load is none
    kinds: Counter[str] = field(default_factory=Counter)  #: what keys are, where records say it

    @property
    def n_bytes(self) -> int:
        """Say how much memory it takes."""
        return self.batch.n_bytes
