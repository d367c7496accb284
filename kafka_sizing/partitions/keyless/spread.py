"""A rate of records without a key in; where they go over time, and when that is even, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import (
    check_count,
    check_non_negative,
    check_open_share,
    check_positive,
    check_type,
)
from kafka_sizing.partitions.keyless.batches import batching_of, records_per_draw
from kafka_sizing.partitions.keyless.clients import KeylessClient, find_keyless_client
from kafka_sizing.partitions.keyless.evening import (
    predicted_evens_out_s,
    quantile_of_times,
    stays_even_from,
)
from kafka_sizing.partitions.keyless.hidden import HiddenHotPartition, hidden_hot_partition
from kafka_sizing.partitions.keyless.simulation import KeylessTraffic
from kafka_sizing.partitions.placement import PartitionLoads
from kafka_sizing.units import format_duration, format_number

if TYPE_CHECKING:
    import pandas as pd

_MOST_PARTITIONS: Final = 100_000
_MOST_WINDOWS: Final = 100_000
_MOST_CELLS: Final = 50_000_000
_MOST_DRAWS: Final = 10_000_000
_MOST_DRAWS_IN_TURN: Final = 2_000_000  # where each draw waits for the one before


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeylessSpread:
    """Where records without a key went, window by window, and when their spread was even.

    ``records`` is one simulation; ``evens_out_s`` is over all of them.
    """

    client: KeylessClient
    records: NDArray[np.int64]  #: (windows, partitions), read-only
    window_s: float
    records_per_s: float  #: of all producers
    producers: int
    records_per_draw: int | None  #: of one producer; None if the client does not draw
    slow_partitions: Mapping[int, float]  #: records/s each of them takes
    within_fraction: float  #: above the even share, as a part of it, that passes for even
    quantile: float
    simulations: int
    evens_out_s: float | None  #: near even from then to the end of the time looked at; None: not
    predicted_evens_out_s: float | None  #: for good, by formula; None: never, or some are slow

    def __post_init__(self) -> None:
        records = np.array(self.records, dtype=np.int64)
        records.flags.writeable = False
        object.__setattr__(self, "records", records)

    @property
    def windows(self) -> int:
        """How many windows of time there are."""
        return int(self.records.shape[0])

    @property
    def partitions(self) -> int:
        """How many partitions the topic has."""
        return int(self.records.shape[1])

    @property
    def duration_s(self) -> float:
        """How long the simulation lasts. [s]"""
        return self.windows * self.window_s

    @property
    def loads(self) -> PartitionLoads:
        """What each partition got in the whole time, in records."""
        return PartitionLoads(loads=self.records.sum(axis=0), unit="records")

    @property
    def records_so_far(self) -> NDArray[np.int64]:
        """What each partition got by the end of each window: (windows, partitions)."""
        return np.cumsum(self.records, axis=0)

    @property
    def window_imbalance_ratio(self) -> NDArray[np.float64]:
        """Largest load over the even share, window by window; 1 where nothing was sent."""
        return _imbalance_ratios(self.records)

    @property
    def imbalance_ratio_so_far(self) -> NDArray[np.float64]:
        """Largest load over the even share, of all records up to the end of each window."""
        return _imbalance_ratios(self.records_so_far)

    @property
    def hidden(self) -> HiddenHotPartition:
        """Where the client puts all null keys, or all empty ones."""
        return hidden_hot_partition(self.client, partitions=self.partitions)

    @property
    def reason(self) -> str:
        """What the client does and how even it comes out, as a sentence without a full stop."""
        if self.partitions == 1:
            return f"{self.client.name}: the topic has one partition, and all records go to it"
        loads = self.loads
        ratio = format_number(loads.imbalance_ratio)
        return (
            f"{self.client.name} {self.client.does}: in {format_duration(self.duration_s)} "
            f"partition {loads.hottest} of {self.partitions:,} gets {ratio} × the even share; "
            f"{self._evening}"
        )

    @property
    def _evening(self) -> str:
        near = f"within {_percent(self.within_fraction)} of even"
        for_good_s = self.predicted_evens_out_s
        if self.evens_out_s is not None:
            text = (
                f"the largest share is {near} from {format_duration(self.evens_out_s)} to the end "
                f"in {_percent(self.quantile)} of {self.simulations:,} simulations"
            )
            if for_good_s is None or for_good_s <= self.evens_out_s:
                return text
            return f"{text}, for good from about {format_duration(for_good_s)} on"
        text = f"the largest share does not stay {near}"
        if for_good_s is not None:
            return f"{text} so soon, but from about {format_duration(for_good_s)} on"
        return f"{text}: {self.client.trap}" if self.client.trap else text

    def to_frame(self) -> pd.DataFrame:
        """One row per window: starts_s, records, hottest, the imbalance in it and so far."""
        import pandas as pd

        return pd.DataFrame(
            {
                "starts_s": np.arange(self.windows) * self.window_s,
                "records": self.records.sum(axis=1),
                "hottest": self.records.argmax(axis=1),
                "imbalance_ratio": self.window_imbalance_ratio,
                "imbalance_ratio_so_far": self.imbalance_ratio_so_far,
            }
        )

    def __repr__(self) -> str:
        """Say which client, how uneven its records came out, and when they were even."""
        even = "no" if self.evens_out_s is None else f"after {format_duration(self.evens_out_s)}"
        return (
            f"KeylessSpread({self.client.name!r}, {self.partitions:,} partitions, "
            f"{format_duration(self.duration_s)}, "
            f"imbalance_ratio={self.loads.imbalance_ratio:.3f}, even {even})"
        )

    def _repr_html_(self) -> str:
        return self.to_frame().to_html(index=False)


def simulate_keyless(
    records_per_s: float,
    *,
    partitions: int,
    duration_s: float,
    client: str | KeylessClient = "kafka-clients",
    record_bytes: float = 1_000.0,
    producers: int = 1,
    batch_bytes: float | None = None,
    linger_s: float | None = None,
    slow_partitions: Mapping[int, float] | None = None,
    windows: int = 60,
    within_fraction: float = 0.1,
    quantile: float = 0.95,
    simulations: int = 20,
    rng: np.random.Generator | int | None = None,
) -> KeylessSpread:
    """Send records without a key as a client would, and see how soon they are spread evenly.

    Most clients stay on a partition for a batch or for some time, then draw the next. Over a
    second the loads are then far from even, over an hour they are not. Some clients never get
    there, and with some all records go to one partition.

    Producers send evenly in time. Batches are taken as soon as they are full or have lingered,
    but by slow partitions only once the batches before them are taken. Which partitions have
    no leader, and which brokers time out, is left out.

    Parameters
    ----------
    records_per_s : float
        What all producers send together. [records/s] > 0
    partitions : int
        How many partitions the topic has. [1, 100,000]
    duration_s : float
        How long to look. [s] > 0
    client : str or KeylessClient, default "kafka-clients"
        What sends them: a name in `keyless_clients`, or another name of one, as
        `find_keyless_client` takes it. Each names its source.
    record_bytes : float, default 1000
        A record in its batch, compressed, its own overhead included. [bytes] > 0
    producers : int, default 1
        How many share the rate, each with batches and draws of its own. >= 1
    batch_bytes : float, optional
        ``batch.size``, or for how many bytes franz-go stays; the client's default if not
        given. [bytes] > 0
    linger_s : float, optional
        ``linger.ms``; the client's default if not given. librdkafka stays on a partition for
        twice this time. [s] >= 0
    slow_partitions : mapping of int to float, optional
        Records that a partition takes, from all producers together; the others take all at
        once. Changes the draws of clients that heed queues or batches. [records/s] > 0
    windows : int, default 60
        How many windows of time to count in. [1, 100,000]
    within_fraction : float, default 0.1
        How far above the even share the largest may be to pass for even. > 0
    quantile : float, default 0.95
        Part of the simulations that must be even by ``evens_out_s``. (0, 1)
    simulations : int, default 20
        How many to run. The first one's records are kept. >= 1
    rng : numpy Generator or seed, optional
        Where draws come from.

    Returns
    -------
    KeylessSpread
        The records of each partition in each window, and when they are even, to a window.

    Raises
    ------
    ValueError
        If an argument is out of its range, the client unknown, or a simulation would take more
        than 10 million draws of a partition, or 2 million where partitions are slow.

    Examples
    --------
    >>> from kafka_sizing.partitions.keyless import simulate_keyless
    >>> spread = simulate_keyless(
    ...     8_000, partitions=8, duration_s=60, rng=1,
    ...     client="kafka-clients 2.4 RoundRobinPartitioner",
    ... )
    >>> spread.loads.shares.round(3).tolist()
    [0.0, 0.25, 0.0, 0.25, 0.0, 0.25, 0.0, 0.25]
    """
    found = find_keyless_client(client)
    check_positive("records_per_s", records_per_s)
    check_positive("duration_s", duration_s)
    check_positive("record_bytes", record_bytes)
    if batch_bytes is not None:
        check_positive("batch_bytes", batch_bytes)
    if linger_s is not None:
        check_non_negative("linger_s", linger_s)
    check_positive("within_fraction", within_fraction)
    check_open_share("quantile", quantile)
    traffic = KeylessTraffic(
        client=found,
        batching=batching_of(
            found, record_bytes=record_bytes, batch_bytes=batch_bytes, linger_s=linger_s
        ),
        records_per_s=float(records_per_s),
        producers=check_count("producers", producers),
        partitions=check_count("partitions", partitions, most=_MOST_PARTITIONS),
        slow_partitions=_checked_slow(slow_partitions, partitions),
        window_s=float(duration_s) / check_count("windows", windows, most=_MOST_WINDOWS),
        windows=int(windows),
    )
    repeats = check_count("simulations", simulations)
    _check_size(traffic)

    generator = np.random.default_rng(rng)
    counted = [traffic.counted(generator) for _ in range(repeats)]
    times_s = [
        stays_even_from(
            _imbalance_ratios(np.cumsum(counts, axis=0)),
            window_s=traffic.window_s,
            within_fraction=within_fraction,
        )
        for counts in counted
    ]
    return KeylessSpread(
        client=found,
        records=counted[0],
        window_s=traffic.window_s,
        records_per_s=traffic.records_per_s,
        producers=traffic.producers,
        records_per_draw=(
            records_per_draw(found, traffic.batching, traffic.each_per_s) if found.draws else None
        ),
        slow_partitions=traffic.slow_partitions,
        within_fraction=float(within_fraction),
        quantile=float(quantile),
        simulations=repeats,
        evens_out_s=quantile_of_times(times_s, quantile),
        predicted_evens_out_s=None
        if traffic.has_queues
        else predicted_evens_out_s(
            found,
            traffic.batching,
            records_per_s=traffic.records_per_s,
            partitions=traffic.partitions,
            producers=traffic.producers,
            within_fraction=within_fraction,
            quantile=quantile,
        ),
    )


def _checked_slow(slow: Mapping[int, float] | None, partitions: int) -> Mapping[int, float]:
    if slow is None:
        return {}
    check_type("slow_partitions", slow, Mapping)
    checked = {}
    for partition, taken_per_s in slow.items():
        at = check_count("keys of slow_partitions", partition, least=0, most=partitions - 1)
        check_positive(f"slow_partitions[{at}]", taken_per_s)
        checked[at] = float(taken_per_s)
    return checked


def _check_size(traffic: KeylessTraffic) -> None:
    most = _MOST_DRAWS_IN_TURN if traffic.has_queues else _MOST_DRAWS
    if traffic.draws > most:
        slow = " with slow partitions" if traffic.has_queues else ""
        raise ValueError(
            f"duration_s must be so short that a simulation{slow} takes at most {most:,} draws "
            f"of a partition, got one of {traffic.draws:,.0f}"
        )
    if traffic.windows * traffic.partitions > _MOST_CELLS:
        raise ValueError(
            f"windows times partitions must be at most {_MOST_CELLS:,}, "
            f"got {traffic.windows:,} × {traffic.partitions:,}"
        )


def _imbalance_ratios(records: NDArray[np.int64]) -> NDArray[np.float64]:
    """Largest over mean of each row; 1 where a row is all 0."""
    total = records.sum(axis=1)
    ratio: NDArray[np.float64] = records.max(axis=1) * records.shape[1] / np.maximum(total, 1)
    return np.where(total > 0, ratio, 1.0)


def _percent(part: float) -> str:
    return f"{100 * part:.4g} %"
