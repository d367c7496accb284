"""A change of the partition count and the lag at the time in; the order and state at stake out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kafka_sizing._checks import check_count, check_non_negative, check_positive, check_type
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.partitioners import Partitioner, require_keyed
from kafka_sizing.partitions.growth import moved_keys, moved_share
from kafka_sizing.partitions.placement import MOST_PLACED, null_loads, sum_by_partition
from kafka_sizing.settings import default_of
from kafka_sizing.units import format_count, format_duration, format_load, format_share

if TYPE_CHECKING:
    import pandas as pd

_SKIPPED_SOURCE = "KAFKA-12261, KIP-1327"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeExposure:
    """What a change of the partition count puts at stake, and for how long."""

    before: int
    after: int
    moved_key_share: float
    moved_load_share: float
    new_partition_load_share: float  #: of the load, what goes to partitions that did not exist
    moved_keys: int | None  #: None for even keys, whose number is not known
    write_records_per_s: float
    lag_records: float  #: unread in the whole topic when the count changes
    moved_lag_records: float  #: of those, the ones whose key moves
    drain_s: float  #: until the slowest partition that keys leave has read what was unread
    metadata_age_s: float  #: until the last client has learnt of the new partitions
    state_bytes: float | None

    @property
    def is_growth(self) -> bool:
        """Whether partitions are added: Kafka takes none away; that takes another topic."""
        return self.after >= self.before

    @property
    def exposed_keys(self) -> int | None:
        """Keys that move while records of theirs are, or may yet be, unread where they were."""
        at_stake = self.exposed_s > 0
        return None if self.moved_keys is None else self.moved_keys * at_stake

    @property
    def exposed_s(self) -> float:
        """How long records of a moved key may be read out of order, at most. [s]

        Until the last producer writes to the new partition, and from then until what was
        unread in the old one has been read.
        """
        return self.metadata_age_s + self.drain_s if self.moved_load_share else 0.0

    @property
    def overtaking_records(self) -> float:
        """Records of moved keys written in that time: each may be read before an older one."""
        return self.write_records_per_s * self.moved_load_share * self.exposed_s

    @property
    def skipped_records(self) -> float:
        """Records in new partitions that readers have yet to learn of, at most.

        A group with ``auto.offset.reset=latest`` starts behind them, and never reads them.
        """
        return self.write_records_per_s * self.new_partition_load_share * self.metadata_age_s

    @property
    def state_bytes_moved(self) -> float | None:
        """State of moved keys, if every key has as much: to be moved to another member."""
        return None if self.state_bytes is None else self.state_bytes * self.moved_key_share

    @property
    def reason(self) -> str:
        """What is at stake and for how long, as a sentence without a full stop."""
        counts = f"{self.before:,} -> {format_count(self.after, 'partition')}"
        if not self.moved_load_share:
            return f"{counts}: nothing moves, every key keeps its order"
        who = f"{format_share(self.moved_load_share)} of the load"
        if self.moved_keys is not None:
            who = f"{format_count(self.moved_keys, 'key')} with {who}"
        text = (
            f"{counts}: {who} moved, {_records(self.moved_lag_records)} left unread behind; for "
            f"{format_duration(self.exposed_s)} at most ({format_duration(self.metadata_age_s)} "
            f"until every client knows, {format_duration(self.drain_s)} to read on) "
            f"{_records(self.overtaking_records)} may overtake older ones of their key"
        )
        if self.skipped_records:
            text += (
                f"; a group with auto.offset.reset=latest skips up to "
                f"{_records(self.skipped_records)} in new partitions ({_SKIPPED_SOURCE})"
            )
        if self.state_bytes_moved:
            text += f"; {format_load(self.state_bytes_moved, 'bytes')} of state has to move"
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row: before, after, moved_key_share, …, state_bytes_moved."""
        import pandas as pd

        names = (
            "before",
            "after",
            "moved_key_share",
            "moved_load_share",
            "new_partition_load_share",
            "exposed_keys",
            "lag_records",
            "moved_lag_records",
            "drain_s",
            "metadata_age_s",
            "exposed_s",
            "overtaking_records",
            "skipped_records",
            "state_bytes_moved",
        )
        return pd.DataFrame([{name: getattr(self, name) for name in names}])

    def __repr__(self) -> str:
        return (
            f"ChangeExposure({self.before:,} -> {self.after:,} partitions: "
            f"moved_load_share={self.moved_load_share:.3g}, exposed_s={self.exposed_s:.3g}, "
            f"overtaking_records={self.overtaking_records:,.0f})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().T.to_html(header=False)


def change_exposure(
    keys: KeyLoads | None,
    before: int,
    after: int,
    *,
    write_records_per_s: float,
    lag_s: float | None = None,
    lag_records: float | None = None,
    partition_records_per_s: float | None = None,
    metadata_age_s: float | None = None,
    state_bytes: float | None = None,
    partitioner: Partitioner | str = "java",
) -> ChangeExposure:
    """Say which order and how much state a change of the partition count puts at stake.

    A key that moves is written to another partition at once, while its older records wait where
    they were: a reader of the new partition may have the new ones first. What was unread is
    read first come, first served: what is written later does not delay it, so that of a
    partition is gone after ``lag / reading rate``. Unread records are spread as the load is.

    Parameters
    ----------
    keys : KeyLoads or None
        The keys and their loads; None for even keys under a uniform hash.
    before, after : int
        Partition counts. A smaller count takes another topic, with the same moves.
        [1, 10,000,000]
    write_records_per_s : float
        Written to the topic at the time. [records/s] > 0
    lag_s : float or None, default None
        How far the reader is behind: ``lag_s × rate`` records are unread. [s] >= 0
    lag_records : float or None, default None
        Unread in the whole topic; give this or ``lag_s``. [records] >= 0
    partition_records_per_s : float or None, default None
        What is read from one partition while there is something to read. None: as fast as is
        written to it, so that the lag stays what it is. [records/s] > 0
    metadata_age_s : float or None, default None
        Until the last producer and reader know the new partitions. None: Kafka's default of
        ``metadata.max.age.ms``; 0 where all are stopped for the change. [s] >= 0
    state_bytes : float or None, default None
        What readers keep for all keys together, an equal part for each. [bytes] >= 0
    partitioner : Partitioner or str, default "java"
        One of ``PARTITIONERS``, or its name.

    Returns
    -------
    ChangeExposure
        Keys and records that may be read out of order, for how long, and the state to move.

    Raises
    ------
    TypeError
        If ``keys`` is neither `KeyLoads` nor None.
    ValueError
        If a number is out of range, or not exactly one of the two lags is given.

    Examples
    --------
    >>> from kafka_sizing.partitions.growing import change_exposure
    >>> exposure = change_exposure(
    ...     None, 12, 24, write_records_per_s=6_000, lag_s=20, metadata_age_s=0
    ... )
    >>> exposure.moved_lag_records, exposure.drain_s, exposure.overtaking_records
    (60000.0, 20.0, 60000.0)
    """
    if keys is not None:
        check_type("keys", keys, KeyLoads, "count_keys")
    chosen = require_keyed(partitioner)
    before = check_count("before", before, most=MOST_PLACED)
    after = check_count("after", after, most=MOST_PLACED)
    check_positive("write_records_per_s", write_records_per_s)
    if (lag_s is None) == (lag_records is None):
        given = "neither" if lag_s is None else "both"
        raise ValueError(f"one of lag_s and lag_records must be given, got {given}")
    if lag_s is not None:
        check_non_negative("lag_s", lag_s)
    lag = lag_s * write_records_per_s if lag_s is not None else lag_records
    check_non_negative("lag_records", lag or 0.0)
    lag = float(lag or 0.0)
    if partition_records_per_s is not None:
        check_positive("partition_records_per_s", partition_records_per_s)
    if metadata_age_s is None:
        metadata_age_s = default_of("metadata.max.age.ms", "producer").seconds
    check_non_negative("metadata_age_s", metadata_age_s)
    if state_bytes is not None:
        check_non_negative("state_bytes", state_bytes)

    moves = _even_moves(before, after) if keys is None else _moves(keys, before, after, chosen)
    if partition_records_per_s is None:
        drain_s = lag / write_records_per_s
    else:
        drain_s = lag * moves.slowest_share / partition_records_per_s
    check_non_negative("the time to read the lag", drain_s)
    return ChangeExposure(
        before=before,
        after=after,
        moved_key_share=moves.key_share,
        moved_load_share=moves.load_share,
        new_partition_load_share=moves.new_load_share,
        moved_keys=moves.keys,
        write_records_per_s=float(write_records_per_s),
        lag_records=lag,
        moved_lag_records=lag * moves.load_share,
        drain_s=drain_s if moves.load_share else 0.0,
        metadata_age_s=float(metadata_age_s),
        state_bytes=None if state_bytes is None else float(state_bytes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moves:
    key_share: float
    load_share: float
    new_load_share: float
    keys: int | None
    slowest_share: float  # of the fullest partition that a key leaves


def _even_moves(before: int, after: int) -> _Moves:
    share = moved_share(before, after)
    return _Moves(
        key_share=share,
        load_share=share,
        new_load_share=max(0, after - before) / after,
        keys=None,
        slowest_share=1 / before if share else 0.0,
    )


def _moves(keys: KeyLoads, before: int, after: int, partitioner: Partitioner) -> _Moves:
    moves = moved_keys(keys, before, after, partitioner=partitioner)
    loads = sum_by_partition(moves.partition_before, keys.loads, before)
    loads += null_loads(keys, before, partitioner)
    left = moves.partition_before[moves.moved & (keys.loads > 0)]
    total = keys.total or 1.0
    return _Moves(
        key_share=moves.key_share,
        load_share=moves.load_share,
        new_load_share=float(keys.shares[moves.partition_after >= before].sum()),
        keys=int(np.count_nonzero(moves.moved)),
        slowest_share=float(loads[left].max(initial=0.0)) / total,
    )


def _records(records: float) -> str:
    return format_load(round(records), "records")
