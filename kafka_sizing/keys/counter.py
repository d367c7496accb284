"""Batches of records in; the load of each key out, or of each bin where keys are too many."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, expm1
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing.keys.batches import KeyBatch
from kafka_sizing.keys.cardinality import DistinctEstimate
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.loads import KeyLoads, loads_of_distinct, sample_size_of
from kafka_sizing.keys.partitioners import Partitioner
from kafka_sizing.keys.sketch import KeySketch, sketch_of, spread_keys
from kafka_sizing.keys.table import KeyTable, least_bytes, most_keys
from kafka_sizing.keys.tail import TAIL_BINS, TailBins
from kafka_sizing.units import LoadUnit, MiB, format_load

HEAVY_SHARE: Final = 1e-5  # keys from this share on are counted one by one, however many others
KEPT_FRACTION: Final = 0.25  # of the keys of a table that is full
TABLE_FRACTION: Final = 0.75  # of the memory, for keys one by one; the rest is for bins and steps
_KEYS_PER_STEP: Final = 2**20
_MARGIN: Final = 1.1  # of keys that are expected by an estimate

Loads = NDArray[np.float64]


class KeyCounter:
    """Counts batch after batch in bounded memory.

    While all distinct keys fit in ``most_bytes``, each has its exact load. When they no longer
    do, the lightest three quarters move to bins by their hash, again and again. From then on a
    key may be in the table with a part of its load and in its bin with the rest.
    """

    def __init__(
        self, most_bytes: int, *, partitioner: Partitioner, counts: Iterable[int] = ()
    ) -> None:
        self.records = 0
        self.null_load = 0.0
        self._null_records = 0
        self._first_seen = 0  # records whose key was not held when they came
        self._too_long: set[int] = set()  # hashes of keys that no table holds
        self._weighed = False
        self._keyed_load = 0.0
        self._squares = 0.0
        self._most_bytes = most_bytes
        self._table = KeyTable(int(TABLE_FRACTION * most_bytes))
        self._partitioner = partitioner
        self._counts = tuple(counts)
        self._tail: TailBins | None = None
        self._estimate = DistinctEstimate()

    @property
    def is_exact(self) -> bool:
        """Whether every key still has its own load."""
        return self._tail is None

    @property
    def has_keys(self) -> bool:
        """Whether there was a record with a key."""
        return bool(len(self._table)) or not self.is_exact

    @property
    def total(self) -> float:
        """The load of all records."""
        return self._keyed_load + self.null_load

    def add(self, batch: KeyBatch) -> None:
        """Add a batch of records."""
        self.records += batch.records
        self.null_load += batch.null_load
        self._null_records += batch.null_records
        self._weighed |= batch.weighed
        self._keyed_load += batch.load  # an infinite total is refused at the end
        self._squares += batch.squares
        self._hold(batch)
        if not self.is_exact:
            self._estimate.add(batch.hashes)

    def _hold(self, batch: KeyBatch) -> None:
        """Put keys into the table, and make room in it as often as it is full."""
        begin, has_room = 0, False
        while (end := self._put(batch, begin)) < len(batch):
            if end == begin and has_room:  # a key among the next is too long to hold
                alone = batch.taken(np.array([begin]))
                if not self._put(alone):
                    self._bins().add(alone.keys, alone.loads)
                    hashed = int(alone.hashes[0])
                    self._first_seen += hashed not in self._too_long
                    self._too_long.add(hashed)
                begin += 1
            else:
                begin, has_room = end, True
                self._make_room()

    def _put(self, batch: KeyBatch, begin: int = 0) -> int:
        """Put keys into the table while there is room; say how far that came."""
        held = len(self._table)
        end = self._table.add(batch, begin)
        self._first_seen += len(self._table) - held
        return end

    def key_loads(self, unit: LoadUnit) -> KeyLoads:
        """Give every key and its load, and let go of them."""
        keys, loads = self._table.taken()
        return loads_of_distinct(keys, loads, unit, self.null_load, self.sample_size(unit))

    def sample_size(self, unit: LoadUnit) -> float | None:
        """Give how many records are behind the loads; see `sample_size_of`."""
        effective = self.total / self._squares * self.total if self._squares else None
        totals = self._weighed and self.records == self._first_seen + min(self._null_records, 1)
        return sample_size_of(unit, self.total, None if totals else effective)

    def sketch(self, unit: LoadUnit) -> KeySketch:
        """Give what one look tells: a heavy key may write more, by as much as is in its bin."""
        tail = self._bins()
        keys, loads = self._table.taken()
        errors = tail.mass[tail.bins_of(keys)]
        unknown = float(tail.mass.max())  # no key that is not held writes more
        least_load = max(HEAVY_SHARE * self.total, float(np.nextafter(unknown, np.inf)))
        apart = spread_keys(self._partitioner, keys)
        errors[apart] = 0.0
        heavy = (loads + errors >= least_load) | apart
        _add_in_steps(tail, keys, loads, ~heavy)
        return self.assembled(
            unit, keys, loads, heavy=heavy, least_load=least_load, errors=errors[heavy]
        )

    def second_look(self) -> SecondLook:
        """Let all keys go to their bins, and say in which of them heavy keys may be."""
        tail = self._bins()
        keys, loads = self._table.taken()
        bins = tail.bins_of(keys)
        apart = spread_keys(self._partitioner, keys)
        most = np.zeros(TAIL_BINS)
        np.maximum.at(most, bins[~apart], loads[~apart])
        least_load = HEAVY_SHARE * self.total
        wanted = tail.mass + most >= least_load
        _add_in_steps(tail, keys, loads, ~apart)
        fewest, expected = keys_in_bins(int(wanted.sum()), self._estimate.distinct)
        second = SecondLook(
            self, tail, wanted, least_load, most_bytes=self._most_bytes, expected_keys=expected
        )
        if fewest > _MARGIN * most_keys(second.table_bytes, tail.mean_key_bytes):
            raise second.too_small()
        return second

    def assembled(
        self,
        unit: LoadUnit,
        keys: KeyColumn,
        loads: Loads,
        *,
        heavy: NDArray[np.bool_],
        least_load: float,
        errors: Loads | None = None,
    ) -> KeySketch:
        """Put the heavy ones of some keys and the bins together."""
        return sketch_of(
            self._bins(),
            keys.take(np.flatnonzero(heavy)),
            loads[heavy],
            unit=unit,
            null_load=self.null_load,
            sample_size=self.sample_size(unit),
            least_load=least_load,
            heavy_errors=errors,
            distinct=self._estimate.distinct,
            distinct_error=self._estimate.relative_error,
        )

    def _bins(self) -> TailBins:
        if self._tail is None:
            if not self._partitioner.has_remainder_rule:
                raise ValueError(
                    "partitioner must place keys by a remainder where they are too many to hold, "
                    f"got {self._partitioner.name!r}: give more memory_bytes, or a partitioner "
                    "with a remainder"
                )
            self._tail = TailBins(self._partitioner, self._counts)
            self._estimate.add(self._table.hashes())
        return self._tail

    def _make_room(self) -> None:
        """Move all but the heaviest keys to their bins."""
        tail, loads = self._bins(), self._table.loads()
        if not len(loads):
            return
        most_kept = int(KEPT_FRACTION * len(loads))
        cut = np.partition(loads, len(loads) - 1 - most_kept)[len(loads) - 1 - most_kept]
        kept = loads > cut
        begin = 0
        for keys, some in self._table.pieces():
            end = begin + len(keys)
            kept[begin:end] |= spread_keys(self._partitioner, keys)
            gone = np.flatnonzero(~kept[begin:end])
            tail.add(keys.take(gone), some[gone])
            begin = end
        self._table.keep(kept)


class SecondLook:
    """Counts the keys of some bins whole, in a second look at the same records."""

    def __init__(
        self,
        first: KeyCounter,
        tail: TailBins,
        wanted: NDArray[np.bool_],
        least_load: float,
        *,
        most_bytes: int,
        expected_keys: int,
    ) -> None:
        self._first = first
        self._tail = tail
        self._wanted = wanted
        self._least_load = least_load
        self._most_bytes = most_bytes
        self._expected_keys = expected_keys
        self.table_bytes = int(TABLE_FRACTION * most_bytes)
        self._table = KeyTable(self.table_bytes)
        self._records = 0

    def add(self, batch: KeyBatch) -> None:
        """Add a batch of records."""
        self._records += batch.records
        inside = self._wanted[self._tail.bins_of(batch.keys)]
        inside |= spread_keys(self._tail.partitioner, batch.keys)
        some = batch.taken(np.flatnonzero(inside))
        if self._table.add(some) < len(some):
            raise self.too_small()

    def too_small(self) -> MemoryError:
        """Say how much memory it takes to hold the keys that are to be counted."""
        held = most_keys(self.table_bytes, self._tail.mean_key_bytes)
        keys = max(self._expected_keys, held)
        table = least_bytes(
            round(_MARGIN * keys), self._tail.mean_key_bytes, above=self.table_bytes + MiB
        )
        cure = "no memory is enough"
        if table is not None:
            needed = ceil(table / TABLE_FRACTION / MiB) * MiB
            cure = f"give {format_load(needed, 'bytes')}"
        return MemoryError(
            f"memory_bytes must hold the keys that are as heavy as {HEAVY_SHARE:g} of the load, "
            f"and those that share a bin with them, about {keys:,}: {cure}, got "
            f"{format_load(self._most_bytes, 'bytes')}"
        )

    def sketch(self, unit: LoadUnit) -> KeySketch:
        """Give heavy keys with their exact loads, and the bins of all others."""
        if self._records != self._first.records:
            raise ValueError(
                f"records must be the same at both looks, got {self._records:,} after "
                f"{self._first.records:,}"
            )
        keys, loads = self._table.taken()
        apart = spread_keys(self._tail.partitioner, keys)
        heavy = (loads >= self._least_load) | apart
        self._tail.empty(self._wanted)
        light = np.flatnonzero(~heavy)
        self._tail.fill(keys.take(light), loads[light])
        placed = np.flatnonzero(heavy & ~apart)
        self._tail.take_back(keys.take(placed), loads[placed])
        return self._first.assembled(unit, keys, loads, heavy=heavy, least_load=self._least_load)


def keys_in_bins(bins: int, distinct: float) -> tuple[int, int]:
    """Give how many keys are in bins that are just not empty, and in bins of a heavy key each."""
    mean = distinct / TAIL_BINS
    return round(bins * mean / -expm1(-mean)), round(bins * (1 + mean))


def _add_in_steps(tail: TailBins, keys: KeyColumn, loads: Loads, which: NDArray[np.bool_]) -> None:
    """Add some keys; a copy of them all at once could be as large as the table."""
    for begin in range(0, len(keys), _KEYS_PER_STEP):
        some = begin + np.flatnonzero(which[begin : begin + _KEYS_PER_STEP])
        tail.add(keys.take(some), loads[some])
