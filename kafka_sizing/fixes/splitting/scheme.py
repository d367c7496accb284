"""What every scheme is: a rule that gives a record its partition, and a fix of a topic."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_count
from kafka_sizing.fixes.base import (
    Fix,
    OrderingScope,
    Outcome,
    loads_of_null_keys,
    placed_keys,
)
from kafka_sizing.fixes.splitting.candidates import Candidates
from kafka_sizing.fixes.splitting.states import StateCosts, states_of
from kafka_sizing.fixes.splitting.streams import Stream, counts_of, stream_of
from kafka_sizing.keys.loads import KeyLoads, loads_of_distinct
from kafka_sizing.partitions.lines import Line
from kafka_sizing.partitions.placement import PartitionLoads, sum_by_partition

#: What a Kafka producer needs to follow a scheme.
ProducerNeed = Literal["nothing new", "custom partitioner", "shared table", "not in a producer"]

RECORDS_REPLAYED: Final = 50_000  # of a stream that is one of many

_INTRUSIVENESS: dict[ProducerNeed, int] = {
    "nothing new": 0,
    "custom partitioner": 4,
    "shared table": 2,
    "not in a producer": 8,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SplittingScheme(Fix):
    """A rule by which producers choose partitions, known from the literature.

    As a fix its outcome is deterministic: the keys are written as a stream in an order that
    follows from the seed, and the stream is played.

    Parameters
    ----------
    producers : int, default 5
        How many write, each of which knows only what it wrote itself; 5 as in the literature.
        >= 1
    records : int, default 200,000
        Length of the stream that is played for a fix. >= 1
    seed : int, default 0
        Of the hashes, and of the order of that stream. >= 0

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    producers: int = 5
    records: int = 200_000
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("producers", 1), ("records", 1), ("seed", 0)):
            object.__setattr__(self, name, check_count(name, getattr(self, name), least=least))

    @property
    @abstractmethod
    def needs(self) -> ProducerNeed:
        """What a Kafka producer needs to follow the scheme."""

    @property
    def intrusiveness(self) -> int:
        """A shared table keeps order, a split key does not; 8 where no producer can do it."""
        return _INTRUSIVENESS[self.needs]

    @abstractmethod
    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record of a stream its partition."""

    def replayed_peaks(self, before: PartitionLoads, replays: range) -> NDArray[np.float64] | None:
        """Play as many streams, each with other hashes and in another order."""
        keys, today, _ = placed_keys(before)
        placeable = placeable_keys(before)
        if placeable is None:
            return None
        n = before.partitions
        spread = float(keys.loads[today < 0].sum())
        rest = loads_of_null_keys(before) + spread / n
        peaks = np.empty(len(replays))
        for at, replay in enumerate(replays):
            rng = np.random.default_rng((self.seed, replay))
            other = replace(
                self, seed=int(rng.integers(2**31)), records=min(self.records, RECORDS_REPLAYED)
            )
            written = Written(
                loads=placeable.loads,
                stream=stream_of(placeable, other.records, rng=rng),
                candidates=Candidates.drawn(len(keys), n, rng=rng),
            )
            peaks[at] = (other.loads_of(written) + rest).max() / before.total
        return peaks

    def loads_of(self, written: Written) -> NDArray[np.float64]:
        """Give the load of each partition; a stream's records have equal parts of all load."""
        placed = self.placed(written.stream, written.candidates)
        counts = np.bincount(placed, minlength=written.candidates.partitions)
        return counts.astype(np.float64) * (float(written.loads.sum()) / written.stream.size)

    def no_loads(self, candidates: Candidates) -> NDArray[np.int64]:
        """Give what every producer knows at the beginning: a row of zeros each."""
        return np.zeros((self.producers, candidates.partitions), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """What is written: how much by each key, and in which order."""

    loads: NDArray[np.float64]  #: of each key
    stream: Stream
    candidates: Candidates


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Played:
    """The keys of a stream that was played, and where they came to lie."""

    keys: KeyLoads
    partitions: int
    states: StateCosts


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeKeys(SplittingScheme):
    """A scheme that leaves every key on one partition, so that its records keep their order."""

    @abstractmethod
    def homes(self, written: Written) -> NDArray[np.int32]:
        """Give each key its partition."""

    @property
    @abstractmethod
    def producer_change(self) -> str:
        """What has to change at the producers, in words."""

    @property
    def caveats(self) -> tuple[str, ...]:
        """What else to know, in words."""
        return ()

    def loads_of(self, written: Written) -> NDArray[np.float64]:
        """Give the load of each partition: what its keys write."""
        partitions = written.candidates.partitions
        return sum_by_partition(self.homes(written), written.loads, partitions)

    def placed(self, stream: Stream, candidates: Candidates) -> NDArray[np.int32]:
        """Give each record the partition of its key."""
        loads = counts_of(stream, len(candidates)).astype(np.float64)
        return self.homes(Written(loads=loads, stream=stream, candidates=candidates))[stream]

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Place every key, and add up what it writes."""
        keys, today, partitioner = placed_keys(before)
        after = self._homes_of(before)
        after[today < 0] = -1
        moved = after != today
        loads = sum_by_partition(after, keys.loads, before.partitions)
        return Outcome(
            fix=self,
            loads=PartitionLoads(
                loads=loads + loads_of_null_keys(before),
                unit=keys.unit,
                keys=keys,
                partition_of_key=after,
                partitioner=partitioner,
            ),
            line=line,
            ordering_scope="per key",
            ordering_note=(
                "per key while the table stays the same; to move a key, let readers drain it"
                if self.needs == "shared table"
                else "records of a key stay in order"
            ),
            producer_change=self.producer_change,
            consumer_change="none",
            read_fan_in=1,
            state_copies=1,
            moved_key_share=float(moved.mean()),
            moved_load_share=float(keys.shares[moved].sum()),
            notes=self.caveats,
        )

    def _homes_of(self, before: PartitionLoads) -> NDArray[np.int32]:
        _, today, _ = placed_keys(before)
        placeable = placeable_keys(before)
        if placeable is None:
            return np.array(today)
        written = Written(
            loads=placeable.loads,
            stream=stream_of(placeable, self.records, rng=self.seed),
            candidates=Candidates.of(before, seed=self.seed),
        )
        return np.array(self.homes(written))


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitKeys(SplittingScheme):
    """A scheme under which the records of a key may lie on several partitions."""

    @property
    def ordering_scope(self) -> OrderingScope:
        """The records that keep their order."""
        return "none"

    @property
    @abstractmethod
    def rule(self) -> str:
        """What the partitioner does with a record, in words."""

    @abstractmethod
    def fan_in(self, played: Played) -> int:
        """On how many partitions one key may lie, at most."""

    def applied_to(self, before: PartitionLoads, *, line: Line) -> Outcome:
        """Play a stream of these keys; its shares make the loads."""
        keys, _, partitioner = placed_keys(before)
        placeable = placeable_keys(before)
        if placeable is None:
            return self._outcome(line, before, fan_in=1, moved=(0.0, 0.0), notes=())
        stream = stream_of(placeable, self.records, rng=self.seed)
        candidates = Candidates.of(before, seed=self.seed)
        placed = self.placed(stream, candidates)
        n = before.partitions
        load = float(placeable.loads.sum())
        spread = float(keys.loads.sum()) - load
        loads = np.bincount(placed, minlength=n) * (load / stream.size) + max(0.0, spread) / n
        elsewhere = placed != candidates.first[stream]
        states = states_of(stream, placed, n)
        movable_keys = float(np.count_nonzero(placeable.loads)) / len(keys)
        moved_keys = np.unique(stream[elsewhere]).size / states.keys * movable_keys
        return self._outcome(
            line,
            PartitionLoads(
                loads=loads + loads_of_null_keys(before),
                unit=keys.unit,
                partitioner=partitioner,
            ),
            fan_in=self.fan_in(Played(keys=placeable, partitions=n, states=states)),
            moved=(moved_keys, float(elsewhere.mean()) * load / keys.total),
            notes=tuple(self._notes(states)),
        )

    def _outcome(
        self,
        line: Line,
        after: PartitionLoads,
        *,
        fan_in: int,
        moved: tuple[float, float],
        notes: tuple[str, ...],
    ) -> Outcome:
        split = fan_in > 1
        return Outcome(
            fix=self,
            loads=after,
            line=line,
            ordering_scope=self.ordering_scope if split else "per key",
            ordering_note=(
                "records of a split key stay in order on each partition, not across them"
                if split
                else "records of a key stay in order"
            ),
            producer_change=self.rule,
            consumer_change=(
                f"merge what up to {fan_in:,} partitions hold of a key: results must add up"
                if split
                else "none"
            ),
            read_fan_in=fan_in,
            state_copies=fan_in,
            moved_key_share=moved[0],
            moved_load_share=moved[1],
            notes=notes,
        )

    def _notes(self, states: StateCosts) -> Iterator[str]:
        producers = (
            "one producer"
            if self.producers == 1
            else f"{self.producers:,} producers, each with counters of its own"
        )
        yield (
            f"{self.records:,} records of {states.keys:,} keys played from {producers}: "
            f"{states.states:,.0f} states, {states.states_per_key:.3g} per key, "
            f"{states.merges:,.0f} of them to merge into another"
        )
        if self.needs == "not in a producer":
            yield "no Kafka producer can do this by itself: shown for comparison"


def placeable_keys(before: PartitionLoads) -> KeyLoads | None:
    """Give the keys with what they write, but for those that the client spreads by itself.

    None where no load is left to place.
    """
    keys, today, _ = placed_keys(before)
    loads = np.where(today < 0, 0.0, keys.loads)
    if not loads.any():
        return None
    return loads_of_distinct(keys.keys, loads, keys.unit)
